-- Few are ever asked for and not yet promised, so that hardly any booking writes it.
CREATE INDEX tentative_holds_by_site ON holds (site_id) WHERE NOT firm;  -- who would like these sites
