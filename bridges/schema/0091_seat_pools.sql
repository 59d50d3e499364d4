-- Which seats can be asked for is what the bridges say: a bridge that is being drained gives none,
-- and one may be kept for some kinds of conference.  Whoever judges a wish need not know of bridges.
ALTER TABLE seat_pools
    ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN tags   TEXT[] NOT NULL DEFAULT '{}';

-- Told by a trigger, so that no way of changing a bridge can forget it.  A fresh database has no
-- bridge yet and gets their tags with a later number, so no column of theirs is named but inside.
CREATE FUNCTION tell_seat_pool() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE seat_pools SET closed = NEW.draining, tags = NEW.tags
     WHERE id = NEW.pool_id AND (closed, tags) IS DISTINCT FROM (NEW.draining, NEW.tags);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_seat_pool AFTER INSERT OR UPDATE ON bridges
    FOR EACH ROW EXECUTE FUNCTION tell_seat_pool();
UPDATE bridges SET draining = draining;
