-- When a room's presence was last counted from its evidence: beats alone wait for their turn.

ALTER TABLE rooms ADD COLUMN counted_at TIMESTAMPTZ;
