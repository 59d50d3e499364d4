-- What waits for approval may be overtaken: its series changed, so that it can come to nothing any more.

ALTER TABLE submissions DROP CONSTRAINT submissions_state_check;
ALTER TABLE submissions ADD CONSTRAINT submissions_state_check
    CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn', 'replaced', 'lapsed', 'overtaken'));
