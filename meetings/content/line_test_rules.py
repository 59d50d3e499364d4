"""When a line is tested, and what the results come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from meetings.office.workdays import ZONE, OfficeCalendar, local_day
from meetings.period import Period

FARTHEST = 60
"""Days that are looked back for a working day."""
BEFORE = timedelta(minutes=60)
"""So long before the start a hall is to be ready; a late line test is over by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualTest:
    """When a line is tested unless somebody says otherwise: so many working days before."""

    days: int = 1
    at: time = time(14)
    length: timedelta = timedelta(minutes=30)


class Outcome(StrEnum):
    """What the test of one hall said."""

    OK = "ok"
    PICTURE = "picture"
    SOUND = "sound"
    NO_SHOW = "no-show"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many halls there are, were tested, and were found well."""

    sites: int
    tested: int
    ok: int


def usual_period(start: datetime, calendar: OfficeCalendar, usual: UsualTest) -> Period:
    """Return when a line is tested: on a working day before its conference."""
    day, left = local_day(start), usual.days
    for _ in range(FARTHEST):
        day -= timedelta(days=1)
        left -= calendar.is_working_day(day)
        if left == 0:
            break
    begins = datetime.combine(day, usual.at, ZONE).astimezone(UTC)
    return Period(begins, begins + usual.length)


def proposed(start: datetime, usual: Period, now: datetime) -> Period | None:
    """Return the usual time; once it has begun, just before halls must be ready; else nothing."""
    late = Period(start - BEFORE - (usual.end - usual.start), start - BEFORE)
    return next((one for one in (usual, late) if one.start > now), None)


def moved(
    test: Period, before: Period, after: Period, calendar: OfficeCalendar, usual: UsualTest
) -> Period:
    """Return when the line is tested after its conference moved.

    One at the usual time stays at the usual time; any other keeps its distance.
    """
    if before.start == after.start:
        return test
    if test.start == usual_period(before.start, calendar, usual).start:
        begins = usual_period(after.start, calendar, usual).start
        return Period(begins, begins + (test.end - test.start))
    distance = after.start - before.start
    return Period(test.start + distance, test.end + distance)


def summary(sites: int, outcomes: Mapping[int, Outcome]) -> Summary:
    """Return what the results come to; a hall that did not show up was not tested."""
    told = list(outcomes.values())
    return Summary(
        sites=sites,
        tested=sum(one is not Outcome.NO_SHOW for one in told),
        ok=sum(one is Outcome.OK for one in told),
    )
