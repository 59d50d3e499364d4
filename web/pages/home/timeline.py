"""The day as a line: where each conference stands, without two in one place.

Source of the rows: the first row whose last conference has ended takes the next one, which needs
the fewest rows possible for intervals sorted by start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from meetings.model import State
from meetings.office.workdays import ZONE, day_period
from meetings.store.overview import Overview

FIRST_HOUR = 7
LAST_HOUR = 18
TOP_PIXELS = 30
ROW_PIXELS = 37
NARROWEST_PERCENT = 4.0
HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """A line of the grid."""

    x: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A conference on the line; x and width in per cent, y in pixels."""

    x: float
    width: float
    y: int
    look: str
    url: str
    start: str
    end: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The whole drawing; `now` is None on another day and outside the hours shown."""

    height: int
    hours: tuple[Hour, ...]
    slots: tuple[Slot, ...]
    now: float | None


def draw(
    conferences: Sequence[Overview],
    day: date,
    *,
    now: datetime,
    title_of: Callable[[Overview], str],
    clock: Callable[[datetime], str],
) -> Line:
    """Return the line of the day for conferences sorted by start."""
    first, last = hours_shown(conferences, day)
    midnight = day_period(day).start
    window = (midnight + timedelta(hours=first), midnight + timedelta(hours=last))
    rows = rows_for(conferences)
    slots = tuple(
        slot(item, window, row, title_of(item), clock)
        for item, row in zip(conferences, rows, strict=True)
    )
    hours = tuple(
        Hour(x=round(100 * (hour - first) / (last - first), 3), words=f"{hour:02d}")
        for hour in range(first, last)
    )
    height = TOP_PIXELS + ROW_PIXELS * (max(rows, default=0) + 1)
    return Line(height=height, hours=hours, slots=slots, now=position(now, window))


def hours_shown(conferences: Sequence[Overview], day: date) -> tuple[int, int]:
    """Return the working day's hours, widened for conferences outside them."""
    whole = day_period(day)
    first, last = FIRST_HOUR, LAST_HOUR
    for item in conferences:
        early = max(item.period.start, whole.start).astimezone(ZONE)
        late = min(item.period.end, whole.end).astimezone(ZONE)
        first = min(first, early.hour)
        full = late.hour + (1 if late.minute else 0)
        last = max(last, HOURS_A_DAY if late >= whole.end else full)
    return first, last


def rows_for(conferences: Sequence[Overview]) -> list[int]:
    """Return the row of each conference so that no two in one row overlap."""
    free_from: list[datetime] = []
    rows: list[int] = []
    for item in conferences:
        row = next(
            (i for i, free in enumerate(free_from) if free <= item.period.start), len(free_from)
        )
        free_from[row : row + 1] = [item.period.end]
        rows.append(row)
    return rows


def position(moment: datetime, window: tuple[datetime, datetime]) -> float | None:
    """Return where a moment stands in the window in per cent, or None outside it."""
    start, end = window
    if not start <= moment < end:
        return None
    return round(100 * ((moment - start) / (end - start)), 3)


def slot(
    item: Overview,
    window: tuple[datetime, datetime],
    row: int,
    title: str,
    clock: Callable[[datetime], str],
) -> Slot:
    """Return the bar of one conference."""
    start, end = window
    left = max(0.0, 100 * ((item.period.start - start) / (end - start)))
    right = min(100.0, 100 * ((item.period.end - start) / (end - start)))
    return Slot(
        x=round(left, 3),
        width=round(max(NARROWEST_PERCENT, right - left), 3),
        y=TOP_PIXELS + ROW_PIXELS * row,
        look=look_of(item.state),
        url=f"/conferences/{item.id}" if item.visible else "/conferences",
        start=clock(item.period.start),
        end=clock(item.period.end),
        title=title,
    )


def look_of(state: State) -> str:
    """Return how the bar looks: filled while in session, grey when over."""
    if state is State.LIVE:
        return "live"
    return "done" if state in {State.ENDED, State.CLOSED} else ""
