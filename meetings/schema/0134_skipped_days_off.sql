-- A date that was left out for a plain weekend is not told as a holiday.
ALTER TABLE series_skips DROP CONSTRAINT series_skips_reason_check;
ALTER TABLE series_skips ADD CONSTRAINT series_skips_reason_check CHECK (reason IN
    ('holiday', 'day-off', 'clash', 'not-free', 'no-seats', 'in-the-past', 'sites-not-found',
     'beyond-horizon', 'quota-reached'));
