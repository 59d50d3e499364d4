-- A series is held to what its host may book: dates too far ahead, and those above its number, are
-- left out in sight.
ALTER TABLE series_skips DROP CONSTRAINT series_skips_reason_check;
ALTER TABLE series_skips ADD CONSTRAINT series_skips_reason_check CHECK (reason IN
    ('holiday', 'clash', 'not-free', 'no-seats', 'in-the-past', 'sites-not-found',
     'beyond-horizon', 'quota-reached'));
