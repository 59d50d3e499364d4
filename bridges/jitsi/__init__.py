"""Jitsi's interfaces: names, tokens, reservations and events as pure functions, a thin client."""
