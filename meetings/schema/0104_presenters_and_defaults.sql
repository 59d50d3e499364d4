-- Who presents a point, as one of the officials; and what a unit starts from where nobody says
-- otherwise.
ALTER TABLE agenda_items ADD COLUMN official_id BIGINT REFERENCES officials;

-- A NULL of the first four is what the next unit above says; the signature is the unit's own.
CREATE TABLE unit_defaults (
    unit_id           BIGINT PRIMARY KEY REFERENCES units,
    line_test_days    INT CHECK (line_test_days BETWEEN 1 AND 10),        -- working days before
    line_test_at      TIME,
    line_test_minutes INT CHECK (line_test_minutes BETWEEN 5 AND 480),
    visibility        TEXT CHECK (visibility IN ('open', 'internal')),
    signed_for        TEXT NOT NULL DEFAULT '' CHECK (length(signed_for) <= 200),
    signed_as         TEXT NOT NULL DEFAULT '' CHECK (length(signed_as) <= 200),
    signed_by         TEXT NOT NULL DEFAULT '' CHECK (length(signed_by) <= 200),
    version           INT NOT NULL DEFAULT 1
);
