-- A hall that was closed while somebody booked it: our own check had let the booking pass, so it is
-- undone like any other lost race, tried again, and then refused with the hall's name.
CREATE FUNCTION refuse_closed_halls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM invited i
          JOIN conferences c ON c.id = i.conference_id
          JOIN sites s ON s.id = i.site_id
         WHERE c.state IN ('draft', 'requested', 'confirmed', 'live')
           AND NOT s.valid @> (lower(c.period) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) THEN
        RAISE EXCEPTION 'a hall was closed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invitations_of_open_halls AFTER INSERT ON invitations
    REFERENCING NEW TABLE AS invited FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_halls();
