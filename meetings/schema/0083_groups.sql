-- A group by rule may also be "everything below that unit"; both rules together narrow each other.
ALTER TABLE site_groups ADD COLUMN below_id BIGINT REFERENCES units;
ALTER TABLE site_groups ADD COLUMN version INT NOT NULL DEFAULT 1;  -- the ETag; raised by every change

CREATE FUNCTION group_takes(kinds TEXT[], below_id BIGINT, kind TEXT, path BIGINT[])
RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS $$
    SELECT (cardinality(kinds) > 0 OR below_id IS NOT NULL)
       AND (cardinality(kinds) = 0 OR kind = ANY (kinds))
       AND (below_id IS NULL OR path @> ARRAY[below_id])
$$;
