-- Prosody answers an HTTP question only under a name it knows; its address may be another.

ALTER TABLE bridges ADD COLUMN http_host TEXT NOT NULL DEFAULT '';   -- the Host it was found to answer to, '' its address's own
