"""The office calendar of Việt Nam: local days, working days, and the hours people meet in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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


def is_working_day(day: date) -> bool:
    """Tell whether offices work on that day."""
    return day in MADE_UP or (day.weekday() < _SATURDAY and day not in HOLIDAYS)


def next_working_day(day: date) -> date:
    """Return the first working day after that day."""
    following = day + timedelta(days=1)
    while not is_working_day(following):
        following += timedelta(days=1)
    return following
