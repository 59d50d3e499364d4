-- A host that was closed while somebody booked for it, as with halls (0080): undone like any other
-- lost race, tried again, and then refused by name.  Who books waits for who closes, and the other
-- way round, because both lock the unit's row.
CREATE FUNCTION refuse_closed_host() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM units
      WHERE id = NEW.host_unit_id
        AND valid && daterange((lower(NEW.period) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
                               (upper(NEW.period) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, '[]')
        FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the host was closed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER conferences_of_open_hosts AFTER INSERT ON conferences FOR EACH ROW
    WHEN (NEW.state IN ('draft', 'requested', 'confirmed', 'live'))
    EXECUTE FUNCTION refuse_closed_host();
CREATE TRIGGER conferences_moved_under_open_hosts AFTER UPDATE ON conferences FOR EACH ROW
    WHEN (NEW.state IN ('draft', 'requested', 'confirmed', 'live')
          AND (NEW.period IS DISTINCT FROM OLD.period
               OR NEW.host_unit_id IS DISTINCT FROM OLD.host_unit_id))
    EXECUTE FUNCTION refuse_closed_host();
