-- Deputies: whose role somebody may use, over which unit's subtree, from the first day to the last.

CREATE TABLE deputies (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    giver_id  BIGINT NOT NULL REFERENCES people,
    deputy_id BIGINT NOT NULL REFERENCES people CHECK (deputy_id <> giver_id),
    role      TEXT NOT NULL CHECK (role IN ('secretary', 'technician', 'leader', 'hall')),   -- never an admin's
    unit_id   BIGINT NOT NULL REFERENCES units,
    days      DATERANGE NOT NULL CHECK (NOT isempty(days)),
    ended_at  TIMESTAMPTZ                         -- NULL: not ended before its last day
);
CREATE INDEX deputies_deputy ON deputies (deputy_id) WHERE ended_at IS NULL;   -- FIND_SESSION: what is lent to me

ALTER TABLE audit ADD COLUMN on_behalf BIGINT[] NOT NULL DEFAULT '{}';         -- whose lent role reached the unit
