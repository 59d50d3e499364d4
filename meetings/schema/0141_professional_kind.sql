-- The third type of QĐ 45/2018, họp chuyên môn, which the list of kinds lacked.
ALTER TABLE conferences DROP CONSTRAINT conferences_kind_check;
ALTER TABLE conferences ADD CONSTRAINT conferences_kind_check CHECK (kind IN
    ('briefing', 'review', 'training', 'deployment', 'advisory', 'working', 'professional', 'rehearsal', 'urgent', 'other'));
ALTER TABLE approval_chains DROP CONSTRAINT approval_chains_kind_check;
ALTER TABLE approval_chains ADD CONSTRAINT approval_chains_kind_check CHECK (kind IN
    ('briefing', 'review', 'training', 'deployment', 'advisory', 'working', 'professional', 'rehearsal', 'urgent', 'other'));
