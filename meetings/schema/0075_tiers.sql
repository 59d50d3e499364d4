-- One conference of several tiers, from the centre to the communes, and how far down papers go.

CREATE TABLE conference_tiers (
    conference_id  BIGINT NOT NULL REFERENCES conferences,
    level          INT NOT NULL CHECK (level BETWEEN 1 AND 5),   -- 1 is the highest
    name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    host           TEXT NOT NULL DEFAULT '',
    chair          TEXT NOT NULL DEFAULT '',
    site_ids       BIGINT[] NOT NULL,
    during         INT4RANGE CHECK (NOT isempty(during)),        -- its own part, in minutes from the start
    papers_down_to INT NOT NULL CHECK (papers_down_to >= level),
    PRIMARY KEY (conference_id, level)
);
ALTER TABLE documents ADD COLUMN tier INT;                       -- NULL: for everybody who is invited
