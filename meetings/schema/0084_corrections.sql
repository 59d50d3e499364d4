-- A commune says what is wrong about its own record; the province approves it or not.
CREATE TABLE corrections (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('unit', 'site', 'contact')),
    record_id   BIGINT NOT NULL,
    unit_id     BIGINT NOT NULL REFERENCES units,
    before      JSONB NOT NULL,                   -- the fields as the proposer saw them
    after       JSONB NOT NULL,                   -- the same fields as they should be
    reason      TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'applied', 'refused')),
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    decided_by  TEXT,
    decided_at  TIMESTAMPTZ,
    remark      TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE INDEX corrections_newest ON corrections (state, id);  -- what waits, the newest first
