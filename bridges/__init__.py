"""Which server carries a conference, and who came and went.

Imports `meetings` only.  `jitsi` holds the protocol as pure functions and the thin clients of a
bridge's parts, `trial` the built-in bridge, `rules` and `presence` the decisions, `receiving` the
tiny receiver program and what becomes of what it took; the other folders are use cases by subject.
"""
