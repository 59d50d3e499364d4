-- The end alone is true of all that is still to come: with the start beside it, who holds a hall
-- in one hour is told by the index without a look at each hold of the coming months.
DROP INDEX holds_by_site;
CREATE INDEX holds_by_site ON holds (site_id, upper(during), lower(during)) WHERE firm;  -- who holds these sites in a stretch of time
