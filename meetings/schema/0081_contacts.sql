-- Whom to call: people of a unit, or of one of its halls, with what they are there for and since when.
CREATE TABLE contacts (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id BIGINT NOT NULL REFERENCES units,
    site_id BIGINT REFERENCES sites,             -- NULL: of the whole unit
    duty    TEXT NOT NULL CHECK (duty IN ('on-call', 'technician', 'secretary', 'leader')),
    name    TEXT NOT NULL CHECK (name <> ''),
    title   TEXT NOT NULL DEFAULT '',
    phone   TEXT NOT NULL DEFAULT '',
    email   TEXT NOT NULL DEFAULT '',
    valid   DATERANGE NOT NULL CHECK (NOT isempty(valid)),
    version INT NOT NULL DEFAULT 1,               -- the ETag; raised by every change
    CHECK (phone <> '' OR email <> '')
);
CREATE INDEX contacts_unit ON contacts (unit_id, id);   -- a unit's contacts; lists of many units
