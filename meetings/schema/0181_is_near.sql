-- Tells whether any promise or black-out is in the way, or as near as the caller's margin: halls by
-- how far any of their buffers reaches, officials and lines by the period itself.  A function, because
-- its statement sees what those did who held the locks that its caller waited for in the same trip.
-- The halls are looked up one by one (OFFSET 0 keeps it so): the planner takes end and start of a hold
-- for unrelated, expects far more of them than there are, and would read the whole table.
CREATE FUNCTION is_near(sites BIGINT[], officials BIGINT[], lines BIGINT[],
                        begins TIMESTAMPTZ, ends TIMESTAMPTZ,
                        set_up_at TIMESTAMPTZ, cleared_at TIMESTAMPTZ, own BIGINT) RETURNS BOOLEAN
LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (SELECT FROM unnest(sites) AS k (site)
                    WHERE EXISTS (SELECT FROM holds h
                                   WHERE h.site_id = k.site AND h.firm AND h.conference_id <> own
                                     AND upper(h.during) > set_up_at
                                     AND lower(h.during) < cleared_at OFFSET 0))
        OR EXISTS (SELECT FROM official_holds h
                    WHERE h.official_id = ANY (officials) AND h.firm AND h.conference_id <> own
                      AND upper(h.during) > begins AND lower(h.during) < ends)
        OR EXISTS (SELECT FROM line_holds h
                    WHERE h.line_id = ANY (lines) AND h.firm AND h.conference_id <> own
                      AND upper(h.during) > begins AND lower(h.during) < ends)
        OR EXISTS (SELECT FROM black_outs b
                    WHERE b.site_id = ANY (sites)
                      AND upper(b.during) > set_up_at AND lower(b.during) < cleared_at)
        OR EXISTS (SELECT FROM black_outs b
                    WHERE b.official_id = ANY (officials)
                      AND upper(b.during) > begins AND lower(b.during) < ends)
        OR EXISTS (SELECT FROM black_outs b
                    WHERE b.line_id = ANY (lines)
                      AND upper(b.during) > begins AND lower(b.during) < ends);
END $$;
