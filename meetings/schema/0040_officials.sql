-- What besides halls is promised to one conference at a time: officials and shared lines; and
-- stretches in which a hall, an official or a line cannot be had at all.

-- A position of a unit, such as "Chủ tịch UBND tỉnh"; the name of who holds it may stay empty.
CREATE TABLE officials (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id  BIGINT NOT NULL REFERENCES units,
    title    TEXT NOT NULL CHECK (title <> ''),
    name     TEXT NOT NULL DEFAULT '',
    name_key TEXT COLLATE "C" NOT NULL,           -- of title and name, made in Python
    folded   TEXT COLLATE "C" NOT NULL,
    rank     INT NOT NULL DEFAULT 100 CHECK (rank BETWEEN 1 AND 1000),  -- 1 is named first
    valid    DATERANGE NOT NULL CHECK (NOT isempty(valid))
);
CREATE UNIQUE INDEX officials_once ON officials (unit_id, title, name) WHERE upper_inf(valid);  -- nobody is added twice
CREATE INDEX officials_by_rank ON officials (rank, name_key, id);             -- lists in order of precedence

-- One channel that several halls share: two of them can be in one conference, not in two at once.
CREATE TABLE lines (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id  BIGINT NOT NULL REFERENCES units,    -- who looks after it
    name     TEXT NOT NULL CHECK (name <> ''),
    name_key TEXT COLLATE "C" NOT NULL,
    UNIQUE (unit_id, name)
);
ALTER TABLE sites
    ADD COLUMN line_id BIGINT REFERENCES lines,
    ADD COLUMN set_up_minutes INT CHECK (set_up_minutes BETWEEN 0 AND 480),        -- NULL: as the policy says
    ADD COLUMN tear_down_minutes INT CHECK (tear_down_minutes BETWEEN 0 AND 480);
CREATE INDEX sites_line ON sites (line_id) WHERE line_id IS NOT NULL;          -- the halls of a line

ALTER TABLE conferences ADD COLUMN chair_id BIGINT REFERENCES officials;
CREATE TABLE delegates (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    official_id   BIGINT NOT NULL REFERENCES officials,
    PRIMARY KEY (conference_id, official_id)
);
CREATE INDEX delegates_official ON delegates (official_id, conference_id);     -- an official's conferences

-- As for halls: the constraints, not Python, keep promises apart.  A hall's hold reaches from its
-- set-up to its tear-down; people and lines are held for the conference alone.
CREATE TABLE official_holds (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    official_id   BIGINT NOT NULL REFERENCES officials,
    during        TSTZRANGE NOT NULL CHECK (NOT isempty(during)),
    firm          BOOLEAN NOT NULL,
    PRIMARY KEY (conference_id, official_id),
    CONSTRAINT official_free EXCLUDE USING gist (
        int8range(official_id, official_id, '[]') WITH &&, during WITH &&) WHERE (firm)
);
CREATE INDEX official_holds_by_official ON official_holds (official_id, upper(during)) WHERE firm;  -- who holds these from then on
CREATE TABLE line_holds (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    line_id       BIGINT NOT NULL REFERENCES lines,
    during        TSTZRANGE NOT NULL CHECK (NOT isempty(during)),
    firm          BOOLEAN NOT NULL,
    PRIMARY KEY (conference_id, line_id),
    CONSTRAINT line_free EXCLUDE USING gist (
        int8range(line_id, line_id, '[]') WITH &&, during WITH &&) WHERE (firm)
);
CREATE INDEX line_holds_by_line ON line_holds (line_id, upper(during)) WHERE firm;  -- who holds these from then on

-- A stretch in which something cannot be had.  It refuses what is asked for afterwards; what was
-- promised before stays promised.
CREATE TABLE black_outs (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id     BIGINT REFERENCES sites,
    official_id BIGINT REFERENCES officials,
    line_id     BIGINT REFERENCES lines,
    during      TSTZRANGE NOT NULL CHECK (NOT isempty(during)),
    reason      TEXT NOT NULL CHECK (reason <> ''),
    created_by  TEXT NOT NULL,
    CHECK (num_nonnulls(site_id, official_id, line_id) = 1)
);
CREATE INDEX black_outs_site ON black_outs (site_id, upper(during)) WHERE site_id IS NOT NULL;              -- a hall's black-outs from then on
CREATE INDEX black_outs_official ON black_outs (official_id, upper(during)) WHERE official_id IS NOT NULL;  -- an official's
CREATE INDEX black_outs_line ON black_outs (line_id, upper(during)) WHERE line_id IS NOT NULL;              -- a line's

-- What a unit and those below it book by; a NULL is what the next unit above says.
CREATE TABLE booking_policies (
    unit_id           BIGINT PRIMARY KEY REFERENCES units,
    horizon_days      INT CHECK (horizon_days BETWEEN 1 AND 3660),       -- how far ahead one may book
    most_open         INT CHECK (most_open BETWEEN 0 AND 10000),         -- conferences that are not over, of one host
    invite_lead_days  INT CHECK (invite_lead_days BETWEEN 0 AND 60),     -- working days between booking and start
    set_up_minutes    INT CHECK (set_up_minutes BETWEEN 0 AND 480),
    tear_down_minutes INT CHECK (tear_down_minutes BETWEEN 0 AND 480)
);
