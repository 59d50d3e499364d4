"""Files that come and go: tables and calendars of strangers, papers, the printed week."""
