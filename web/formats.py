"""How dates, times, durations and numbers are written for people, in either language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""The time zone of the whole country; the store keeps UTC."""

SECONDS_PER_MINUTE = 60
MINUTES_PER_HOUR = 60
SECONDS_PER_DAY = 86_400
LONG_SECONDS = 2 * SECONDS_PER_DAY
DAYS_REMEMBERED = 512


def local(moment: datetime) -> datetime:
    """Return the moment on the country's clocks."""
    return moment.astimezone(ZONE)


def local_day(moment: date | datetime) -> date:
    """Return the calendar day of a moment, or the day itself."""
    return local(moment).date() if isinstance(moment, datetime) else moment


def short_date(moment: date | datetime) -> str:
    """Write 23/11/2026."""
    return f"{local_day(moment):%d/%m/%Y}"


def clock_time(moment: datetime) -> str:
    """Write 08:00."""
    return f"{local(moment):%H:%M}"


def exact_time(moment: datetime) -> str:
    """Write 08:00:07."""
    return f"{local(moment):%H:%M:%S}"


def day_and_time(moment: datetime) -> str:
    """Write 08:00 23/11/2026."""
    return f"{clock_time(moment)} {short_date(moment)}"


def long_date(moment: date | datetime, locale: str) -> str:
    """Write Thứ Hai, 23/11/2026, or Monday, 23/11/2026."""
    day = local_day(moment)
    return f"{weekday(day, locale)}, {short_date(day)}"


def weekday(moment: date | datetime, locale: str) -> str:
    """Write Thứ Hai, or Monday."""
    return named_day(local_day(moment), locale)


@lru_cache(maxsize=DAYS_REMEMBERED)
def named_day(day: date, locale: str) -> str:
    """Return a day's name; Babel reads its pattern anew each time."""
    return format_date(day, "EEEE", locale=locale)


def number(value: float, locale: str) -> str:
    """Write 2.318 or 7,5 in Vietnamese, 2,318 or 7.5 in English."""
    return format_decimal(value, locale=locale)


def percent(share: float, locale: str) -> str:
    """Write a share of one: 7,5 % in Vietnamese, 7.5% in English."""
    text = format_percent(share, "#,##0.#%", locale=locale)
    return text.replace("%", "\N{NO-BREAK SPACE}%") if locale == "vi" else text


def duration(length: timedelta | float, locale: str) -> str:
    """Write a timedelta or seconds: 1 giờ 30 phút, or 1 h 30 min; from two days on 13 ngày."""
    seconds = round(length.total_seconds() if isinstance(length, timedelta) else length)
    hour, minute, second = ("giờ", "phút", "giây") if locale == "vi" else ("h", "min", "s")
    if seconds < SECONDS_PER_MINUTE:
        return f"{seconds} {second}"
    if seconds >= LONG_SECONDS:
        return f"{seconds // SECONDS_PER_DAY} {'ngày' if locale == 'vi' else 'days'}"
    hours, minutes = divmod(seconds // SECONDS_PER_MINUTE, MINUTES_PER_HOUR)
    parts = [f"{hours} {hour}"] * bool(hours) + [f"{minutes} {minute}"] * bool(minutes)
    return " ".join(parts)


def iso(moment: datetime) -> str:
    """Write a moment for `<time datetime>` and scripts: RFC 3339, UTC, Z."""
    return moment.astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z")


def filters(locale: str) -> Mapping[str, Callable[..., Any]]:
    """Return the template filters of one language, by name."""
    return {
        "date": short_date,
        "time": clock_time,
        "exact_time": exact_time,
        "datetime": day_and_time,
        "iso": iso,
        "long_date": lambda moment: long_date(moment, locale),
        "weekday": lambda moment: weekday(moment, locale),
        "number": lambda value: number(value, locale),
        "percent": lambda share: percent(share, locale),
        "duration": lambda length: duration(length, locale),
    }
