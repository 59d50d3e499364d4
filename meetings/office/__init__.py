"""The office calendar: days off and days made up, working hours, local time."""
