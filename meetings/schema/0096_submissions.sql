-- What is submitted for approval while the old promise stands: a change of a confirmed conference or
-- its host, a whole series, a change of a series.  It is carried out by the last approval.

CREATE TABLE submissions (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what          TEXT NOT NULL CHECK (what IN ('change', 'host', 'series', 'series-change')),
    conference_id BIGINT REFERENCES conferences ON DELETE CASCADE,
    series_id     BIGINT REFERENCES series ON DELETE CASCADE,  -- of a new series once it is booked
    host_unit_id  BIGINT NOT NULL REFERENCES units,            -- whose chain it goes by
    title         TEXT NOT NULL,
    period        TSTZRANGE NOT NULL,                          -- as it would be held, the first date of a series
    site_ids      BIGINT[] NOT NULL,
    payload       JSONB NOT NULL,                              -- what the last approval carries out
    asked_by      TEXT NOT NULL,
    asked_at      TIMESTAMPTZ NOT NULL,
    lapses_at     TIMESTAMPTZ NOT NULL,
    state         TEXT NOT NULL DEFAULT 'waiting'
                  CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn', 'replaced', 'lapsed')),
    closed_by     TEXT NOT NULL DEFAULT '',
    closed_at     TIMESTAMPTZ,
    reason        TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'waiting') = (closed_at IS NULL)),
    CHECK ((what IN ('change', 'host')) = (conference_id IS NOT NULL))
);
CREATE UNIQUE INDEX submissions_conference ON submissions (conference_id) WHERE state = 'waiting';  -- one waits at a time
CREATE UNIQUE INDEX submissions_series ON submissions (series_id) WHERE state = 'waiting';          -- the same of a series
CREATE INDEX submissions_waiting ON submissions (lapses_at) WHERE state = 'waiting';                -- what waits, what lapses

-- A copy of the chain's steps, so that a changed chain changes no submission.
CREATE TABLE submission_steps (
    submission_id BIGINT NOT NULL REFERENCES submissions ON DELETE CASCADE,
    place         INT NOT NULL,
    role          TEXT CHECK (role IN ('secretary', 'technician', 'leader', 'hall', 'admin')),
    unit_id       BIGINT REFERENCES units,
    people        BIGINT[] NOT NULL DEFAULT '{}',
    decision      TEXT CHECK (decision IN ('approved', 'refused')),
    decided_by    TEXT,
    decided_at    TIMESTAMPTZ,
    reason        TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (submission_id, place),
    CHECK ((role IS NULL) = (unit_id IS NULL) AND (role IS NULL) = (people <> '{}')),
    CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL))
);
