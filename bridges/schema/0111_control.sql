-- What is done to a room while it is live, and how it is reached by telephone.

-- Until when the bridge was told that it may keep the room; only our own end comes before.
ALTER TABLE rooms ADD COLUMN grant_ends_at TIMESTAMPTZ;
UPDATE rooms SET grant_ends_at = closes_at + interval '12 hours';

-- Asked of a bridge; 'unconfirmed' is asked, done as far as we know, and not seen to have happened.
CREATE TABLE room_actions (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conference_id BIGINT NOT NULL REFERENCES conferences,
    action        TEXT NOT NULL,
    subject       TEXT NOT NULL DEFAULT '',               -- the site's id, a phone number, a moment
    state         TEXT NOT NULL CHECK (state IN ('asked', 'done', 'unconfirmed', 'refused')),
    detail        TEXT NOT NULL DEFAULT '',
    asked_by      TEXT NOT NULL,
    asked_at      TIMESTAMPTZ NOT NULL,
    settled_at    TIMESTAMPTZ
);
CREATE INDEX room_actions_conference ON room_actions (conference_id, id);      -- what was asked of a room
CREATE INDEX room_actions_asked ON room_actions (id) WHERE state = 'asked';    -- what is still to be done

-- A number that callers type; one for each conference, never given twice.
CREATE TABLE room_pins (
    conference_id BIGINT PRIMARY KEY REFERENCES conferences,
    pin           BIGINT NOT NULL UNIQUE CHECK (pin BETWEEN 100000 AND 999999999)
);
