-- Sign-in: sessions, one-time links, bearer tokens and the throttle; secrets only as SHA-256.

CREATE TABLE sessions (
    hash       BYTEA PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES people ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id, created_at);            -- at most five each

CREATE TABLE one_time_links (
    hash       BYTEA PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES people ON DELETE CASCADE,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);

CREATE TABLE tokens (
    name       TEXT PRIMARY KEY CHECK (name <> ''),
    hash       BYTEA NOT NULL UNIQUE,
    role       TEXT NOT NULL CHECK (role IN ('secretary', 'technician', 'leader', 'hall', 'admin')),
    unit_id    BIGINT NOT NULL REFERENCES units,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);

CREATE TABLE throttles (
    key           TEXT PRIMARY KEY,               -- "login:NAME@ADDRESS", "address:ADDRESS"
    failures      INT NOT NULL,
    last_at       TIMESTAMPTZ NOT NULL,
    blocked_until TIMESTAMPTZ
);

-- One row: facts about this installation.
CREATE TABLE installation (
    id              BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (id),
    installed_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    key_fingerprint TEXT NOT NULL DEFAULT '',     -- of the key file the links were made with
    demo_loaded_at  TIMESTAMPTZ
);
INSERT INTO installation DEFAULT VALUES;
