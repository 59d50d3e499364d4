"""Rules that conferences repeat by, as they are written (RFC 5545, RRULE): always with an end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from meetings.errors import MeetingsError

LONGEST_YEARS = 10
MOST_OCCURRENCES = 2_610
"""Every working day of ten years."""
MOST_PLACES = 30_000
"""Dates times halls: others wait while they are written, 2.25 s, or 4.5 s on a slower machine."""
LONGEST_RULE = 500
MOST_PARTS = 31
LARGEST_INTERVAL = 366

FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKEND = frozenset({5, 6})

_DAY = re.compile(r"([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
# What each list may hold; zero is never in it.
_RANGES: Mapping[str, range] = MappingProxyType(
    {"BYMONTHDAY": range(-31, 32), "BYMONTH": range(1, 13), "BYSETPOS": range(-31, 32)}
)
_KNOWN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", *_RANGES})


class BadRule(MeetingsError):
    """The rule cannot be followed; the code says why."""

    code = "bad-rule"

    def __init__(self, code: str) -> None:
        super().__init__(f"the rule is refused: {code}")
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that ends: by a count of dates, or with the last day of `until`."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    weekdays: tuple[tuple[int, int], ...] = ()
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    week_start: int = 0

    @property
    def names_weekends(self) -> bool:
        """Tell whether somebody asked for Saturdays or Sundays by name."""
        return any(day in WEEKEND for _, day in self.weekdays)


def parse_rule(text: str, zone: ZoneInfo) -> Rule:
    """Return the rule of an RRULE; UNTIL in UTC is read as a day of the zone.

    Raises:
        BadRule: it is none, repeats within a day, has no end, or asks for too much.
    """
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise BadRule("rule-too-often" if frequency.endswith("LY") else "bad-rule")
    rule = Rule(
        frequency=frequency,
        interval=_one(parts, "INTERVAL", LARGEST_INTERVAL) or 1,
        count=_one(parts, "COUNT", None),
        until=_until(parts["UNTIL"], zone) if "UNTIL" in parts else None,
        weekdays=_weekdays(parts.get("BYDAY", "")),
        numbers={name: _list(parts[name], _RANGES[name]) for name in _RANGES if name in parts},
        week_start=WEEKDAYS.index(parts["WKST"]) if parts.get("WKST", "") in WEEKDAYS else 0,
    )
    _check(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    stripped = text.strip().removeprefix("RRULE:").upper()
    if len(text) > LONGEST_RULE:
        raise BadRule("bad-rule")
    parts: dict[str, str] = {}
    for piece in stripped.split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name in parts or name not in _KNOWN:
            raise BadRule("bad-rule")
        parts[name] = value
    return parts


def _one(parts: Mapping[str, str], name: str, most: int | None) -> int | None:
    if name not in parts:
        return None
    text = parts[name]
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise BadRule("bad-rule")
    if most is not None and int(text) > most:
        raise BadRule("bad-rule")
    return int(text)


def _list(text: str, allowed: range) -> tuple[int, ...]:
    pieces = text.split(",")
    if len(pieces) > MOST_PARTS or not all(map(_NUMBER.fullmatch, pieces)):
        raise BadRule("bad-rule")
    numbers = tuple(dict.fromkeys(map(int, pieces)))
    if 0 in numbers or any(number not in allowed for number in numbers):
        raise BadRule("bad-rule")
    return numbers


def _weekdays(text: str) -> tuple[tuple[int, int], ...]:
    if not text:
        return ()
    found = [_DAY.fullmatch(piece) for piece in text.split(",")[: MOST_PARTS + 1]]
    if len(found) > MOST_PARTS or not all(found):
        raise BadRule("bad-rule")
    return tuple((int(one[1] or 0), WEEKDAYS.index(one[2])) for one in found if one)


def _until(text: str, zone: ZoneInfo) -> date:
    match = _UNTIL.fullmatch(text)
    try:
        if match is None:
            raise BadRule("bad-rule")
        day = datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - its zone follows
        return day.replace(tzinfo=UTC).astimezone(zone).date() if match[3] else day.date()
    except (ValueError, OverflowError) as error:
        raise BadRule("bad-rule") from error


def _check(rule: Rule) -> None:
    """Refuse what has no end, two ends, or an ordinal where there is nothing to count."""
    if (rule.count is None) == (rule.until is None):
        raise BadRule("rule-without-end" if rule.count is None else "bad-rule")
    if rule.count is not None and rule.count > MOST_OCCURRENCES:
        raise BadRule("rule-too-long")
    counted = rule.frequency in {"MONTHLY", "YEARLY"}
    if any(place for place, _ in rule.weekdays) and not counted:
        raise BadRule("bad-rule")
    if "BYSETPOS" in rule.numbers and not (counted and rule.weekdays):
        raise BadRule("bad-rule")
    if "BYMONTHDAY" in rule.numbers and rule.frequency == "WEEKLY":
        raise BadRule("bad-rule")


def written(rule: Rule, *, until: date | None = None) -> str:
    """Write a rule as RRULE, ending on that day instead if one is given."""
    parts = [f"FREQ={rule.frequency}"]
    parts += [f"INTERVAL={rule.interval}"] * (rule.interval > 1)
    days = ",".join(f"{place or ''}{WEEKDAYS[day]}" for place, day in rule.weekdays)
    parts += [f"BYDAY={days}"] * bool(days)
    parts += [f"{name}={','.join(map(str, many))}" for name, many in rule.numbers.items()]
    parts += [f"WKST={WEEKDAYS[rule.week_start]}"] * bool(rule.week_start)
    last = until or rule.until
    parts.append(f"UNTIL={last:%Y%m%d}" if last else f"COUNT={rule.count}")
    return ";".join(parts)
