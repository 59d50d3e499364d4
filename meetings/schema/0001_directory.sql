-- The directory: who exists, since when, and where they meet.

-- A code is a key only together with its dates: all 45 codes of 2025 existed before.
CREATE TABLE units (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code      TEXT NOT NULL CHECK (code <> ''),
    name      TEXT NOT NULL CHECK (name <> ''),
    full_name TEXT NOT NULL CHECK (full_name <> ''),
    name_en   TEXT NOT NULL DEFAULT '',
    kind      TEXT NOT NULL CHECK (kind IN
              ('province', 'district', 'commune', 'ward', 'township', 'special-zone', 'office', 'department')),
    parent_id BIGINT REFERENCES units,
    path      BIGINT[] NOT NULL,              -- ids from the root down to this unit, itself included
    valid     DATERANGE NOT NULL CHECK (NOT isempty(valid)),
    name_key  TEXT COLLATE "C" NOT NULL,      -- Vietnamese sort key, made in Python
    folded    TEXT COLLATE "C" NOT NULL,      -- name without diacritics, for search
    latitude  DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    CONSTRAINT unit_code_once EXCLUDE USING gist (
        int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]') WITH &&, valid WITH &&)
);
CREATE INDEX units_path ON units USING gin (path);           -- "is it below my unit?"
CREATE INDEX units_by_name ON units (name_key, id);          -- lists in Vietnamese order

-- 129 communes became 45: a report asked for one date can follow a unit to another.
CREATE TABLE unit_successions (
    old_id BIGINT NOT NULL REFERENCES units,
    new_id BIGINT NOT NULL REFERENCES units,
    PRIMARY KEY (old_id, new_id)
);
CREATE INDEX unit_successions_new ON unit_successions (new_id);  -- predecessors of a unit

CREATE TABLE sites (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id  BIGINT NOT NULL REFERENCES units,
    name     TEXT NOT NULL CHECK (name <> ''),  -- the hall; the unit's name is shown before it
    name_key TEXT COLLATE "C" NOT NULL,
    folded   TEXT COLLATE "C" NOT NULL,
    phone    TEXT NOT NULL DEFAULT '',          -- whom to call about this hall
    valid    DATERANGE NOT NULL CHECK (NOT isempty(valid)),
    UNIQUE (unit_id, name)
);
CREATE INDEX sites_by_name ON sites (name_key, id);          -- lists in Vietnamese order

-- "All communes" is a rule over kinds; "border communes" is a list.
CREATE TABLE site_groups (
    code    TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    name_en TEXT NOT NULL,
    kinds   TEXT[] NOT NULL DEFAULT '{}'        -- rule: every site of a unit of these kinds; empty = fixed
);
CREATE TABLE site_group_members (
    group_code TEXT NOT NULL REFERENCES site_groups ON DELETE CASCADE,
    site_id    BIGINT NOT NULL REFERENCES sites,
    PRIMARY KEY (group_code, site_id)
);

CREATE TABLE people (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE CHECK (login = lower(login) AND login <> ''),
    name          TEXT NOT NULL CHECK (name <> ''),
    name_key      TEXT COLLATE "C" NOT NULL,
    email         TEXT NOT NULL DEFAULT '',
    unit_id       BIGINT NOT NULL REFERENCES units,
    password_hash TEXT,                          -- argon2id; NULL until the first sign-in link is used
    locale        TEXT NOT NULL DEFAULT 'vi' CHECK (locale IN ('vi', 'en')),
    active        BOOLEAN NOT NULL DEFAULT TRUE,
    feed_generation INT NOT NULL DEFAULT 1,      -- raised to revoke a calendar feed address
    demo          BOOLEAN NOT NULL DEFAULT FALSE,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- A role over a subtree of units.
CREATE TABLE grants (
    person_id BIGINT NOT NULL REFERENCES people ON DELETE CASCADE,
    role      TEXT NOT NULL CHECK (role IN ('secretary', 'technician', 'leader', 'hall', 'admin')),
    unit_id   BIGINT NOT NULL REFERENCES units,
    PRIMARY KEY (person_id, role, unit_id)
);
