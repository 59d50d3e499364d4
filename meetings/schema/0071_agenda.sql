-- What happens inside a conference, in minutes from its start, so that it moves along with it.

CREATE TABLE agenda_items (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    position      INT NOT NULL CHECK (position >= 0),
    title         TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    minutes       INT NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    at_minute     INT,                            -- NULL: when the one before is over
    presenter     TEXT NOT NULL DEFAULT '',
    mode          TEXT CHECK (mode IN ('relay', 'interactive')),
    PRIMARY KEY (conference_id, position)
);
-- Half-open stretches; that they leave no gap is checked where they are written, all at once.
CREATE TABLE segments (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    position      INT NOT NULL CHECK (position >= 0),
    mode          TEXT NOT NULL CHECK (mode IN ('relay', 'interactive')),
    during        INT4RANGE NOT NULL CHECK (NOT isempty(during)),
    upstream      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conference_id, position),
    CONSTRAINT segments_apart EXCLUDE USING gist (
        int8range(conference_id, conference_id, '[]') WITH &&, during WITH &&)
);
