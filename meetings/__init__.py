"""Who meets where and when, and who was there.

The bottom of the house: imports nothing of ours and never sees HTTP.  `model`, `kinds` and
`errors` hold the words, `rules` and `conflicts` decide without I/O, `store` speaks SQL.  Each other
folder is a subject and says in its first line which; its modules are use cases that are given a
connection and a clock reading, and the pure decisions that they stand on.
"""
