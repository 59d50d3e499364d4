"""The figures of docs/figures.md: each work beside its floor, in one run, as a ratio.

Machines are noisy and differ, so nothing here fails: a figure is printed with the floor that was
measured seconds before or after it on the same machine.  `make bench`, or
`python -m tests.bench P1 P3` for some.
"""
