-- Halls and groups that somebody wants at hand; `ref` is a site's id or a group's code.
CREATE TABLE favourites (
    person_id BIGINT NOT NULL REFERENCES people ON DELETE CASCADE,
    kind      TEXT NOT NULL CHECK (kind IN ('site', 'group')),
    ref       TEXT NOT NULL CHECK (ref <> ''),
    PRIMARY KEY (person_id, kind, ref)
);
