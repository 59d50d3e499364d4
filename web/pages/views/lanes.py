"""Where conferences stand on a grid of time: slots, lanes and neighbours side by side.

A grid shows some days and, of each, the same hours.  Time is counted in whole slots: a start is
moved to the slot it lies in, an end to the next full one, so that nothing is ever drawn shorter
than it is.  Lanes are found first-fit by start, which needs the fewest possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Generic, TypeVar

from meetings.office.workdays import ZONE, day_period, local_day
from meetings.period import Period

T = TypeVar("T")

FIRST_HOUR = 7
LAST_HOUR = 18
HOURS_A_DAY = 24
MINUTES_AN_HOUR = 60
HOUR = timedelta(hours=1)
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Days, and the hours `[first, last)` shown of each, in slots of so many minutes."""

    days: tuple[date, ...]
    first: int
    last: int
    minutes: int

    @property
    def a_day(self) -> int:
        """Return how many slots a day has."""
        return (self.last - self.first) * MINUTES_AN_HOUR // self.minutes

    @property
    def slots(self) -> int:
        """Return how many slots there are in all."""
        return self.a_day * len(self.days)

    @property
    def hours(self) -> range:
        """Return the hours that begin in the grid."""
        return range(self.first, self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Generic[T]):
    """Where something stands: slots `[start, end)` of a lane; it goes on `before` or `after`."""

    item: T
    start: int
    end: int
    lane: int
    before: bool
    after: bool

    @property
    def span(self) -> int:
        """Return how many slots it takes."""
        return self.end - self.start


def week_of(day: date) -> tuple[date, ...]:
    """Return Monday to Sunday of the day's week."""
    monday = day - timedelta(days=day.weekday())
    return tuple(monday + timedelta(days=number) for number in range(DAYS_A_WEEK))


def weeks_of_month(day: date) -> tuple[tuple[date, ...], ...]:
    """Return the whole weeks that the day's month touches."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    count = (week_of(last)[0] - week_of(first)[0]).days // DAYS_A_WEEK + 1
    return tuple(week_of(first + timedelta(weeks=number)) for number in range(count))


def grid_for(days: Sequence[date], periods: Iterable[Period], *, minutes: int) -> Grid:
    """Return the grid of the working hours of these days, widened for what lies outside them."""
    first, last = FIRST_HOUR, LAST_HOUR
    bounds = [day_period(day) for day in days]
    for period in periods:
        for whole in bounds:
            if not period.overlaps(whole):
                continue
            begins, ends = max(period.start, whole.start), min(period.end, whole.end)
            first = min(first, (begins - whole.start) // HOUR)
            last = max(last, -((whole.start - ends) // HOUR))
    return Grid(days=tuple(days), first=first, last=last, minutes=minutes)


def slots_in(period: Period, grid: Grid) -> tuple[int, int] | None:
    """Return the slots `[start, end)` that a period touches, or None where it touches none."""
    touched = [
        number * grid.a_day + slot
        for number, day in enumerate(grid.days)
        for slot in slots_of_day(period, grid, day)
    ]
    return (touched[0], touched[-1]) if touched else None


def slots_of_day(period: Period, grid: Grid, day: date) -> tuple[int, int] | tuple[()]:
    """Return the slots `[start, end)` of one day that a period touches, or nothing."""
    opens = datetime.combine(day, time.min, ZONE) + timedelta(hours=grid.first)
    closes = datetime.combine(day, time.min, ZONE) + timedelta(hours=grid.last)
    if period.end <= opens or period.start >= closes:
        return ()
    slot = timedelta(minutes=grid.minutes)
    start = (max(period.start, opens) - opens) // slot
    end = -((opens - min(period.end, closes)) // slot)
    return start, end


def place(items: Iterable[T], grid: Grid, *, period_of: Callable[[T], Period]) -> list[Place[T]]:
    """Return where each thing stands, by start; what touches no shown hour is left out."""
    shown = day_period(grid.days[0], grid.days[-1])
    free_from: list[int] = []
    places: list[Place[T]] = []
    for item in sorted(items, key=lambda one: (period_of(one).start, period_of(one).end)):
        period = period_of(item)
        slots = slots_in(period, grid)
        if slots is None:
            continue
        start, end = slots
        lane = take_lane(free_from, start, end)
        places.append(
            Place(
                item=item,
                start=start,
                end=end,
                lane=lane,
                before=period.start < shown.start,
                after=period.end > shown.end,
            )
        )
    return places


def side_by_side(places: Sequence[Place[T]]) -> list[list[Place[T]]]:
    """Return the places in groups: within one they touch by a chain of overlaps, across never.

    Inside a group lanes are counted anew, so that a group is as many columns wide as it must be.
    """
    groups: list[list[Place[T]]] = []
    until = 0
    for one in places:
        if not groups or one.start >= until:
            groups.append([])
        groups[-1].append(one)
        until = max(until, one.end)
    return [recounted(group) for group in groups]


def recounted(group: Sequence[Place[T]]) -> list[Place[T]]:
    """Return the same places in the fewest lanes for themselves alone."""
    free_from: list[int] = []
    return [replace(one, lane=take_lane(free_from, one.start, one.end)) for one in group]


def take_lane(free_from: list[int], start: int, end: int) -> int:
    """Return the first lane that is free at the start, and note until when it is taken."""
    lane = next((n for n, free in enumerate(free_from) if free <= start), len(free_from))
    free_from[lane : lane + 1] = [end]
    return lane


def now_slot(now: datetime, grid: Grid) -> int | None:
    """Return the slot of the present moment, or None where it is not shown."""
    if local_day(now) not in grid.days:
        return None
    slots = slots_in(Period(now, now + timedelta(microseconds=1)), grid)
    return None if slots is None else slots[0]
