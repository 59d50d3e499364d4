-- Handing a conference over is an offer that the receiver accepts or declines; who owned it when is kept.

CREATE TABLE hand_overs (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conference_id BIGINT NOT NULL REFERENCES conferences ON DELETE CASCADE,
    host_unit_id  BIGINT NOT NULL REFERENCES units,   -- who holds it once it is accepted
    person_id     BIGINT REFERENCES people,           -- NULL: whoever keeps that unit's conferences
    offered_by    TEXT NOT NULL,
    offered_at    TIMESTAMPTZ NOT NULL,
    answer        TEXT CHECK (answer IN ('accepted', 'declined', 'withdrawn', 'lapsed')),
    answered_by   TEXT NOT NULL DEFAULT '',
    answered_at   TIMESTAMPTZ,
    reason        TEXT NOT NULL DEFAULT '',
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE UNIQUE INDEX hand_overs_open ON hand_overs (conference_id) WHERE answer IS NULL;  -- one offer waits at a time
CREATE INDEX hand_overs_conference ON hand_overs (conference_id, id);                    -- what was offered before

ALTER TABLE conference_versions ADD COLUMN owner_id BIGINT;   -- NULL: the host's secretaries
UPDATE conference_versions v SET owner_id = c.owner_id FROM conferences c WHERE c.id = v.conference_id;

CREATE OR REPLACE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO conference_versions (conference_id, version, state, title, kind, chair, note, urgency,
                                     host_unit_id, main_site_id, site_ids, period, owner_id)
    SELECT NEW.id, NEW.version, NEW.state, NEW.title, NEW.kind, NEW.chair, NEW.note, NEW.urgency,
           NEW.host_unit_id, NEW.main_site_id,
           ARRAY(SELECT i.site_id FROM invitations i WHERE i.conference_id = NEW.id ORDER BY i.site_id),
           NEW.period, NEW.owner_id
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
