"""Which bridge carries a conference, and where its room goes when that bridge dies."""
