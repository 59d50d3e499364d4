-- What is looked at, what was seen, and when it changed.

CREATE TABLE devices (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES sites,
    name    TEXT NOT NULL CHECK (name <> ''),
    kind    TEXT NOT NULL CHECK (kind IN ('codec', 'pc', 'router', 'camera', 'other')),
    spare   BOOLEAN NOT NULL DEFAULT FALSE,
    demo    BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE (site_id, name)
);

CREATE TABLE targets (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id        BIGINT NOT NULL REFERENCES devices ON DELETE CASCADE,
    probe            TEXT NOT NULL CHECK (probe IN ('tcp', 'http', 'icmp')),
    host             TEXT NOT NULL CHECK (host <> ''),
    port             INT CHECK (port BETWEEN 1 AND 65535),
    path             TEXT NOT NULL DEFAULT '/',
    tls              BOOLEAN NOT NULL DEFAULT FALSE,
    interval_seconds INT NOT NULL DEFAULT 60 CHECK (interval_seconds BETWEEN 5 AND 86400),
    timeout_seconds  REAL NOT NULL DEFAULT 3 CHECK (timeout_seconds BETWEEN 0.1 AND 30),
    enabled          BOOLEAN NOT NULL DEFAULT TRUE,
    CHECK ((probe = 'icmp') = (port IS NULL))
);
CREATE INDEX targets_device ON targets (device_id);                          -- targets of a site's devices

-- What we remember of a target: the last five results as letters, oldest first ("uuduu").
CREATE TABLE watches (
    target_id    BIGINT PRIMARY KEY REFERENCES targets ON DELETE CASCADE,
    state        TEXT NOT NULL DEFAULT 'unknown' CHECK (state IN ('up', 'down', 'unknown')),
    since        TIMESTAMPTZ NOT NULL,
    recent       TEXT NOT NULL DEFAULT '' CHECK (recent ~ '^[ud]{0,5}$'),
    last_at      TIMESTAMPTZ,
    last_reason  TEXT NOT NULL DEFAULT '',
    last_seconds REAL
);

-- A change of state: both the history and the queue of what must be told.
CREATE TABLE flips (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target_id BIGINT NOT NULL REFERENCES targets ON DELETE CASCADE,
    at        TIMESTAMPTZ NOT NULL,
    was       TEXT NOT NULL,
    now       TEXT NOT NULL,
    reason    TEXT NOT NULL DEFAULT '',
    told_at   TIMESTAMPTZ
);
CREATE INDEX flips_untold ON flips (id) WHERE told_at IS NULL;               -- telling
CREATE INDEX flips_target ON flips (target_id, at);                          -- history of a target

-- Raw results, 14 days, one partition a day.
CREATE TABLE results (
    target_id BIGINT NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    seconds   REAL,
    reason    TEXT NOT NULL DEFAULT ''            -- '' = it answered
) PARTITION BY RANGE (at);
CREATE TABLE results_default PARTITION OF results DEFAULT;
CREATE INDEX results_target ON results (target_id, at);                      -- a target's last hours
