-- Booking policies and halls are changed on pages and by programs: two editors at once are told
-- apart by the version.
ALTER TABLE booking_policies ADD COLUMN version INT NOT NULL DEFAULT 1;  -- the ETag; raised by every change
ALTER TABLE sites ADD COLUMN version INT NOT NULL DEFAULT 1;             -- likewise

-- Imports, reforms, corrections and shared lines change halls too; none of them can forget it.
CREATE FUNCTION raise_site_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER raise_site_version BEFORE UPDATE ON sites
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_site_version();
