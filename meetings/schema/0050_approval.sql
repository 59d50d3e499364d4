-- Asking before booking: urgency, whose conference it is, who must agree and who did.

ALTER TABLE conferences
    ADD COLUMN urgency TEXT NOT NULL DEFAULT 'normal'
        CHECK (urgency IN ('normal', 'urgent', 'very-urgent', 'flash')),
    ADD COLUMN owner_id BIGINT;                   -- the person who is told about it; NULL: the host's secretaries

-- Who must agree before a conference of these units and this kind is confirmed.  The nearest unit
-- above the host wins, then the exact kind; a chain without steps lets book at once.
CREATE TABLE approval_chains (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id BIGINT NOT NULL REFERENCES units,
    kind    TEXT CHECK (kind IN
            ('briefing', 'review', 'training', 'deployment', 'advisory', 'working', 'rehearsal', 'urgent', 'other')),
    steps   JSONB NOT NULL,                       -- [{"role": "leader", "unit": 3}, {"people": [4, 5]}]
    version INT NOT NULL DEFAULT 1,               -- the ETag
    CONSTRAINT one_chain_each UNIQUE NULLS NOT DISTINCT (unit_id, kind)
);

-- What a draft or request waits for.  Asking again, after a change or a displacement, is a new round.
CREATE TABLE requests (
    conference_id BIGINT PRIMARY KEY REFERENCES conferences ON DELETE CASCADE,
    bridge        TEXT NOT NULL DEFAULT '',       -- the bridge asked for, '' for any
    round         INT NOT NULL DEFAULT 0,         -- 0: a draft that was never sent
    asked_by      TEXT NOT NULL,
    asked_at      TIMESTAMPTZ NOT NULL,
    displaced_by  BIGINT REFERENCES conferences ON DELETE SET NULL   -- NULL: nobody took its place
);

-- One row for each step of each round; a copy, so that a changed chain changes no request.
CREATE TABLE approvals (
    conference_id BIGINT NOT NULL REFERENCES requests ON DELETE CASCADE,
    round         INT NOT NULL,
    place         INT NOT NULL,
    role          TEXT CHECK (role IN ('secretary', 'technician', 'leader', 'hall', 'admin')),
    unit_id       BIGINT REFERENCES units,
    people        BIGINT[] NOT NULL DEFAULT '{}', -- named people, in place of a role over a unit
    decision      TEXT CHECK (decision IN ('approved', 'refused')),
    decided_by    TEXT,
    decided_at    TIMESTAMPTZ,
    reason        TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conference_id, round, place),
    CHECK ((role IS NULL) = (unit_id IS NULL) AND (role IS NULL) = (people <> '{}')),
    CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL))
);
CREATE INDEX conferences_requested ON conferences (lower(period), id) WHERE state = 'requested';  -- what waits for an answer
