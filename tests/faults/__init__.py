"""The long fault programme: races, kills and outages, against real processes.

Run by `make faults`; `--seconds` and `--rounds` make it shorter, `--seed` replays a run.
"""
