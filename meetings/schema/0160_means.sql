-- By what a hall was in: its link, its room system (SIP, H.323), a telephone.  Of older stretches it
-- is not known.
ALTER TABLE presences ADD COLUMN means TEXT[] NOT NULL DEFAULT '{}'
    CHECK (means <@ ARRAY['link', 'sip', 'h323', 'phone']);
