-- What each version of a conference was, and who was told which of them.

-- Written by a trigger, so that no way of changing a conference can forget it.  Who made the
-- version stands in the audit row of the same transaction, which has the same moment.
CREATE TABLE conference_versions (
    conference_id BIGINT NOT NULL REFERENCES conferences ON DELETE CASCADE,
    version       INT NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    state         TEXT NOT NULL,
    title         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    chair         TEXT NOT NULL,
    note          TEXT NOT NULL,
    urgency       TEXT NOT NULL,
    host_unit_id  BIGINT NOT NULL,
    main_site_id  BIGINT NOT NULL,
    site_ids      BIGINT[] NOT NULL,
    period        TSTZRANGE NOT NULL,
    PRIMARY KEY (conference_id, version)
);

CREATE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO conference_versions (conference_id, version, state, title, kind, chair, note, urgency,
                                     host_unit_id, main_site_id, site_ids, period)
    SELECT NEW.id, NEW.version, NEW.state, NEW.title, NEW.kind, NEW.chair, NEW.note, NEW.urgency,
           NEW.host_unit_id, NEW.main_site_id,
           ARRAY(SELECT i.site_id FROM invitations i WHERE i.conference_id = NEW.id ORDER BY i.site_id),
           NEW.period
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_first_version AFTER INSERT ON conferences
    FOR EACH ROW EXECUTE FUNCTION keep_version();
CREATE TRIGGER keep_next_version AFTER UPDATE OF version ON conferences
    FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION keep_version();

-- Up to which version the invited were told; no row: nobody was told anything.
CREATE TABLE told_versions (
    conference_id BIGINT PRIMARY KEY REFERENCES conferences ON DELETE CASCADE,
    version       INT NOT NULL
);
CREATE TABLE tellings (
    conference_id BIGINT NOT NULL REFERENCES conferences ON DELETE CASCADE,
    version       INT NOT NULL,
    person_id     BIGINT NOT NULL,
    what          TEXT NOT NULL CHECK (what IN ('invitation', 'update', 'cancel')),
    key           TEXT NOT NULL,                  -- of the message; its sending stands in the outbox
    at            TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (conference_id, version, person_id)
);
