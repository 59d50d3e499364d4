"""What else would have worked: other times and other sites for a wish that was refused."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from types import MappingProxyType

from meetings.model import Alternative, Period, SiteId, Wish
from meetings.workdays import DAY_BEGINS, DAY_ENDS, USUAL, ZONE, OfficeCalendar, local_day, midnight

ENOUGH = 3
HORIZON = timedelta(days=60)
"""How far ahead times are looked for; the busy periods given must reach as far."""

NEAR = 3
"""So many working days ahead the same time is proposed; later than that it is no way out."""

NO_SPARES: Mapping[SiteId, SiteId] = MappingProxyType({})

_STEP = timedelta(minutes=15)


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

    def meets(self, period: Period) -> bool:
        """Tell whether the period touches a busy one; O(log n).

        Raises:
            Unexplored: the period ends later than anybody looked.
        """
        if self.explored is not None and period.end > self.explored:
            raise Unexplored
        place = bisect_right(self._starts, period.start)
        near = self.periods[max(0, place - 1) : place + 1]
        return any(one.overlaps(period) for one in near)

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


def to_explore(wish: Wish, now: datetime, calendar: OfficeCalendar) -> tuple[Period, Period]:
    """Return for when to load what is promised: the days ahead that mostly do, then all."""
    since = max(now, wish.period.start)
    begins = midnight(local_day(wish.period.start))
    last = calendar.add_working_days(local_day(since), NEAR)
    near = midnight(last + timedelta(days=1))
    length = wish.period.end - wish.period.start
    end = max(now, wish.period.end) + HORIZON + timedelta(days=1)
    return Period(begins, min(near + length, end)), Period(begins, end)


def alternatives(
    wish: Wish,
    busy: Busy,
    *,
    taken: frozenset[SiteId],
    now: datetime,
    until: datetime | None = None,
    spares: Mapping[SiteId, SiteId] = NO_SPARES,
    proven: Callable[[Alternative], bool] = lambda _: True,
    calendar: OfficeCalendar = USUAL,
) -> tuple[Alternative, ...]:
    """Return three wishes that are free by the same data, each ready to be asked for.

    First another time on the same day, then the same time in other halls, else on the next working
    day, then the same time with only the sites that are free; more later times stand in for what
    is not possible.

    Args:
        wish: What was refused.
        busy: When any of its sites is promised, from the wished day on.
        taken: Those of its sites that are promised in the wished period.
        now: Nothing before this moment is proposed.
        until: From when on one of the sites or units is no more.
        spares: A free hall in place of each that is taken.
        proven: Whether all the rest of what is known is for it too.
        calendar: Which days offices work.

    Raises:
        Unexplored: three cannot be told without looking further ahead.
    """

    def good(periods: Iterable[Period]) -> Iterator[Alternative]:
        for period in _free(periods, busy, now, until):
            one = Alternative(main_site=wish.main_site, sites=wish.sites, period=period)
            if period != wish.period and proven(one):
                yield one

    times = chain(
        islice(good(_same_day(wish, busy)), 1),
        islice(good(_same_time(wish, calendar)), 1),
        good(_any_time(wish, busy, calendar)),
    )
    fewer = tuple(filter(proven, _only_free_sites(wish, taken)))
    elsewhere = tuple(filter(proven, _other_halls(wish, taken, spares)))
    wanted = ENOUGH - len(fewer) - len(elsewhere)
    return (*islice(_distinct(times), wanted), *elsewhere, *fewer)


def _distinct(found: Iterable[Alternative]) -> Iterator[Alternative]:
    seen = set()
    for one in found:
        if one.period not in seen:
            seen.add(one.period)
            start, end = one.period.start.astimezone(UTC), one.period.end.astimezone(UTC)
            yield replace(one, period=Period(start, end))


def _free(
    periods: Iterable[Period], busy: Busy, now: datetime, until: datetime | None
) -> Iterator[Period]:
    for period in periods:
        if period.start >= now and (not until or period.end <= until) and not busy.meets(period):
            yield period


def _same_day(wish: Wish, busy: Busy) -> list[Period]:
    """Return times on the wished day: first later ones, soonest first, then earlier ones."""
    found = _times_on(local_day(wish.period.start), wish, busy)
    later = [period for period in found if period.start > wish.period.start]
    earlier = [period for period in found if period.start < wish.period.start]
    return later + earlier[::-1]


def _same_time(wish: Wish, calendar: OfficeCalendar) -> Iterator[Period]:
    length = wish.period.end - wish.period.start
    start = wish.period.start.astimezone(ZONE)
    for day in islice(_days_after(start.date(), calendar), NEAR):
        moved = datetime.combine(day, start.timetz())
        yield Period(moved, moved + length)


def _any_time(wish: Wish, busy: Busy, calendar: OfficeCalendar) -> Iterator[Period]:
    for day in _days_after(local_day(wish.period.start), calendar):
        yield from _times_on(day, wish, busy)
    # A conference longer than the day, or a calendar without a gap: begin where all is free.
    last = max([wish.period.end, *(period.end for period in busy.periods)])
    length = wish.period.end - wish.period.start
    for place in range(ENOUGH):
        start = last + place * length
        yield Period(start, start + length)


def _days_after(day: date, calendar: OfficeCalendar) -> Iterator[date]:
    last = day + HORIZON
    while (day := calendar.next_working_day(day)) < last:
        yield day


def _times_on(day: date, wish: Wish, busy: Busy) -> list[Period]:
    """Return periods of the wished length within the day's hours, in order of time."""
    length = wish.period.end - wish.period.start
    opening = datetime.combine(day, DAY_BEGINS, ZONE)
    closing = datetime.combine(day, DAY_ENDS, ZONE)
    wished = datetime.combine(day, wish.period.start.astimezone(ZONE).timetz())
    starts = {opening, wished, *(_rounded_up(end) for end in busy.ends_on(day))}
    return [
        Period(start, start + length)
        for start in sorted(starts)
        if start >= opening and start + length <= closing
    ]


def _rounded_up(moment: datetime) -> datetime:
    """Return the next quarter of an hour; people do not begin at 09:07."""
    local = moment.astimezone(ZONE)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return local + (-past % _STEP)


def _only_free_sites(wish: Wish, taken: frozenset[SiteId]) -> tuple[Alternative, ...]:
    left = wish.sites - taken
    if not left or not taken:
        return ()
    main = wish.main_site if wish.main_site in left else min(left)
    return (Alternative(main_site=main, sites=left, period=wish.period),)


def _other_halls(
    wish: Wish, taken: frozenset[SiteId], spares: Mapping[SiteId, SiteId]
) -> tuple[Alternative, ...]:
    """Return the wish with each hall that is taken replaced, if every one has a spare."""
    if not taken or not taken <= spares.keys():
        return ()
    sites = (wish.sites - taken) | {spares[site] for site in taken}
    main = spares.get(wish.main_site, wish.main_site) if wish.main_site in taken else wish.main_site
    return (Alternative(main_site=main, sites=sites, period=wish.period),)
