"""Bridges: how each is set, what its check says, what is held back of it."""
