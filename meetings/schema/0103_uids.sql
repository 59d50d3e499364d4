-- Which conference came from which event of another calendar, so that a file may come twice.
CREATE TABLE conference_uids (
    uid           TEXT PRIMARY KEY CHECK (length(uid) BETWEEN 1 AND 300),
    conference_id BIGINT NOT NULL UNIQUE REFERENCES conferences
);
