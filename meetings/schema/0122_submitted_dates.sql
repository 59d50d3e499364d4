-- A date of a series that is put back waits for its chain as a submission, beside a change of the series
-- and beside other dates.

ALTER TABLE submissions DROP CONSTRAINT submissions_what_check;
ALTER TABLE submissions ADD CONSTRAINT submissions_what_check
    CHECK (what IN ('change', 'host', 'series', 'series-change', 'series-date'));
DROP INDEX submissions_series;
CREATE UNIQUE INDEX submissions_series ON submissions (series_id, what, coalesce(payload ->> 'date', ''))
    WHERE state = 'waiting';  -- one change of a series waits at a time, and each date once
