-- Of which unit an official was before another took that unit in.
CREATE TABLE officials_before (
    official_id BIGINT NOT NULL REFERENCES officials,
    until       DATE NOT NULL,    -- the first day of the heir
    unit_id     BIGINT NOT NULL REFERENCES units,
    PRIMARY KEY (official_id, until)
);

-- Of which unit an official was, or is, on a day.
CREATE FUNCTION official_of(official BIGINT, now_of BIGINT, day DATE) RETURNS BIGINT LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT b.unit_id FROM officials_before b WHERE b.official_id = official AND b.until > day
          ORDER BY b.until LIMIT 1), now_of)
$$;
