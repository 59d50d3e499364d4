"""Days and times of day as programs write them: 2026-11-25 and 08:00."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from web.moments import YEARS

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def read_day(value: Any) -> date:
    """Return the day that a text in ISO 8601 names."""
    if type(value) is date:
        return value
    try:
        day = date.fromisoformat(value) if DAY.fullmatch(value) else None
    except (TypeError, ValueError):
        day = None
    if day is None or day.year not in YEARS:
        raise PydanticCustomError("bad-day", "no day", {"code": "bad-day"})
    return day


def read_clock(value: Any) -> time:
    """Return the time of day that a text such as 08:00 names."""
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
