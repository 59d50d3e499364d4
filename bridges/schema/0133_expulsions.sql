-- Who was sent out of a room under which address: once, until a bridge is seen to have him still.

CREATE TABLE expulsions (
    conference_id BIGINT NOT NULL REFERENCES rooms ON DELETE CASCADE,
    jid           TEXT NOT NULL,                  -- of one connection; whoever comes back has another
    times         INT NOT NULL DEFAULT 1,
    at            TIMESTAMPTZ NOT NULL,           -- the last time
    PRIMARY KEY (conference_id, jid)
);
