-- What a bridge's recorder told us of its files, and who may open them.  The files lie elsewhere.

CREATE TABLE recordings (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conference_id BIGINT NOT NULL REFERENCES conferences,
    bridge_id     BIGINT NOT NULL REFERENCES bridges,
    folder        TEXT NOT NULL,                          -- of the session, as the recorder calls it
    name          TEXT NOT NULL,
    bytes         BIGINT NOT NULL CHECK (bytes > 0),
    sha256        BYTEA NOT NULL CHECK (length(sha256) = 32),
    seconds       INT CHECK (seconds >= 0),               -- NULL: the recorder could not tell
    url           TEXT NOT NULL DEFAULT '',               -- '' = it has no address
    recorded_at   TIMESTAMPTZ NOT NULL,                   -- when the file was finished
    told_at       TIMESTAMPTZ NOT NULL,
    removed_at    TIMESTAMPTZ,
    UNIQUE (conference_id, sha256)                        -- told twice is one recording
);

-- No row: as the conference's visibility and tiers say.
CREATE TABLE recording_access (
    conference_id BIGINT PRIMARY KEY REFERENCES conferences,
    audience      TEXT NOT NULL CHECK (audience IN ('host', 'invited')),
    version       INT NOT NULL
);

-- People who may open them besides.
CREATE TABLE recording_readers (
    conference_id BIGINT NOT NULL REFERENCES recording_access,
    person_id     BIGINT NOT NULL REFERENCES people,
    PRIMARY KEY (conference_id, person_id)
);
