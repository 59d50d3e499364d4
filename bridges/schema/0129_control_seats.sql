-- Programs ask of a live room what only a moderator inside can do; an open control page does it.

-- Who carries it out; '' = nobody has taken it up.  What a page asks for it does itself.
ALTER TABLE room_actions ADD COLUMN carried_by TEXT NOT NULL DEFAULT '';
UPDATE room_actions SET carried_by = asked_by WHERE state = 'asked';

-- Where a stream is to go, sealed with the key file; gone as soon as a page has taken it up.
ALTER TABLE room_actions ADD COLUMN stream_to BYTEA;

-- Control pages that are in a room, as they last said.
CREATE TABLE control_seats (
    id            TEXT PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
    conference_id BIGINT NOT NULL REFERENCES conferences,
    person        TEXT NOT NULL,
    seen_at       TIMESTAMPTZ NOT NULL
);
CREATE INDEX control_seats_conference ON control_seats (conference_id, seen_at);  -- is anybody in who can carry it out
