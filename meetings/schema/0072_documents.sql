-- Papers of a conference: an address in the document system, or a file kept by its SHA-256.

CREATE TABLE documents (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conference_id BIGINT NOT NULL REFERENCES conferences,
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    url           TEXT,
    sha256        BYTEA CHECK (length(sha256) = 32),
    bytes         BIGINT CHECK (bytes > 0),
    media         TEXT NOT NULL DEFAULT '',
    added_by      TEXT NOT NULL,
    added_at      TIMESTAMPTZ NOT NULL,
    removed_at    TIMESTAMPTZ,                    -- the row stays, its file is swept
    CHECK ((url IS NULL) <> (sha256 IS NULL)),
    CHECK ((sha256 IS NULL) = (bytes IS NULL))
);
CREATE INDEX documents_of ON documents (conference_id, id);              -- a conference's papers
CREATE INDEX documents_files ON documents (sha256) WHERE removed_at IS NULL AND sha256 IS NOT NULL;  -- which files are still wanted
