-- The rehearsal tied to a conference, a conference of its own, and what each hall's test said.

CREATE TABLE line_tests (
    rehearsal_id  BIGINT PRIMARY KEY REFERENCES conferences,
    conference_id BIGINT NOT NULL REFERENCES conferences CHECK (conference_id <> rehearsal_id)
);
CREATE INDEX line_tests_of ON line_tests (conference_id, rehearsal_id);   -- a conference's tests, the last first
CREATE TABLE line_test_results (
    rehearsal_id BIGINT NOT NULL REFERENCES line_tests,
    site_id      BIGINT NOT NULL REFERENCES sites,
    outcome      TEXT NOT NULL CHECK (outcome IN ('ok', 'picture', 'sound', 'no-show')),
    remark       TEXT NOT NULL DEFAULT '',
    noted_by     TEXT NOT NULL,
    noted_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (rehearsal_id, site_id)
);
