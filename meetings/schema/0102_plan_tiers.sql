-- Which tier a point or a segment is for; NULL is for everybody who is invited.

ALTER TABLE agenda_items ADD COLUMN tier INT CHECK (tier BETWEEN 1 AND 5);
ALTER TABLE segments ADD COLUMN tier INT CHECK (tier BETWEEN 1 AND 5);
