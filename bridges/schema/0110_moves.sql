-- Bridges by region, purpose and stress; rooms that moved from one to another; both ends of a stay.

ALTER TABLE bridges
    ADD COLUMN region      TEXT NOT NULL DEFAULT '',      -- code of a unit: serves its subtree first; '' = everybody
    ADD COLUMN tags        TEXT[] NOT NULL DEFAULT '{}',  -- kinds of conference it is kept for, and words for people
    ADD COLUMN stress      REAL,                          -- of its videobridge: 1 is the limit; NULL: not told
    ADD COLUMN stress_at   TIMESTAMPTZ,
    ADD COLUMN misses      INT NOT NULL DEFAULT 0,        -- answers missed in a row
    ADD COLUMN answered_at TIMESTAMPTZ;                   -- of the last good answer

-- A conference has one room; this is where it was before.  Evidence of every bridge in here counts.
CREATE TABLE room_moves (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conference_id  BIGINT NOT NULL REFERENCES conferences,
    from_bridge_id BIGINT NOT NULL REFERENCES bridges,
    to_bridge_id   BIGINT NOT NULL REFERENCES bridges,
    reason         TEXT NOT NULL CHECK (reason IN ('failover', 'drain', 'asked')),
    heard_at       TIMESTAMPTZ NOT NULL,                  -- when the old bridge was last known to be well
    moved_at       TIMESTAMPTZ NOT NULL CHECK (moved_at >= heard_at)
);
CREATE INDEX room_moves_conference ON room_moves (conference_id, id);  -- whose evidence counts, rebuilding presence

ALTER TABLE evidence DROP CONSTRAINT evidence_kind_check;
ALTER TABLE evidence ADD CONSTRAINT evidence_kind_check CHECK (kind IN
    ('created', 'destroyed', 'joined', 'left', 'census', 'roster', 'admitted', 'heartbeat', 'restarted')) NOT VALID;

ALTER TABLE presences
    ADD COLUMN start_evidence TEXT NOT NULL DEFAULT '',   -- what tells of the beginning, and of the end
    ADD COLUMN end_evidence   TEXT NOT NULL DEFAULT '';
