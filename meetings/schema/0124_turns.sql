-- Who may answer a step, for lists that show only what is somebody's to answer: the rule of
-- `meetings.chains.may_decide`, to which a test holds it.  The last two are the grants, side by side.
CREATE FUNCTION may_decide(
    role TEXT, path BIGINT[], people BIGINT[], host_path BIGINT[],
    person BIGINT, roles TEXT[], units BIGINT[])
RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(person = ANY (people), FALSE) OR EXISTS (
        SELECT FROM unnest(roles, units) AS held (as_role, over)
         WHERE (as_role = 'admin' AND over = ANY (host_path))
            OR (as_role = role AND over = ANY (path)))
$$;
