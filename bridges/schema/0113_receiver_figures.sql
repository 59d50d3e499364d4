-- What a receiver tells of itself: how far behind its drain is, and what became of events since it started.

COMMENT ON COLUMN receivers.depth IS 'bytes of events on disk that were not drained yet';
ALTER TABLE receivers ADD COLUMN lag_seconds DOUBLE PRECISION NOT NULL DEFAULT 0;   -- age of the oldest of them
ALTER TABLE receivers ADD COLUMN outcomes JSONB NOT NULL DEFAULT '{}';              -- {bridge: {outcome: events}}
