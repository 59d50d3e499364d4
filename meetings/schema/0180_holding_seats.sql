-- Locks the pool, counts what others were promised of it at each instant, and promises what is wanted
-- if so much is free; returns how much that was.  One trip for what were two statements: those of a
-- function see what those did who held the lock before, which one statement that waited would not.
-- Where one conference ends and another begins, the ending one counts first.
CREATE FUNCTION hold_seats(whose BIGINT, pool BIGINT, wanted INT, wished TSTZRANGE) RETURNS INT
LANGUAGE plpgsql AS $$
DECLARE
    free INT;
BEGIN
    SELECT seats INTO STRICT free FROM seat_pools WHERE id = pool FOR NO KEY UPDATE;
    SELECT free - coalesce(max(load), 0) INTO free
      FROM (SELECT sum(delta) OVER (ORDER BY at, delta) AS load
              FROM seat_holds h,
                   LATERAL (VALUES (greatest(lower(h.during), lower(wished)), h.seats),
                                   (upper(h.during), -h.seats)) AS step (at, delta)
             WHERE h.pool_id = pool AND h.during && wished AND h.conference_id <> whose) AS loads;
    IF wanted <= free THEN
        INSERT INTO seat_holds (conference_id, pool_id, seats, during)
        VALUES (whose, pool, wanted, wished)
            ON CONFLICT (conference_id) DO UPDATE
           SET pool_id = EXCLUDED.pool_id, seats = EXCLUDED.seats, during = EXCLUDED.during;
    END IF;
    RETURN free;
END $$;
