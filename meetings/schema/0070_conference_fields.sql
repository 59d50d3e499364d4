-- Who keeps the minutes, who learns the title, and that nothing secret is held here.

ALTER TABLE conferences
    ADD COLUMN secretary  TEXT NOT NULL DEFAULT '',
    ADD COLUMN visibility TEXT NOT NULL DEFAULT 'internal' CHECK (visibility IN ('open', 'internal')),
    ADD COLUMN secrecy    TEXT NOT NULL DEFAULT 'khong-mat' CHECK (secrecy = 'khong-mat');
