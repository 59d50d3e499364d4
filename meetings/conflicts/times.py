"""Other times for a wish: which are tried, and in which order.

On a day these are its first hour, when offices open, when lunch ends, the wished time, and when
something ends that was in the way, also with the time people need between two conferences.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from meetings.conflicts.busy import Busy
from meetings.conflicts.soft import TURN_ROUND, calendar_reasons
from meetings.model import Wish
from meetings.office.workdays import DAY_BEGINS, DAY_ENDS, ZONE, OfficeCalendar, local_day, midnight
from meetings.period import Period
from meetings.scheduling.reasons import Rule

HORIZON = timedelta(days=60)
"""How far ahead times are looked for; the busy periods given must reach as far."""

NEAR = 3
"""So many working days ahead the same time is proposed; later than that it is no way out."""

BACK = 10
"""So many working days before the last that may be booked are looked at."""

_STEP = timedelta(minutes=15)


def to_explore(
    wish: Wish, now: datetime, calendar: OfficeCalendar, *, last: date | None = None
) -> tuple[Period, Period]:
    """Return for when to load what is promised: the days ahead that mostly do, then all.

    Where the wish lies after the last day that may be booked, these are the days before that.
    """
    if last is not None and local_day(wish.period.start) > last:
        days = days_until(last, local_day(now), calendar)
        first = days[-1] if days else last
        back = Period(midnight(first), midnight(last + timedelta(days=2)))
        return back, back
    since = max(now, wish.period.start)
    begins = midnight(local_day(wish.period.start))
    ends = midnight(calendar.add_working_days(local_day(since), NEAR) + timedelta(days=1))
    length = wish.period.end - wish.period.start
    end = max(now, wish.period.end) + HORIZON + timedelta(days=1)
    return Period(begins, min(ends + length, end)), Period(begins, end)


def days_until(last: date, first: date, calendar: OfficeCalendar) -> list[date]:
    """Return up to ten working days, the last first; other days where there is no working one."""
    days = [last - timedelta(days=back) for back in range((last - first).days + 1)]
    working = [day for day in days if calendar.is_working_day(day)]
    return (working or days)[:BACK]


def rules_of(period: Period, calendar: OfficeCalendar) -> frozenset[Rule]:
    """Return by which rules the office calendar speaks against a time."""
    return frozenset(reason.rule for reason in calendar_reasons(period, calendar))


def same_day(wish: Wish, busy: Busy, calendar: OfficeCalendar) -> list[Period]:
    """Return times on the wished day: first later ones, soonest first, then earlier ones."""
    found = times_on(local_day(wish.period.start), wish, busy, calendar)
    later = [period for period in found if period.start > wish.period.start]
    earlier = [period for period in found if period.start < wish.period.start]
    return later + earlier[::-1]


def same_time(wish: Wish, calendar: OfficeCalendar) -> Iterator[Period]:
    """Yield the wished time of day on the next working days."""
    for day in islice(days_after(wish, calendar), NEAR):
        yield at_same_time(wish, day)


def at_same_time(wish: Wish, day: date) -> Period:
    """Return the wished time of day on another day."""
    start = datetime.combine(day, wish.period.start.astimezone(ZONE).timetz())
    return Period(start, start + (wish.period.end - wish.period.start))


def soon(wish: Wish, busy: Busy, calendar: OfficeCalendar) -> Iterator[Period]:
    """Yield every time on the next working days."""
    for day in islice(days_after(wish, calendar), NEAR):
        yield from times_on(day, wish, busy, calendar)


def any_time(wish: Wish, busy: Busy, calendar: OfficeCalendar) -> Iterator[Period]:
    """Yield every time on the working days ahead, then when all is free at last."""
    for day in days_after(wish, calendar):
        yield from times_on(day, wish, busy, calendar)
    # A conference longer than the day, or a calendar without a gap: begin where all is free.
    last = max([wish.period.end, *(period.end for period in busy.periods)])
    length = wish.period.end - wish.period.start
    for place in range(NEAR):
        start = last + place * length
        yield Period(start, start + length)


def days_after(wish: Wish, calendar: OfficeCalendar) -> Iterator[date]:
    """Yield the working days after the wished one."""
    day = local_day(wish.period.start)
    last = day + HORIZON
    while (day := calendar.next_working_day(day)) < last:
        yield day


def times_on(day: date, wish: Wish, busy: Busy, calendar: OfficeCalendar) -> list[Period]:
    """Return periods of the wished length within the day's hours, in order of time."""
    length = wish.period.end - wish.period.start
    hours = calendar.hours_on(day)
    opening, opens, after_lunch, closing = (
        datetime.combine(day, at, ZONE)
        for at in (DAY_BEGINS, hours.opens, hours.lunch_ends, DAY_ENDS)
    )
    starts = {opening, opens, after_lunch, at_same_time(wish, day).start}
    for end in busy.ends_on(day):
        starts |= {rounded_up(end), rounded_up(end + TURN_ROUND)}
    return [
        Period(start, start + length)
        for start in sorted(starts)
        if start >= opening and start + length <= closing
    ]


def rounded_up(moment: datetime) -> datetime:
    """Return the next quarter of an hour; people do not begin at 09:07."""
    local = moment.astimezone(ZONE)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return local + (-past % _STEP)
