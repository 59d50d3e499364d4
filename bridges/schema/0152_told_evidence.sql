-- Halls' pages say every ten seconds that they are in: of millions of rows about a large conference a
-- few thousand are what its bridges told and answered, and those are asked for every few seconds.

CREATE INDEX evidence_told ON evidence (conference_id, id) WHERE kind NOT IN ('admitted', 'heartbeat');  -- what bridges say of one conference
