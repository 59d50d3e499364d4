"""Who meets where and when, and who was there.

The bottom of the house: imports nothing of ours and never sees HTTP.  `model` and `errors` hold
the words, `rules` and `conflicts` decide without I/O, `store` speaks SQL, and the other modules are
use cases that are given a connection and a clock reading.
"""
