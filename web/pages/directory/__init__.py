"""The directory's pages: units, officials, contacts, groups, the office calendar, files."""
