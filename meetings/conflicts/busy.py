"""When what is wished for is promised to others, merged and searchable, as far as known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain

from meetings.office.workdays import local_day
from meetings.period import Period


class Unexplored(Exception):
    """Nobody looked at what is promised at that time; load more and ask again."""


class Busy:
    """The periods in which at least one wanted site is promised, merged and searchable.

    `ends` are moments from which on something else, as seats, may be free.  All is known before
    `explored`; None is for as long as anybody asks.
    """

    def __init__(
        self,
        periods: Iterable[Period],
        *,
        ends: Iterable[datetime] = (),
        explored: datetime | None = None,
    ) -> None:
        self.periods = merged(periods)
        self.explored = explored
        self._starts = [period.start for period in self.periods]
        self._ends: dict[date, set[datetime]] = {}
        for end in chain(ends, (period.end for period in self.periods)):
            self._ends.setdefault(local_day(end), set()).add(end)

    def meets(self, period: Period, *, margin: timedelta = timedelta()) -> bool:
        """Tell whether the period, with a margin at both ends, touches a busy one; O(log n).

        Raises:
            Unexplored: it ends later than anybody looked.
        """
        wide = Period(period.start - margin, period.end + margin)
        if self.explored is not None and wide.end > self.explored:
            raise Unexplored
        place = bisect_right(self._starts, wide.start)
        near = self.periods[max(0, place - 1) : place + 1]
        return any(one.overlaps(wide) for one in near)

    def ends_on(self, day: date) -> Iterable[datetime]:
        """Return when busy periods end on that local day, and what else may be free from then.

        Raises:
            Unexplored: nobody looked at the whole day.
        """
        if self.explored is not None and day >= local_day(self.explored):
            raise Unexplored
        return self._ends.get(day, ())


def merged(periods: Iterable[Period]) -> list[Period]:
    """Return the same instants as few periods, in order, none touching the next."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda one: one.start):
        if found and period.start <= found[-1].end:
            found[-1] = replace(found[-1], end=max(found[-1].end, period.end))
        else:
            found.append(period)
    return found
