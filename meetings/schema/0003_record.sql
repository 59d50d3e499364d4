-- What was done by whom, what is to be told, and which request was answered already.

-- One row for each change.  The program's role may only insert; the trigger is the second wall.
CREATE TABLE audit (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    actor   TEXT NOT NULL,                        -- "person:12", "token:robot", "link:45/12", "program:jobs"
    action  TEXT NOT NULL,                        -- "conference.book", "links.show", ...
    subject TEXT NOT NULL,                        -- "conference:45"
    unit_id BIGINT REFERENCES units,              -- whose subtree may read the row
    detail  JSONB NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_subject ON audit (subject, id);                           -- history of one thing
CREATE INDEX audit_unit ON audit (unit_id, id);                              -- a subtree's history

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Messages to send: claimed under a lease, sent, then marked.
CREATE TABLE outbox (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,             -- makes a message once; Message-ID is derived from it
    channel     TEXT NOT NULL CHECK (channel IN ('mail')),
    recipient   TEXT NOT NULL,
    payload     JSONB NOT NULL,
    due_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    attempts    INT NOT NULL DEFAULT 0,           -- counted at the claim
    fence       BIGINT NOT NULL DEFAULT 0,        -- raised at each claim; a late worker's mark is refused
    lease_until TIMESTAMPTZ,
    sent_at     TIMESTAMPTZ,
    dead_at     TIMESTAMPTZ,
    last_error  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE sent_at IS NULL AND dead_at IS NULL;  -- the claim

-- The answer given to a request with an Idempotency-Key, kept for 24 hours.
CREATE TABLE idempotency (
    actor      TEXT NOT NULL,
    key        TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request    BYTEA NOT NULL,                    -- SHA-256 of method, path and body
    status     INT,                               -- NULL while the first request is at work
    headers    JSONB,
    body       TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);
