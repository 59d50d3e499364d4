-- Whether the room systems of a conference's halls are called into the room when it starts.
ALTER TABLE conferences ADD COLUMN call_systems BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE series ADD COLUMN call_systems BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX conferences_calling ON conferences (lower(period)) WHERE call_systems;   -- who is called when

-- NULL is a version of before, of which it was not kept; what is so now is known of the newest one.
ALTER TABLE conference_versions ADD COLUMN call_systems BOOLEAN;
UPDATE conference_versions v SET call_systems = FALSE
  FROM conferences c WHERE c.id = v.conference_id AND c.version = v.version;

CREATE OR REPLACE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO conference_versions (conference_id, version, state, title, kind, chair, note, urgency,
                                     host_unit_id, main_site_id, site_ids, period, owner_id,
                                     secretary, visibility, delegate_ids, waiver, call_systems)
    SELECT NEW.id, NEW.version, NEW.state, NEW.title, NEW.kind, NEW.chair, NEW.note, NEW.urgency,
           NEW.host_unit_id, NEW.main_site_id,
           ARRAY(SELECT i.site_id FROM invitations i WHERE i.conference_id = NEW.id ORDER BY i.site_id),
           NEW.period, NEW.owner_id, NEW.secretary, NEW.visibility,
           ARRAY(SELECT d.official_id FROM delegates d WHERE d.conference_id = NEW.id ORDER BY d.official_id),
           NEW.waiver, NEW.call_systems
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
