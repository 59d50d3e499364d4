"""When a line is tested, and what the results come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from meetings.period import Period
from meetings.workdays import ZONE, OfficeCalendar, local_day

USUAL_TIME = time(14)
USUAL_LENGTH = timedelta(minutes=30)
FARTHEST = 60
"""Days that are looked back for a working day."""


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


def usual_period(start: datetime, calendar: OfficeCalendar) -> Period:
    """Return the afternoon of the working day before a conference."""
    day = local_day(start) - timedelta(days=1)
    for _ in range(FARTHEST):
        if calendar.is_working_day(day):
            break
        day -= timedelta(days=1)
    begins = datetime.combine(day, USUAL_TIME, ZONE).astimezone(UTC)
    return Period(begins, begins + USUAL_LENGTH)


def moved(test: Period, before: Period, after: Period, calendar: OfficeCalendar) -> Period:
    """Return when the line is tested after its conference moved.

    One at the usual time stays at the usual time; any other keeps its distance.
    """
    if before.start == after.start:
        return test
    usual = usual_period(before.start, calendar)
    if test.start == usual.start:
        begins = usual_period(after.start, calendar).start
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
