-- A hall is in use while its unit is, too: a file ends the unit alone, and who invited its hall in
-- that moment was not undone (0080, 0170).
CREATE OR REPLACE FUNCTION refuse_closed_halls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM invited i
          JOIN conferences c ON c.id = i.conference_id
          JOIN sites s ON s.id = i.site_id
          JOIN units u ON u.id = s.unit_id
         WHERE c.state IN ('draft', 'requested', 'confirmed', 'live')
           AND NOT (s.valid * u.valid) @> (lower(c.period) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) THEN
        RAISE EXCEPTION 'a hall was closed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION refuse_closed_halls_of_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM sites
      WHERE id IN (SELECT site_id FROM invitations WHERE conference_id = NEW.id)
      ORDER BY id FOR KEY SHARE;
    IF EXISTS (
        SELECT FROM conferences c
          JOIN invitations i ON i.conference_id = c.id
          JOIN sites s ON s.id = i.site_id
          JOIN units u ON u.id = s.unit_id
         WHERE c.id = NEW.id AND c.state IN ('draft', 'requested', 'confirmed', 'live')
           AND NOT (s.valid * u.valid) @> (lower(c.period) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) THEN
        RAISE EXCEPTION 'a hall was closed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
