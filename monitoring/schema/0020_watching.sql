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
    host             TEXT NOT NULL CHECK (host ~ '^[A-Za-z0-9._:-]{1,253}$'),
    port             INT CHECK (port BETWEEN 1 AND 65535),
    path             TEXT NOT NULL DEFAULT '/' CHECK (path ~ '^/[!-~]*$' AND length(path) <= 501),  -- stands in a request as it is
    tls              BOOLEAN NOT NULL DEFAULT FALSE,
    interval_seconds INT NOT NULL DEFAULT 60 CHECK (interval_seconds BETWEEN 5 AND 86400),
    timeout_seconds  REAL NOT NULL DEFAULT 3 CHECK (timeout_seconds BETWEEN 0.1 AND 30),
    enabled          BOOLEAN NOT NULL DEFAULT TRUE,
    CHECK ((probe = 'icmp') = (port IS NULL))
);
CREATE INDEX targets_device ON targets (device_id);                          -- targets of a site's devices

-- What we remember of a target: the last five results as letters, oldest first ("uuduu").
-- `last_at` is when we last learned something; a look that could not be made leaves its reason only.
CREATE TABLE watches (
    target_id    BIGINT PRIMARY KEY REFERENCES targets ON DELETE CASCADE,
    state        TEXT NOT NULL DEFAULT 'unknown' CHECK (state IN ('up', 'down', 'unknown')),
    since        TIMESTAMPTZ NOT NULL,
    recent       TEXT NOT NULL DEFAULT '' CHECK (recent ~ '^[ud]{0,5}$'),
    last_at      TIMESTAMPTZ,
    last_reason  TEXT NOT NULL DEFAULT '',
    last_seconds REAL
);

-- A verdict holds as long as there is news; monitoring.rules.stale_after says the same.
CREATE FUNCTION state_at(state TEXT, last_at TIMESTAMPTZ, interval_seconds INT, moment TIMESTAMPTZ)
RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN last_at + make_interval(secs => 3 * interval_seconds + 60) >= moment
                THEN state ELSE 'unknown' END
$$;

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

-- Makes the days up to `until` and drops those before `since`.  The program's role has no right to
-- tables' shapes, so this runs as their owner; rows that came before their day was made are moved.
CREATE FUNCTION keep_results(since DATE, until DATE) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '2s' AS $$
DECLARE
    day  DATE;
    part TEXT;
BEGIN
    FOR day IN SELECT generate_series(since, until, interval '1 day')::date LOOP
        part := 'results_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass(part) IS NOT NULL OR (day < until - 3 AND NOT EXISTS (
            SELECT FROM results_default r
             WHERE r.at >= day::timestamp AT TIME ZONE 'UTC'
               AND r.at < (day + 1)::timestamp AT TIME ZONE 'UTC'));
        EXECUTE format('CREATE TABLE %I (LIKE results INCLUDING DEFAULTS)', part);
        EXECUTE format('WITH moved AS (DELETE FROM results_default
                            WHERE at >= %1$L AND at < %2$L RETURNING *)
                        INSERT INTO %3$I SELECT * FROM moved',
                       day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC', part);
        EXECUTE format('ALTER TABLE results ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part,
                       day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END LOOP;
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                 WHERE i.inhparent = 'results'::regclass
                   AND c.relname ~ '^results_[0-9]{8}$'
                   AND c.relname < 'results_' || to_char(since, 'YYYYMMDD') LOOP
        EXECUTE format('DROP TABLE %I', part);
    END LOOP;
    DELETE FROM results_default WHERE at < since::timestamp AT TIME ZONE 'UTC';
END $$;
