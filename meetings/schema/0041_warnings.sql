-- What was said against a conference when it was booked or changed, and booked all the same.
CREATE TABLE conference_warnings (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    version       INT NOT NULL,                    -- of the conference to which it was said
    place         INT NOT NULL,
    rule          TEXT NOT NULL,                   -- "short-notice", "crosses-lunch", ...
    starts_at     TIMESTAMPTZ NOT NULL,
    ends_at       TIMESTAMPTZ NOT NULL,
    subjects      JSONB NOT NULL DEFAULT '[]',     -- ["site:12", "official:3"]
    holder        TEXT NOT NULL DEFAULT '',        -- "conference:45"
    PRIMARY KEY (conference_id, version, place)
);
