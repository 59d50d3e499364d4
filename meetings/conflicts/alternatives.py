"""What else would have worked: other times, other halls and fewer sites for a refused wish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain, islice
from types import MappingProxyType

from meetings.conflicts.busy import Busy
from meetings.conflicts.elsewhere import fewer_sites, other_halls
from meetings.conflicts.soft import TURN_ROUND
from meetings.conflicts.times import (
    any_time,
    at_same_time,
    days_until,
    rules_of,
    same_day,
    same_time,
    soon,
    times_on,
)
from meetings.model import Period, SiteId, Wish
from meetings.office.workdays import USUAL, OfficeCalendar, local_day
from meetings.scheduling.ways import Alternative, WayKind

ENOUGH = 3

NO_SPARES: Mapping[SiteId, SiteId] = MappingProxyType({})

Proof = Callable[[Alternative], bool]


def alternatives(
    wish: Wish,
    busy: Busy,
    *,
    taken: frozenset[SiteId],
    now: datetime,
    until: datetime | None = None,
    last: date | None = None,
    room: int | None = None,
    most: int | None = None,
    spares: Mapping[SiteId, SiteId] = NO_SPARES,
    proven: Proof = lambda _: True,
    calendar: OfficeCalendar = USUAL,
) -> tuple[Alternative, ...]:
    """Return three wishes that are free by the same data, each ready to be asked for.

    One of each kind where there is one: another time, the same time in other halls, the same time
    without the halls that are taken.  More times stand in for a kind that is not possible.

    Args:
        wish: What was refused.
        busy: When any of its sites is promised, from the wished day on.
        taken: Those of its sites that are promised in the wished period.
        now: Nothing before this moment is proposed.
        until: From when on one of the sites or units is no more.
        last: The last day that may be booked.
        room: For how many halls there are seats in the wished period.
        most: For how many halls there can ever be seats.
        spares: A free hall in place of each that is taken, where there is one.
        proven: Whether all the rest of what is known is for it too.
        calendar: Which days offices work.

    Raises:
        Unexplored: three cannot be told without looking further ahead.
    """
    there = tuple(filter(proven, other_halls(wish, taken, spares)))
    there += tuple(filter(proven, fewer_sites(wish, taken, spares, room=room)))

    def good(periods: Iterable[Period]) -> Iterator[Alternative]:
        for one in at_other_times(wish, periods, most):
            period = one.period
            late = until is not None and period.end > until
            if period.start >= now and not late and not busy.meets(period) and proven(one):
                yield one

    meant = rules_of(wish.period, calendar)

    def usual(periods: Iterable[Period]) -> Iterator[Alternative]:
        """Leave out what is unusual; who asks for an evening means it, and is offered another."""
        for one in periods:
            tight = busy.meets(one, margin=TURN_ROUND)
            if not tight and rules_of(one, calendar) <= meant:
                yield from good([one])

    if last is not None and local_day(wish.period.start) > last:
        times = before(wish, busy, days_until(last, local_day(now), calendar), calendar)
        found: Iterator[Alternative] = chain(usual(times), good(times))
    else:
        found = ahead(wish, busy, calendar, usual, good)
    return (*islice(distinct(found), ENOUGH - len(there)), *there)


Search = Callable[[Iterable[Period]], Iterator[Alternative]]


def ahead(
    wish: Wish, busy: Busy, calendar: OfficeCalendar, usual: Search, good: Search
) -> Iterator[Alternative]:
    """Yield another time on the same day, the same time on another one, then any time.

    First, on the days that are near, only what nothing speaks against.
    """
    yield from islice(usual(same_day(wish, busy, calendar)), 1)
    yield from islice(usual(same_time(wish, calendar)), 1)
    yield from usual(soon(wish, busy, calendar))
    yield from islice(good(same_day(wish, busy, calendar)), 1)
    yield from islice(good(same_time(wish, calendar)), 1)
    yield from good(any_time(wish, busy, calendar))


def before(wish: Wish, busy: Busy, days: Iterable[date], calendar: OfficeCalendar) -> list[Period]:
    """Return times on days that lie before the wish: the same time, then any."""
    several = list(days)
    every = [at_same_time(wish, day) for day in several]
    return every + [one for day in several for one in times_on(day, wish, busy, calendar)]


def at_other_times(
    wish: Wish, periods: Iterable[Period], most: int | None
) -> Iterator[Alternative]:
    """Yield the wish at other times; with fewer halls where no more can ever have seats."""
    as_wished = Alternative(main_site=wish.main_site, sites=wish.sites, period=wish.period)
    fewer: tuple[Alternative, ...] = (as_wished,)
    if most is not None and most < len(wish.sites):
        fewer = fewer_sites(wish, frozenset(), NO_SPARES, room=most)
    for period in periods:
        if period != wish.period:
            yield from (replace(one, period=period, kind=WayKind.OTHER_TIME) for one in fewer)


def distinct(found: Iterable[Alternative]) -> Iterator[Alternative]:
    """Yield what lies apart, then what overlaps that, in the zone that programs speak in.

    Half an hour later is no other way out, unless there is none.
    """
    apart: list[Period] = []
    near: dict[Period, Alternative] = {}
    for one in found:
        if one.period in apart:
            continue
        if any(one.period.overlaps(other) for other in apart):
            near.setdefault(one.period, one)
            continue
        apart.append(one.period)
        yield in_utc(one)
    yield from map(in_utc, near.values())


def in_utc(one: Alternative) -> Alternative:
    """Return it in the zone that programs speak in."""
    start, end = one.period.start.astimezone(UTC), one.period.end.astimezone(UTC)
    return replace(one, period=Period(start, end))
