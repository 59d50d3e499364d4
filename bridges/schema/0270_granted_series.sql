-- Rooms of series were placed without the time for which a bridge may keep them, so that they could
-- not be extended.  What is open was granted to its end already; no room is without it any more.

UPDATE rooms SET grant_ends_at = closes_at + CASE state WHEN 'booked' THEN interval '12 hours'
                                                        ELSE interval '0' END
 WHERE grant_ends_at IS NULL;
ALTER TABLE rooms ALTER COLUMN grant_ends_at SET NOT NULL;
