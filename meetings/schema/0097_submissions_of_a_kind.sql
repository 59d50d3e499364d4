-- A change of a conference and another host for it may wait side by side.

DROP INDEX submissions_conference;
CREATE UNIQUE INDEX submissions_conference ON submissions (conference_id, what) WHERE state = 'waiting';  -- one of a kind waits at a time
