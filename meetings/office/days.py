"""Days of the office calendar as values: what the Government's notices say, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from meetings.errors import MeetingsError
from meetings.office.workdays import USUAL, OfficeCalendar, Season


class DayKind(StrEnum):
    """What is special about a day."""

    HOLIDAY = "holiday"
    SWAP_OFF = "swap_off"
    MAKE_UP = "make_up_workday"


class SeasonName(StrEnum):
    """Whose hours a year's parts follow."""

    SUMMER = "summer"
    WINTER = "winter"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDay:
    """A day to enter; one that is not confirmed is shown with its doubt and does not count."""

    day: date
    kind: DayKind
    name: str
    name_en: str = ""
    source: str = ""
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDay:
    """A day that stands in the calendar."""

    id: int
    version: int
    what: NewDay


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonHours:
    """A season's hours as they are stored."""

    name: SeasonName
    version: int
    hours: Season


class DayNotFound(MeetingsError):
    """There is no such entry in the office calendar."""

    code = "calendar-day-not-found"

    def __init__(self, identity: int) -> None:
        super().__init__(f"no calendar day {identity}")
        self.identity = identity


class DayTaken(MeetingsError):
    """The day stands in the calendar already."""

    code = "calendar-day-taken"

    def __init__(self, day: date) -> None:
        super().__init__(f"{day} stands in the calendar already")
        self.day = day


class NoWeekend(MeetingsError):
    """Only a Saturday or Sunday can be worked in exchange."""

    code = "no-weekend"

    def __init__(self, day: date) -> None:
        super().__init__(f"{day} is no Saturday or Sunday")
        self.day = day


class StaleEntry(MeetingsError):
    """Somebody else changed it first."""

    code = "stale-entry"

    def __init__(self, subject: str, version: int) -> None:
        super().__init__(f"{subject} is at version {version} now")
        self.subject = subject
        self.version = version


_SATURDAY = 5


def check_day(new: NewDay) -> None:
    """Raise NoWeekend for a make-up day on which offices work anyhow."""
    if new.kind is DayKind.MAKE_UP and new.day.weekday() < _SATURDAY:
        raise NoWeekend(new.day)


def calendar_of(days: Iterable[NewDay], seasons: Iterable[Season]) -> OfficeCalendar:
    """Return the calendar of what is confirmed."""
    sure = [one for one in days if one.confirmed]
    return OfficeCalendar(
        off=frozenset(one.day for one in sure if one.kind is not DayKind.MAKE_UP),
        made_up=frozenset(one.day for one in sure if one.kind is DayKind.MAKE_UP),
        seasons=tuple(seasons) or USUAL.seasons,
    )


def swapped(off: date, worked: date, *, source: str) -> tuple[NewDay, NewDay]:
    """Return the two entries of a day off that a weekend day is worked for.

    Raises:
        NoWeekend: the day worked is none of a weekend.
    """
    pair = (
        NewDay(
            day=off,
            kind=DayKind.SWAP_OFF,
            name=f"Nghỉ hoán đổi, làm bù {worked:%d/%m/%Y}",
            name_en=f"Day off, {worked:%d/%m/%Y} is worked instead",
            source=source,
        ),
        NewDay(
            day=worked,
            kind=DayKind.MAKE_UP,
            name=f"Làm bù cho {off:%d/%m/%Y}",
            name_en=f"Worked instead of {off:%d/%m/%Y}",
            source=source,
        ),
    )
    check_day(pair[1])
    return pair
