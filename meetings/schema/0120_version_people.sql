-- What a version keeps besides: who has to be there, who keeps the minutes, who sees the title.
-- NULL is a version of before, of which it was not kept; what is so now is known of the newest one.

ALTER TABLE conference_versions
    ADD COLUMN secretary    TEXT,
    ADD COLUMN visibility   TEXT,
    ADD COLUMN delegate_ids BIGINT[];
UPDATE conference_versions v
   SET secretary = c.secretary, visibility = c.visibility,
       delegate_ids = ARRAY(SELECT d.official_id FROM delegates d
                             WHERE d.conference_id = c.id ORDER BY d.official_id)
  FROM conferences c
 WHERE c.id = v.conference_id AND c.version = v.version;

CREATE OR REPLACE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO conference_versions (conference_id, version, state, title, kind, chair, note, urgency,
                                     host_unit_id, main_site_id, site_ids, period, owner_id,
                                     secretary, visibility, delegate_ids)
    SELECT NEW.id, NEW.version, NEW.state, NEW.title, NEW.kind, NEW.chair, NEW.note, NEW.urgency,
           NEW.host_unit_id, NEW.main_site_id,
           ARRAY(SELECT i.site_id FROM invitations i WHERE i.conference_id = NEW.id ORDER BY i.site_id),
           NEW.period, NEW.owner_id, NEW.secretary, NEW.visibility,
           ARRAY(SELECT d.official_id FROM delegates d WHERE d.conference_id = NEW.id ORDER BY d.official_id)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
