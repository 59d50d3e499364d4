-- While keys are rotated a link opens under two secrets: that of the newest key, which links.hash
-- keeps, and until the end of the key before that one's too.
CREATE TABLE former_links (
    hash          BYTEA PRIMARY KEY,             -- SHA-256 of the former secret
    conference_id BIGINT NOT NULL,
    site_id       BIGINT NOT NULL,
    generation    INT NOT NULL,                  -- a link that was reset since has another one
    ends_at       TIMESTAMPTZ NOT NULL,          -- when the former key ends
    FOREIGN KEY (conference_id, site_id) REFERENCES links ON DELETE CASCADE
);
CREATE INDEX former_links_link ON former_links (conference_id, site_id);     -- those of one link
CREATE INDEX former_links_ends_at ON former_links (ends_at);                 -- what can be forgotten
