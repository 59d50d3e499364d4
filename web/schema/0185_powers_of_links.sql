-- A sign-in link is good while its person may do what they could when it was made: whoever made it
-- managed all of that, and need not manage what is given or lent to the person afterwards.

ALTER TABLE one_time_links ADD COLUMN powers TEXT;   -- their unit, roles and lendings; NULL: made before this column
