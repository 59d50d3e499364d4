-- Conferences and what is promised to them.

CREATE TABLE conferences (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title        TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    folded       TEXT COLLATE "C" NOT NULL,      -- title and chair without diacritics, for search
    kind         TEXT NOT NULL CHECK (kind IN
                 ('briefing', 'review', 'training', 'deployment', 'advisory', 'working', 'rehearsal', 'urgent', 'other')),
    state        TEXT NOT NULL CHECK (state IN
                 ('draft', 'requested', 'confirmed', 'live', 'ended', 'closed', 'refused', 'cancelled')),
    host_unit_id BIGINT NOT NULL REFERENCES units,
    chair        TEXT NOT NULL DEFAULT '',
    main_site_id BIGINT NOT NULL REFERENCES sites,
    period       TSTZRANGE NOT NULL CHECK (NOT isempty(period) AND lower_inc(period) AND NOT upper_inc(period)),
    note         TEXT NOT NULL DEFAULT '',
    version      INT NOT NULL DEFAULT 1,         -- the ETag; raised by every change
    cancel_reason TEXT NOT NULL DEFAULT '',
    ended_at     TIMESTAMPTZ,                    -- the real end, by us or by the hard end
    created_by   TEXT NOT NULL,                  -- "person:12", "token:robot", "program:demo"
    changed_at   TIMESTAMPTZ NOT NULL,           -- of this version; DTSTAMP in calendars
    demo         BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX conferences_period ON conferences USING gist (period);           -- calendar and today
CREATE INDEX conferences_by_start ON conferences (lower(period), id);        -- lists in order of time
CREATE INDEX conferences_host ON conferences (host_unit_id, lower(period));  -- "my unit's conferences"

CREATE TABLE invitations (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    site_id       BIGINT NOT NULL REFERENCES sites,
    headcount     INT CHECK (headcount BETWEEN 0 AND 100000),  -- declared by the hall
    headcount_at  TIMESTAMPTZ,
    PRIMARY KEY (conference_id, site_id)
);
CREATE INDEX invitations_site ON invitations (site_id, conference_id);       -- a site's conferences

-- One link for each site and conference.  The secret is derived from a key in a file; the
-- database keeps only its generation and its SHA-256, so links can be shown again and revoked.
CREATE TABLE links (
    conference_id BIGINT NOT NULL,
    site_id       BIGINT NOT NULL,
    generation    INT NOT NULL DEFAULT 1,
    hash          BYTEA NOT NULL UNIQUE,
    revoked_at    TIMESTAMPTZ,
    PRIMARY KEY (conference_id, site_id),
    FOREIGN KEY (conference_id, site_id) REFERENCES invitations ON DELETE CASCADE
);

-- The constraint, not Python, keeps two conferences from being promised one site at one time.
CREATE TABLE holds (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    site_id       BIGINT NOT NULL REFERENCES sites,
    during        TSTZRANGE NOT NULL CHECK (NOT isempty(during)),
    firm          BOOLEAN NOT NULL,               -- a tentative hold blocks nobody
    PRIMARY KEY (conference_id, site_id),
    CONSTRAINT site_free EXCLUDE USING gist (
        int8range(site_id, site_id, '[]') WITH &&, during WITH &&) WHERE (firm)
);

CREATE INDEX holds_by_site ON holds (site_id, upper(during)) WHERE firm;      -- who holds these sites from then on

-- Seats that the bridges of a region can carry.  Filled by `bridges`; lock the pool, then sum.
CREATE TABLE seat_pools (
    id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE,
    seats INT NOT NULL CHECK (seats >= 0)
);
CREATE TABLE seat_holds (
    conference_id BIGINT PRIMARY KEY REFERENCES conferences,
    pool_id       BIGINT NOT NULL REFERENCES seat_pools,
    seats         INT NOT NULL CHECK (seats > 0),
    during        TSTZRANGE NOT NULL CHECK (NOT isempty(during))
);
CREATE INDEX seat_holds_pool ON seat_holds USING gist (during);              -- seats promised at an instant

-- What evidence says: a site was in.  Rebuilt from raw evidence, never edited by hand.
CREATE TABLE presences (
    conference_id BIGINT NOT NULL,
    site_id       BIGINT NOT NULL,
    starts_at     TIMESTAMPTZ NOT NULL,
    ends_at       TIMESTAMPTZ CHECK (ends_at >= starts_at),   -- NULL: still in
    evidence      TEXT NOT NULL,                  -- what ended or began it: 'events', 'census', 'heartbeat', ...
    PRIMARY KEY (conference_id, site_id, starts_at),
    FOREIGN KEY (conference_id, site_id) REFERENCES invitations
);
-- Stretches in which we could not have seen anybody: neither present nor absent.
CREATE TABLE blind_spots (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    starts_at     TIMESTAMPTZ NOT NULL,
    ends_at       TIMESTAMPTZ NOT NULL CHECK (ends_at > starts_at),
    reason        TEXT NOT NULL,
    PRIMARY KEY (conference_id, starts_at)
);
