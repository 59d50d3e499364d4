"""Which server carries a conference, and who came and went.

Imports `meetings` only.  `jitsi` holds the protocol as pure functions, `trial` the
built-in bridge, `rules` and `attendance` the decisions; the rest are use cases and the tiny
receiver program.
"""
