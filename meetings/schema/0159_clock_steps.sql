-- When the clock of a bridge was set while a conference lasted, rebuilt with presence from raw
-- evidence.  Not among the blind spots: nobody is unseen by it.
CREATE TABLE clock_steps (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    bridge        TEXT   NOT NULL,
    starts_at     TIMESTAMPTZ NOT NULL,       -- the last news by the old clock, and ...
    ends_at       TIMESTAMPTZ NOT NULL CHECK (ends_at > starts_at),   -- ... the first by the new
    seconds       BIGINT NOT NULL,            -- forward; negative: back
    PRIMARY KEY (conference_id, bridge, starts_at)
);
CREATE INDEX clock_steps_end ON clock_steps (ends_at);      -- what technicians are still to be told of
