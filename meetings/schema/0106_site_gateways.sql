-- How a hall's own room system (SIP or H.323) is called through a gateway; '' where it has none.
ALTER TABLE sites ADD COLUMN gateway TEXT NOT NULL DEFAULT '' CHECK (length(gateway) <= 200);
