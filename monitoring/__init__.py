"""Is a hall reachable, since when, and who is told.

`probes` look once and never fail, `rules` judge without I/O, `probing` keeps the intervals,
`watching` remembers, `telling` writes the mail that `web` sends.
"""
