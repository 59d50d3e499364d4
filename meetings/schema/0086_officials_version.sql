-- Officials are changed on pages and by files: two editors at once are told apart by the version.
ALTER TABLE officials ADD COLUMN version INT NOT NULL DEFAULT 1;  -- the ETag; raised by every change
