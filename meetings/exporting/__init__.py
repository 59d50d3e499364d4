"""Files for offices: sheets and reports as tables, conferences as calendars."""
