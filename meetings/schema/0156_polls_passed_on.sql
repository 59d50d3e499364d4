-- Several units that are asked by a poll may become one: one row of theirs is the heir's then, and the
-- links of the others answer for it too.
ALTER TABLE poll_units ADD COLUMN passed_to BIGINT REFERENCES units;  -- who answers now; NULL: the unit itself
