-- A poll may end without a winner.

ALTER TABLE polls ADD COLUMN closed_at TIMESTAMPTZ;
