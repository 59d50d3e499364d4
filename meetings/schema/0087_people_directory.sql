-- People who come from a directory service (LDAP, Active Directory) are bound to an entry of it
-- by what never changes there, and sign in with its password instead of one of ours.
ALTER TABLE people ADD COLUMN directory_key TEXT UNIQUE CHECK (directory_key <> '');  -- entryUUID or objectGUID; NULL: local
