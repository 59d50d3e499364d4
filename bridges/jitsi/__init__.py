"""Jitsi's interfaces: names, tokens, reservations and events, pure; thin clients of its parts."""
