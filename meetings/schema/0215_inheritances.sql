-- What a unit leaves to another from a day that lies ahead: passed on when the day has come.
CREATE TABLE inheritances (
    old_id BIGINT NOT NULL REFERENCES units,
    code   TEXT NOT NULL,      -- of the heir, whoever carries it on that day
    since  DATE NOT NULL,
    sole   BOOLEAN NOT NULL,   -- it leaves all to this heir
    PRIMARY KEY (old_id, code, since)
);

-- Which unit stands on a day in the place of one: itself while it is there, then the one that it became.
CREATE FUNCTION unit_on(unit BIGINT, day DATE) RETURNS BIGINT LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT unit AS id, 0 AS place
         UNION ALL
        SELECT (SELECT min(x.new_id) FROM unit_successions x WHERE x.old_id = u.id), l.place + 1
          FROM line l JOIN units u ON u.id = l.id
         WHERE upper(u.valid) <= day AND l.place < 20
           AND (SELECT count(*) FROM unit_successions x WHERE x.old_id = u.id) = 1)
    SELECT id FROM line ORDER BY place DESC LIMIT 1
$$;
