-- Halls carry tags, such as "biên giới", and a group may take those that carry one of its own.
-- They stand with the hall and not with its unit, so that they outlive a reform of units.
ALTER TABLE sites ADD COLUMN tags TEXT[] NOT NULL DEFAULT '{}';
ALTER TABLE site_groups ADD COLUMN tags TEXT[] NOT NULL DEFAULT '{}';

-- All parts of a rule narrow each other; a rule of no part takes nobody.
CREATE FUNCTION group_takes(
    kinds TEXT[], below_id BIGINT, tags TEXT[], kind TEXT, path BIGINT[], carried TEXT[])
RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS $$
    SELECT (cardinality(kinds) > 0 OR below_id IS NOT NULL OR cardinality(tags) > 0)
       AND (cardinality(kinds) = 0 OR kind = ANY (kinds))
       AND (below_id IS NULL OR path @> ARRAY[below_id])
       AND (cardinality(tags) = 0 OR carried && tags)
$$;
