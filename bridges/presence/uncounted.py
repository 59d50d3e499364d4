"""Joinings that were lost without a trace: a bridge counts more people than anybody told us of."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

from bridges.presence.stays import Told, earliest

UNCOUNTED = "uncounted"
SLACK = timedelta(seconds=15)
"""A clock may be off by the time that the post takes, and a count is not of one instant."""


def uncounted(told: Told) -> list[tuple[datetime, datetime]]:
    """Return the stretches in which two counts or more in a row found people unknown to us.

    Whoever may have been in counts as known, hall or not, so that nobody is suspected in vain; a
    side room is not in the count.
    """
    begins, ends = known_times(told)
    found: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for one in told.census:
        known = bisect_right(begins, one.at + SLACK) - bisect_left(ends, one.at - SLACK)
        if one.participants <= known:
            since = None
        elif since is None:
            since = one.at
        else:
            if found and found[-1][0] == since:
                found.pop()
            found.append((since, one.at))
    return found


def known_times(told: Told) -> tuple[list[datetime], list[datetime]]:
    """Return when everybody in the main room joined, and when those left who are known to have."""
    ends: dict[tuple[str, datetime], datetime | None] = {}
    for event in told.events:
        if not event.breakout:
            for occupant in event.occupants:
                key = (occupant.jid, occupant.joined_at)
                ends[key] = earliest(ends.get(key), occupant.left_at)
    left = (end for end in ends.values() if end is not None)
    return sorted(joined for _, joined in ends), sorted(left)
