"""A series under another rule: no date twice or lost, and what was changed by hand stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meetings.model import Conference, ConferenceId, OfficialId, PersonId, State, UnitId
from meetings.office.workdays import ZONE
from meetings.series.edits import SeriesChanges, changed
from meetings.series.plan import Occurrence, Plan, Series, Skipped, SkipReason
from meetings.series.recurrence import expand
from meetings.series.reshaping import REACH, Reshaped, paired, reshaped, without
from meetings.series.rrules import parse_rule
from tests.meetings.test_seriesedits import FIRST, SERIES, moved, on_week

DAYS = st.lists(st.dates(date(2026, 11, 30), date(2027, 3, 1)), unique=True, max_size=20)
RULES = st.sampled_from(
    [
        "FREQ=WEEKLY;BYDAY=TU;COUNT=10",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=5",
        "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=20",
        "FREQ=MONTHLY;BYMONTHDAY=5;COUNT=4",
        "FREQ=DAILY;COUNT=15",
    ]
)
TOUCHED = st.sampled_from(
    ["", "", "title", "period", "cancelled", "host", "chair_id", "delegates", "owner"]
)


def touched(conference: Conference, how: str) -> Conference:
    changes: dict[str, dict[str, Any]] = {
        "": {},
        "title": {"title": "Họp đặc biệt"},
        "period": {"period": moved(conference, 60)},
        "cancelled": {"state": State.CANCELLED},
        "host": {"host": UnitId(2)},
        "chair_id": {"chair_id": OfficialId(7)},
        "delegates": {"delegates": (OfficialId(7),)},
        "owner": {"owner": PersonId(7)},
    }
    return replace(conference, **changes[how])


def plan_of(series: Series, left_out: set[date]) -> Plan:
    days = expand(series.schedule.rule, series.schedule.first_day)
    return Plan(
        booked=tuple(
            Occurrence(date=day, period=series.schedule.period_on(day))
            for day in days
            if day not in left_out
        ),
        skipped=tuple(
            Skipped(date=day, reason=SkipReason.HOLIDAY) for day in days if day in left_out
        ),
    )


@given(DAYS, DAYS, st.sampled_from(list(REACH.values())))
def test_dates_are_paired_one_to_one_and_equal_ones_first(
    old: list[date], new: list[date], reach: timedelta
):
    pairs = paired(old, new, reach)

    assert len(set(pairs.values())) == len(pairs)
    assert set(pairs) <= set(old)
    assert all(pairs[day] == day for day in set(old) & set(new))
    assert all(abs(day - to) <= reach for day, to in pairs.items())


@given(RULES, st.lists(TOUCHED, min_size=8, max_size=8), st.sets(st.integers(0, 12), max_size=4))
def test_every_date_is_accounted_for_under_another_rule(
    rule: str, hands: list[str], numbers: set[int]
):
    held = {
        FIRST + timedelta(weeks=week): touched(on_week(week), how) for week, how in enumerate(hands)
    }
    by_id = {one.id: one for one in held.values()}
    after = changed(SERIES, SeriesChanges(rrule=rule))
    days = expand(parse_rule(rule, ZONE), FIRST)
    out = {days[number] for number in numbers if number < len(days)}

    found = reshaped(SERIES, after, held, plan_of(after, out))

    check_accounts(found, by_id, set(days))
    taken = [Skipped(date=one.date, reason=SkipReason.CLASH) for one in found.new[:2]]
    taken += [
        Skipped(date=one.date, reason=SkipReason.CLASH) for one in list(found.moving.values())[:2]
    ]
    fewer = without(found, taken, SERIES, by_id)
    check_accounts(fewer, by_id, set(days))
    assert {one.date for one in fewer.new}.isdisjoint(one.date for one in taken)


def check_accounts(found: Reshaped, by_id: dict[ConferenceId, Conference], days: set[date]) -> None:
    """No conference and no date is lost or there twice; what was touched by hand is not gone."""
    own = list(found.dates.values())
    left = [*(one.date for one in found.new), *(one.date for one in found.skipped)]
    assert len({*own, *left}) == len(own) + len(left)
    assert days <= {*own, *left}
    assert sorted([*found.dates, *found.gone]) == sorted(by_id)
    plain = {number for number, one in by_id.items() if one == on_week(number - 1)}
    assert set(found.gone) <= plain
    assert set(found.moving) <= set(found.dates)
    assert all(by_id[number].state is State.CONFIRMED for number in found.moving)
