"""Who was there: stretches of presence, the sheet, the months of a report."""
