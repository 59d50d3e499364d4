"""The way in, with the database or without: the day's snapshot, passes, admissions."""
