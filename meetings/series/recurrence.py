"""Rules that conferences repeat by (RFC 5545, RRULE), on wall-clock time and with an end.

Expanded by ourselves: dateutil looks for the dates of a rule without any up to the year 9999, which
takes seconds; here the work is bounded by ten years.  The tests hold both against each other.
A rule is expanded on the dates of its own zone and turned into UTC last, so the clock on the wall
shows the same time on every date, whatever summer time does.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from types import MappingProxyType
from zoneinfo import ZoneInfo

from meetings.series.rrules import LONGEST_YEARS, MOST_OCCURRENCES, BadRule, Rule


def expand(rule: Rule, first: date) -> list[date]:
    """Return the dates from the first day on, in order.

    Raises:
        BadRule: there are none, more than 2,610, or some lie more than ten years ahead.
    """
    horizon = _years_after(first)
    if rule.until is not None and rule.until > horizon:
        raise BadRule("rule-too-long")
    last = rule.until or horizon
    coming = (day for day in _DAYS[rule.frequency](rule, first, last) if first <= day <= last)
    dates = list(islice(coming, rule.count or MOST_OCCURRENCES + 1))
    if not dates:
        raise BadRule("rule-without-dates")
    if len(dates) > MOST_OCCURRENCES or (rule.count is not None and len(dates) < rule.count):
        raise BadRule("rule-too-long")
    return dates


def _years_after(first: date) -> date:
    """Return the day ten years on; of a 29 February, the 28th."""
    is_leap_day = (first.month, first.day) == (2, 29)
    return date(first.year + LONGEST_YEARS, first.month, first.day - is_leap_day)


def _daily(rule: Rule, first: date, last: date) -> Iterator[date]:
    names = {day for _, day in rule.weekdays} or set(range(7))
    for number in range(0, (last - first).days + 1, rule.interval):
        day = first + timedelta(days=number)
        if day.weekday() in names and _in_month(rule, day) and _on_number(rule, day):
            yield day


def _weekly(rule: Rule, first: date, last: date) -> Iterator[date]:
    names = {day for _, day in rule.weekdays} or {first.weekday()}
    begin = first - timedelta(days=(first.weekday() - rule.week_start) % 7)
    for number in range(0, (last - begin).days + 1, 7 * rule.interval):
        week = (begin + timedelta(days=number + place) for place in range(7))
        yield from (day for day in week if day.weekday() in names and _in_month(rule, day))


def _monthly(rule: Rule, first: date, last: date) -> Iterator[date]:
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    for number in range(start, end + 1, rule.interval):
        days = _month(number // 12, number % 12 + 1)
        yield from _placed(rule, _chosen(rule, days, first))


def _yearly(rule: Rule, first: date, last: date) -> Iterator[date]:
    """Go by years; where no month is named, an ordinal such as 20MO counts in the year."""
    for year in range(first.year, last.year + 1, rule.interval):
        months = sorted(rule.numbers.get("BYMONTH", ())) or list(range(1, 13))
        if "BYMONTH" not in rule.numbers and not rule.weekdays and "BYMONTHDAY" not in rule.numbers:
            months = [first.month]
        parts = [_month(year, month) for month in months]
        if "BYMONTH" not in rule.numbers and rule.weekdays:
            parts = [[day for part in parts for day in part]]
        yield from _placed(rule, [day for part in parts for day in _chosen(rule, part, first)])


_DAYS: Mapping[str, Callable[[Rule, date, date], Iterator[date]]] = MappingProxyType(
    {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}
)


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _chosen(rule: Rule, days: Sequence[date], first: date) -> list[date]:
    """Return those of a month's (or a year's) days that the rule means, in order."""
    if not rule.weekdays and "BYMONTHDAY" not in rule.numbers:
        return [day for day in days if day.day == first.day and _in_month(rule, day)]
    meant = _by_name(rule, days) if rule.weekdays else set(days)
    return [day for day in days if day in meant and _in_month(rule, day) and _on_number(rule, day)]


def _by_name(rule: Rule, days: Sequence[date]) -> set[date]:
    """Return the days of these names; an ordinal counts among the days given, from either end."""
    found: set[date] = set()
    for place, name in rule.weekdays:
        named = [day for day in days if day.weekday() == name]
        index = place - 1 if place > 0 else place
        found |= set(named[index : index + 1 or None] if place else named)
    return found


def _placed(rule: Rule, days: Sequence[date]) -> list[date]:
    if "BYSETPOS" not in rule.numbers:
        return list(days)
    places = {place - 1 if place > 0 else len(days) + place for place in rule.numbers["BYSETPOS"]}
    return [day for number, day in enumerate(days) if number in places]


def _in_month(rule: Rule, day: date) -> bool:
    return day.month in rule.numbers.get("BYMONTH", (day.month,))


def _on_number(rule: Rule, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    numbers = rule.numbers.get("BYMONTHDAY", (day.day,))
    return day.day in numbers or day.day - length - 1 in numbers


def on_the_wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC at which that zone's clocks show the time on that day.

    A time that summer time leaves out is counted with the offset before the change (RFC 5545,
    3.3.5); one that comes twice is the first.
    """
    return datetime.combine(day, at, zone).astimezone(UTC)
