"""Rules on wall-clock time: the same time on the wall over every change, and bounded work."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from meetings.office.workdays import ZONE
from meetings.series.recurrence import expand, on_the_wall
from meetings.series.rrules import MOST_OCCURRENCES, BadRule, parse_rule, written

FIRST = date(2026, 11, 30)
"""A Monday."""


def dates(text: str, first: date = FIRST) -> list[str]:
    return [day.isoformat() for day in expand(parse_rule(text, ZONE), first)]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["2026-11-30", "2026-12-07", "2026-12-14"]),
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20261228", ["2026-11-30", "2026-12-14", "2026-12-28"]),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", ["2026-11-30", "2026-12-31", "2027-01-31"]),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", ["2026-12-07", "2027-01-04"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["2026-11-30", "2026-12-31"]),
        ("freq=yearly;count=2", ["2026-11-30", "2027-11-30"]),
        ("FREQ=DAILY;UNTIL=20261201T170000Z", ["2026-11-30", "2026-12-01", "2026-12-02"]),
    ],
)
def test_rule_gives_its_dates(rule, found):
    assert dates(rule) == found


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=WEEKLY", "rule-without-end"),
        ("FREQ=SECONDLY;COUNT=5", "rule-too-often"),
        ("FREQ=HOURLY;UNTIL=20991231", "rule-too-often"),
        ("FREQ=DAILY;COUNT=2611", "rule-too-long"),
        ("FREQ=DAILY;UNTIL=20351231", "rule-too-long"),
        ("FREQ=YEARLY;COUNT=12", "rule-too-long"),
        ("FREQ=WEEKLY;UNTIL=20370101", "rule-too-long"),
        ("FREQ=DAILY;COUNT=5;BYHOUR=1,2,3;BYMINUTE=0;BYSECOND=0", "bad-rule"),
        ("FREQ=YEARLY;COUNT=5;BYYEARDAY=1;BYWEEKNO=1", "bad-rule"),
        ("FREQ=YEARLY;COUNT=600;BYSETPOS=" + ",".join(["1"] * 200), "bad-rule"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "bad-rule"),
        ("FREQ=WEEKLY;COUNT=2;COUNT=3", "bad-rule"),
        ("FREQ=WEEKLY;INTERVAL=0;COUNT=2", "bad-rule"),
        ("FREQ=WEEKLY;COUNT=99999999999999", "bad-rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=0;COUNT=2", "bad-rule"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20360101", "rule-without-dates"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", "rule-without-dates"),
        ("FREQ=WEEKLY;UNTIL=20261399", "bad-rule"),
        ("", "bad-rule"),
        ("every second for ever", "bad-rule"),
    ],
)
def test_rule_that_cannot_be_followed_is_refused(rule, code):
    with pytest.raises(BadRule) as caught:
        dates(rule)

    assert caught.value.code == code


@pytest.mark.parametrize("start", [date(2027, 1, 4), date(2028, 2, 29), date(2031, 12, 31)])
def test_every_working_day_of_ten_years_is_a_series(start):
    until = date(start.year + 10, start.month, min(start.day, 28))

    found = expand(
        parse_rule(f"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL={until:%Y%m%d}", ZONE), start
    )

    assert 2600 < len(found) <= MOST_OCCURRENCES


@given(st.text(alphabet="FREQ=DAILYWKMONTHC;BYSETPOUN,0123456789-+Z", max_size=120))
def test_any_text_is_a_rule_or_is_refused(text):
    try:
        found = dates(text)
    except BadRule:
        return
    assert 0 < len(found) <= MOST_OCCURRENCES


DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "INTERVAL": st.integers(1, 5).map(str),
        "BYDAY": st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True).map(",".join),
        "ORDINAL": st.sampled_from(["1MO", "-1FR", "2TU,4TU", "5WE"]),
        "BYMONTHDAY": st.sampled_from(["1", "15", "31", "-1", "1,-1", "29,30"]),
        "BYMONTH": st.sampled_from(["1", "2", "3,6,9,12"]),
        "BYSETPOS": st.sampled_from(["1", "-1", "1,-1"]),
        "WKST": st.sampled_from(["SU", "WE"]),
    },
)


def rule_of(frequency: str, parts: dict[str, str], end: str) -> str:
    given = dict(parts)
    if "ORDINAL" in given:
        given["BYDAY"] = given.pop("ORDINAL")
    return ";".join([f"FREQ={frequency}", *(f"{name}={what}" for name, what in given.items()), end])


RULES = st.builds(
    rule_of,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    PARTS,
    st.sampled_from(["COUNT=3", "COUNT=40", "UNTIL=20280601"]),
)
FIRSTS = st.dates(date(2024, 1, 1), date(2028, 5, 1))


@given(RULES, FIRSTS)
def test_rule_gives_the_dates_that_dateutil_gives(text, first):
    try:
        found = expand(parse_rule(text, ZONE), first)
    except BadRule:
        return

    theirs = rrulestr(text, dtstart=datetime.combine(first, time()))
    assert found == [one.date() for one in islice(theirs, len(found) + 1)][: len(found)]
    assert "COUNT" in text or [one.date() for one in theirs] == found


@given(RULES, FIRSTS)
def test_written_rule_gives_the_same_dates(text, first):
    try:
        rule = parse_rule(text, ZONE)
        found = expand(rule, first)
    except BadRule:
        return

    assert expand(parse_rule(written(rule), ZONE), first) == found
    assert expand(parse_rule(written(rule, until=found[-1]), ZONE), first) == found


def test_ten_years_of_weeks_fit():
    found = dates("FREQ=WEEKLY;UNTIL=20361130")

    assert (len(found), found[-1]) == (522, "2036-11-24")


def exists(day: date, at: time, zone: ZoneInfo) -> bool:
    """Tell whether the zone's clocks show that time on that day at all."""
    local = datetime.combine(day, at, zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == datetime.combine(day, at)


@given(
    st.sampled_from(sorted(available_timezones())),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_clock_on_the_wall_shows_the_same_time_on_every_date(key, first, at):
    zone = ZoneInfo(key)
    weekly = expand(parse_rule("FREQ=WEEKLY;COUNT=60", zone), first)

    shown = [on_the_wall(day, at, zone).astimezone(zone) for day in weekly]

    real = [(day, one) for day, one in zip(weekly, shown, strict=True) if exists(day, at, zone)]
    assert {(one.date() == day, one.time()) for day, one in real} <= {(True, at)}
    assert {one.date().weekday() for _, one in real} <= {first.weekday()}
    assert len(real) >= 58
