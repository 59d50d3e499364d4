"""Moments, days and times of day as programs write them and as people type them (`8 giờ 30`)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from web.formats import ZONE

RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
YEARS = range(2000, 2100)
"""Outside of these a moment is a slip of the pen, and arithmetic with it may overflow."""

TYPED_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
TYPED_TIME = re.compile(r"([0-9]{1,2})\s*(?:h|g|giờ|:)\s*(?:([0-9]{1,2})\s*(?:phút|p|')?)?")


def read_moment(value: Any) -> datetime:
    """Return the moment in UTC; a time without an offset could mean any zone and is refused."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    match = RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("bad-time", "not an RFC 3339 moment")
    if match["offset"] is None:
        raise PydanticCustomError("naive-time", "a moment without an offset")
    try:
        moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except ValueError:
        raise PydanticCustomError("bad-time", "no such moment") from None
    except OverflowError:
        raise PydanticCustomError("far-date", "far from any calendar") from None
    if moment.year not in YEARS:
        raise PydanticCustomError("far-date", "far from any calendar")
    return moment


def write_moment(moment: datetime) -> str:
    """Write a moment as the API does: RFC 3339, UTC, Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


MOMENT_SCHEMA = {"type": "string", "format": "date-time"}
Moment = Annotated[
    datetime,
    BeforeValidator(read_moment),
    PlainSerializer(write_moment, return_type=str),
    WithJsonSchema(MOMENT_SCHEMA),
]


def read_date(text: str) -> date | None:
    """Return the day somebody typed as 25/11/2026 (or a browser sent as 2026-11-25), or None."""
    day = typed_day(text)
    return day if day and day.year in YEARS else None


def date_problem(text: str) -> str:
    """Return the code of what is wrong with a typed day that `read_date` does not take."""
    if not text.strip():
        return "required"
    return "far-date" if typed_day(text) else "bad-date"


def typed_day(text: str) -> date | None:
    """Return the day somebody typed, of whatever year, or None."""
    stripped = text.strip()
    if match := TYPED_DATE.fullmatch(stripped):
        day, month, year = map(int, match.groups())
    elif match := ISO_DATE.fullmatch(stripped):
        year, month, day = map(int, match.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_day(value: Any) -> date:
    """Return the day that a program wrote as 2026-11-25."""
    if type(value) is date:
        return value
    try:
        day = date.fromisoformat(value) if ISO_DATE.fullmatch(value) else None
    except (TypeError, ValueError):
        day = None
    if day is None:
        raise PydanticCustomError("bad-date", "no ISO 8601 day")
    if day.year not in YEARS:
        raise PydanticCustomError("far-date", "far from any calendar")
    return day


def read_clock(value: Any) -> time:
    """Return the time of day that a program wrote as 08:00."""
    if isinstance(value, time):
        return value
    match = CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("bad-clock", "no time", {"code": "bad-clock-time"})
    return time(int(match[1]), int(match[2]))


def write_clock(at: time) -> str:
    """Write 08:00."""
    return f"{at:%H:%M}"


Day = Annotated[
    date, BeforeValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})
]
Clock = Annotated[
    time,
    BeforeValidator(read_clock),
    PlainSerializer(write_clock, return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{CLOCK.pattern}$"}),
]


def read_time(text: str) -> time | None:
    """Return the time of day somebody typed as 8h, 08:00 or 8 giờ 30, or None."""
    match = TYPED_TIME.fullmatch(" ".join(text.lower().split()))
    if match is None:
        return None
    try:
        return time(int(match[1]), int(match[2] or 0))
    except ValueError:
        return None


def on_the_clock(day: date, at: time) -> datetime:
    """Return the moment at which the country's clocks show that day and time."""
    return datetime.combine(day, at, ZONE)
