-- Series: the rule that conferences repeat by, and the dates it skips.

CREATE TABLE series (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title        TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    kind         TEXT NOT NULL,
    host_unit_id BIGINT NOT NULL REFERENCES units,
    chair        TEXT NOT NULL DEFAULT '',
    secretary    TEXT NOT NULL DEFAULT '',
    visibility   TEXT NOT NULL DEFAULT 'internal',
    urgency      TEXT NOT NULL DEFAULT 'normal',
    chair_id     BIGINT REFERENCES officials,
    delegates    BIGINT[] NOT NULL DEFAULT '{}',
    note         TEXT NOT NULL DEFAULT '',
    main_site_id BIGINT NOT NULL REFERENCES sites,
    site_ids     BIGINT[] NOT NULL,
    rule         TEXT NOT NULL,                 -- RRULE, always with an end
    zone         TEXT NOT NULL,                 -- whose clocks show `starts_at`
    first_day    DATE NOT NULL,
    starts_at    TIME NOT NULL,                 -- on the wall, the same on every date
    minutes      INT NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    on_holidays  TEXT NOT NULL CHECK (on_holidays IN ('skip', 'next-working-day', 'keep')),
    version      INT NOT NULL DEFAULT 1,
    created_by   TEXT NOT NULL,
    demo         BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX series_host ON series (host_unit_id, id);                       -- "my unit's series"

-- `occurrence` is the date by the rule and stays when the conference is moved.
ALTER TABLE conferences
    ADD COLUMN series_id  BIGINT REFERENCES series,
    ADD COLUMN occurrence DATE;
CREATE UNIQUE INDEX conferences_occurrence ON conferences (series_id, occurrence);  -- a series' conferences, each date once

CREATE TABLE series_skips (
    series_id     BIGINT NOT NULL REFERENCES series ON DELETE CASCADE,
    occurrence    DATE NOT NULL,
    reason        TEXT NOT NULL CHECK (reason IN ('holiday', 'clash', 'not-free', 'no-seats', 'in-the-past', 'sites-not-found')),
    conference_id BIGINT REFERENCES conferences, -- the rival of a clash
    site_id       BIGINT REFERENCES sites,
    free_since    TIMESTAMPTZ,                   -- since when nothing stands in the way any more
    PRIMARY KEY (series_id, occurrence)
);
