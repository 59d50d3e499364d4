"""From evidence to presence: pure, whatever is late, doubled or missing."""
