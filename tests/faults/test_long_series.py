"""T-A11 and the wall clock at length: every zone there is, over its last two changes of offset."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest

from meetings.series.recurrence import expand, on_the_wall
from meetings.series.rrules import parse_rule
from tests.meetings.test_recurrence import exists
from tests.meetings.test_zones_of_machines import passes_under

OCCURRENCES = 50_000
MONTHS = [date(year, month, 1) for year in range(1970, 2030) for month in range(1, 13)]


def days_about_changes(zone: ZoneInfo) -> tuple[date, date]:
    """Return a first and a last day with the last two changes of offset between them."""
    offsets = [datetime.combine(day, time(12), UTC).astimezone(zone).utcoffset() for day in MONTHS]
    changes = [
        day
        for number, day in enumerate(MONTHS)
        if number and offsets[number] != offsets[number - 1]
    ]
    first = changes[-2] if len(changes) > 1 else date(2026, 1, 1)
    last = changes[-1] if len(changes) > 1 else date(2026, 12, 31)
    return first - timedelta(days=40), last + timedelta(days=40)


def test_clock_on_the_wall_is_constant_in_every_zone(chance: Random):
    seen = 0
    for key in sorted(available_timezones()):
        zone, at = ZoneInfo(key), time(chance.randrange(24), chance.randrange(60))
        first, last = days_about_changes(zone)
        every = max(1, (last - first).days // 180)
        while first <= last:
            until = min(last, first + timedelta(days=300))
            rule = parse_rule(f"FREQ=DAILY;INTERVAL={every};UNTIL={until:%Y%m%d}", zone)
            for day in expand(rule, first):
                shown = on_the_wall(day, at, zone).astimezone(zone)
                assert not exists(day, at, zone) or (shown.date(), shown.time()) == (day, at), key
                seen += 1
            first = until + timedelta(days=1)

    assert seen >= OCCURRENCES


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Chatham"])
def test_dates_do_not_depend_on_a_zone_far_away(zone: str):
    assert passes_under(zone) == ""
