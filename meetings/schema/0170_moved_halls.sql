-- A hall that was closed while a conference that it is invited to was moved behind its end: as with
-- hosts (0088).  Looked at last, when the halls that the conference no longer invites are gone, and
-- one by one in the order of those who close them, so that each waits for the other.
CREATE FUNCTION refuse_closed_halls_of_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM sites
      WHERE id IN (SELECT site_id FROM invitations WHERE conference_id = NEW.id)
      ORDER BY id FOR KEY SHARE;
    IF EXISTS (
        SELECT FROM conferences c
          JOIN invitations i ON i.conference_id = c.id
          JOIN sites s ON s.id = i.site_id
         WHERE c.id = NEW.id AND c.state IN ('draft', 'requested', 'confirmed', 'live')
           AND NOT s.valid @> (lower(c.period) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) THEN
        RAISE EXCEPTION 'a hall was closed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER conferences_moved_with_open_halls AFTER UPDATE ON conferences
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IN ('draft', 'requested', 'confirmed', 'live')
          AND lower(NEW.period) IS DISTINCT FROM lower(OLD.period))
    EXECUTE FUNCTION refuse_closed_halls_of_moved();
