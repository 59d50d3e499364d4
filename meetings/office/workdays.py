"""The office calendar of Việt Nam: local days, working days, and the hours people meet in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from meetings.period import Period

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

DAY_BEGINS = time(7)
DAY_ENDS = time(18)
"""Within these hours a conference is proposed when another time must be found."""

_SATURDAY = 5

# Days off that fall on Monday to Friday (Labour Code 2019, Art. 112, and the yearly notices).
# 24/11 is left out until its status as a paid holiday is confirmed by law.
HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2026-01-01",
        "2026-01-02",
        "2026-02-16",
        "2026-02-17",
        "2026-02-18",
        "2026-02-19",
        "2026-02-20",
        "2026-04-27",
        "2026-04-30",
        "2026-05-01",
        "2026-08-31",
        "2026-09-01",
        "2026-09-02",
        "2027-01-01",
        "2027-02-04",
        "2027-02-05",
        "2027-02-08",
        "2027-02-09",
        "2027-02-10",
        "2027-04-16",
        "2027-04-30",
        "2027-05-03",
        "2027-09-02",
        "2027-09-03",
    )
)
# Saturdays worked in exchange for a bridge day.
MADE_UP = frozenset({date(2026, 1, 10), date(2026, 8, 22)})


def local_day(moment: datetime) -> date:
    """Return the day it is in Việt Nam at that moment."""
    return moment.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins in Việt Nam."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def day_period(first: date, last: date | None = None) -> Period:
    """Return local time from the beginning of one day to the end of it, or of another."""
    after = (last or first) + timedelta(days=1)
    return Period(datetime.combine(first, time.min, ZONE), datetime.combine(after, time.min, ZONE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Office hours that hold each year from a day on, until the next season begins."""

    month: int
    day: int
    opens: time
    lunch_begins: time
    lunch_ends: time
    closes: time

    @property
    def since(self) -> tuple[int, int]:
        """Return from which month and day of a year these hours hold."""
        return self.month, self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeCalendar:
    """Which days offices work, and within which hours.

    `off` are days off besides the weekends, `made_up` weekend days worked in exchange.
    """

    off: frozenset[date]
    made_up: frozenset[date]
    seasons: tuple[Season, ...]

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on that day."""
        return day in self.made_up or (day.weekday() < _SATURDAY and day not in self.off)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after that day."""
        return self.add_working_days(day, 1)

    def add_working_days(self, day: date, count: int) -> date:
        """Return the day so many working days after that day, before it if negative."""
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def hours_on(self, day: date) -> Season:
        """Return the office hours of that day; before the year's first season, last year's."""
        ordered = sorted(self.seasons, key=lambda season: season.since)
        begun = [season for season in ordered if season.since <= (day.month, day.day)]
        return (begun or ordered)[-1]


SUMMER = Season(
    month=4,
    day=16,
    opens=time(7),
    lunch_begins=time(11, 30),
    lunch_ends=time(13, 30),
    closes=time(17),
)
WINTER = Season(
    month=10,
    day=16,
    opens=time(7, 30),
    lunch_begins=time(11, 30),
    lunch_ends=time(13),
    closes=time(17),
)
USUAL = OfficeCalendar(off=HOLIDAYS, made_up=MADE_UP, seasons=(SUMMER, WINTER))
"""What holds where nothing else is stored."""


def is_working_day(day: date, calendar: OfficeCalendar = USUAL) -> bool:
    """Tell whether offices work on that day."""
    return calendar.is_working_day(day)


def next_working_day(day: date, calendar: OfficeCalendar = USUAL) -> date:
    """Return the first working day after that day."""
    return calendar.next_working_day(day)
