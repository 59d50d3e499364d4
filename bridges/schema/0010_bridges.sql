-- Bridges, the rooms booked on them, and what they told us.

CREATE TABLE bridges (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    kind        TEXT NOT NULL CHECK (kind IN ('jitsi', 'trial')),
    public_url  TEXT NOT NULL,
    xmpp_domain TEXT NOT NULL,
    muc_domain  TEXT NOT NULL,
    app_id      TEXT NOT NULL,
    jwt_secret         BYTEA NOT NULL,            -- the three secrets are sealed with the key file
    reservation_secret BYTEA NOT NULL,
    event_secret       BYTEA NOT NULL,
    event_digest       BYTEA NOT NULL,            -- SHA-256 of it: a receiver needs no key file
    prosody_url TEXT NOT NULL DEFAULT '',         -- where census and end-meeting answer; '' = not reachable
    pool_id     BIGINT NOT NULL REFERENCES seat_pools,
    seats       INT NOT NULL CHECK (seats > 0),
    draining    BOOLEAN NOT NULL DEFAULT FALSE,
    healthy     BOOLEAN,                          -- NULL: never asked
    health      TEXT NOT NULL DEFAULT '',
    health_at   TIMESTAMPTZ,
    added_at    TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE rooms (
    conference_id BIGINT PRIMARY KEY REFERENCES conferences,
    bridge_id     BIGINT NOT NULL REFERENCES bridges,
    name          TEXT NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9-]{8,63}$'),
    opens_at      TIMESTAMPTZ NOT NULL,           -- earliest entry
    ends_at       TIMESTAMPTZ NOT NULL,           -- planned end
    closes_at     TIMESTAMPTZ NOT NULL CHECK (closes_at > opens_at),   -- hard end: nobody enters or stays after
    state         TEXT NOT NULL CHECK (state IN ('booked', 'open', 'closed')),
    closed_at     TIMESTAMPTZ
);
CREATE INDEX rooms_bridge ON rooms (bridge_id, opens_at) WHERE state <> 'closed';  -- load of a bridge, day snapshot

-- Raw and append-only.  `key` is a digest of the content: the same news twice is one row.
CREATE TABLE evidence (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key           BYTEA NOT NULL UNIQUE,
    bridge_id     BIGINT REFERENCES bridges,
    kind          TEXT NOT NULL CHECK (kind IN
                  ('created', 'destroyed', 'joined', 'left', 'census', 'admitted', 'heartbeat', 'restarted')),
    room          TEXT NOT NULL,                  -- node of the room, lower case, without [tenant]
    conference_id BIGINT REFERENCES conferences,  -- NULL: no booked room of that name
    body          JSONB NOT NULL,
    received_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX evidence_conference ON evidence (conference_id, id);            -- rebuilding presence

-- How far each spool has been drained: batch and position are written in one transaction.
CREATE TABLE spool_positions (
    spool    TEXT PRIMARY KEY,
    segment  BIGINT NOT NULL,
    position BIGINT NOT NULL
);

-- Users a bridge must not let in again: `user_id` is our site's id in the token.
CREATE TABLE denials (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    site_id       BIGINT NOT NULL REFERENCES sites,
    generation    INT NOT NULL,                   -- of the link that was revoked
    at            TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (conference_id, site_id, generation)
);
