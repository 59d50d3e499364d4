"""Joinings that were lost without a trace: a bridge counts more people than anybody told us of."""

from __future__ import annotations

from datetime import datetime

from bridges.presence.told import Told, comings, goings, inside

UNCOUNTED = "uncounted"


def uncounted(told: Told) -> list[tuple[datetime, datetime]]:
    """Return the stretches in which two counts or more in a row found people unknown to us.

    Whoever may have been in counts as known, hall or not, so that nobody is suspected in vain; a
    side room is not in the count.
    """
    begins, ends = comings(told.people), goings(told.people)
    found: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for one in told.census:
        if one.participants <= inside(begins, ends, one.at):
            since = None
        elif since is None:
            since = one.at
        else:
            if found and found[-1][0] == since:
                found.pop()
            found.append((since, one.at))
    return found
