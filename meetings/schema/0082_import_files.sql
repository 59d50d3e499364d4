-- A file that somebody looks at before it is imported; the same bytes are imported when they say so.
CREATE TABLE import_files (
    actor   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    content BYTEA NOT NULL CHECK (length(content) <= 20971520),
    at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, kind)
);
