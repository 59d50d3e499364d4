-- Which control page took an order up: what a page that went away did not finish, another takes up.

-- '' = nobody, or a person who pressed the button there.  Where a stream is to go stays sealed until
-- the action is settled.
ALTER TABLE room_actions ADD COLUMN carried_seat TEXT NOT NULL DEFAULT '';
