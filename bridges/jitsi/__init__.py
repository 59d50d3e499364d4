"""Jitsi's interfaces as pure functions: names, tokens, reservations, events."""
