"""Series: shown, changed, and what a change would make of their dates."""
