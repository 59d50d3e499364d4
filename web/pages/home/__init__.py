"""What one person needs now: today, what waits, what is broken."""
