-- A conference is written before its halls and delegates, which are looked at by its new day; what a
-- version was is known when all of it is written.
DROP TRIGGER keep_first_version ON conferences;
DROP TRIGGER keep_next_version ON conferences;
CREATE CONSTRAINT TRIGGER keep_first_version AFTER INSERT ON conferences
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_version();
CREATE CONSTRAINT TRIGGER keep_next_version AFTER UPDATE OF version ON conferences
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.version <> OLD.version)
    EXECUTE FUNCTION keep_version();
