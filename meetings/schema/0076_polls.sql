-- Several proposed periods for a conference that is a template yet, and what each unit answers.

CREATE TABLE polls (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    template_id   BIGINT NOT NULL REFERENCES templates ON DELETE CASCADE,
    periods       TSTZRANGE[] NOT NULL CHECK (cardinality(periods) BETWEEN 1 AND 20),
    created_by    TEXT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    conference_id BIGINT REFERENCES conferences    -- the winner, once it is booked
);
CREATE TABLE poll_units (
    poll_id BIGINT NOT NULL REFERENCES polls ON DELETE CASCADE,
    unit_id BIGINT NOT NULL REFERENCES units,
    hash    BYTEA NOT NULL UNIQUE,                 -- of the secret in the unit's link; the secret is told once
    answers TEXT[] NOT NULL DEFAULT '{}' CHECK (answers <@ ARRAY['yes', 'if-need-be', 'no']),
    PRIMARY KEY (poll_id, unit_id)
);
