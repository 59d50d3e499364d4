"""Demo data, so that no page is empty on the first evening; everything is marked and removable.

`scenarios` and `attendance` are pure: which conferences there are, and who came to those that are
over.  `loading` books them and lets the trial bridge's own wire tell of the past; `removing` takes
everything away again.
"""
