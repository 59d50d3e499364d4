-- Conferences to be booked again: everything but the day.

CREATE TABLE templates (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id    BIGINT NOT NULL REFERENCES units,
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    content    JSONB NOT NULL,                    -- a wish without its day, and its plan
    created_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (unit_id, name)
);
