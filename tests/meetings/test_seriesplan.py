"""From rule to plan: no date is lost, none overlaps another or a promise; against brute force."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.model import Period
from meetings.office.workdays import USUAL, ZONE, is_working_day, local_day
from meetings.series.plan import (
    Obstacle,
    Occurrence,
    OnHolidays,
    Schedule,
    SkipReason,
    clashes,
    overlapping_itself,
    planned,
)
from meetings.series.rrules import BadRule, parse_rule

BEGIN = datetime(2026, 11, 30, 1, tzinfo=UTC)
MINUTES = st.integers(0, 3000)
PERIODS = st.builds(
    lambda start, length: Period(
        BEGIN + timedelta(minutes=start), BEGIN + timedelta(minutes=start + length)
    ),
    MINUTES,
    st.integers(1, 400),
)


def occurrences(periods):
    first = date(2026, 11, 30)
    return [
        Occurrence(date=first + timedelta(days=number), period=period)
        for number, period in enumerate(sorted(periods, key=lambda one: one.start))
    ]


@given(st.lists(PERIODS, max_size=12), st.lists(PERIODS, max_size=12))
def test_clashes_are_those_that_brute_force_finds(wanted, taken):
    booked = occurrences(wanted)
    obstacles = [Obstacle(period=period, reason=SkipReason.CLASH) for period in taken]

    found = {one.date for one in clashes(booked, obstacles)}

    assert found == {
        one.date for one in booked if any(one.period.overlaps(period) for period in taken)
    }


@given(st.lists(PERIODS, max_size=12), st.integers(0, 60))
def test_dates_that_stay_never_overlap_each_other(wanted, minutes):
    booked, between = occurrences(wanted), timedelta(minutes=minutes)

    gone = {one.date for one in overlapping_itself(booked, between=between)}

    left = [one.period for one in booked if one.date not in gone]
    assert all(after.start >= before.end + between for before, after in pairwise(left))
    assert left or not booked


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 60),
    st.dates(date(2026, 1, 1), date(2027, 6, 1)),
    st.sampled_from(list(OnHolidays)),
)
def test_every_date_of_the_rule_is_booked_or_left_out_with_a_reason(frequency, count, first, how):
    schedule = Schedule(
        rule=parse_rule(f"FREQ={frequency};COUNT={count}", ZONE),
        zone="Asia/Ho_Chi_Minh",
        first_day=first,
        starts_at=time(8),
        minutes=120,
        on_holidays=how,
    )

    plan = planned(schedule, USUAL, now=datetime(2025, 1, 1, tzinfo=UTC))

    dates = [one.date for one in plan.booked] + [one.date for one in plan.skipped]
    days = [local_day(one.period.start) for one in plan.booked]
    assert len(dates) == len(set(dates)) == count
    assert len(days) == len(set(days))
    assert how is OnHolidays.KEEP or all(map(is_working_day, days))
    assert {one.period.start.astimezone(ZONE).time() for one in plan.booked} <= {time(8)}


@pytest.mark.parametrize(("halls", "refused"), [(11, False), (12, True)])
def test_a_series_that_holds_the_gate_too_long_is_refused(halls, refused):
    rule = parse_rule("FREQ=DAILY;COUNT=2610", ZONE)
    schedule = Schedule(
        rule=rule, zone="Asia/Ho_Chi_Minh", first_day=date(2027, 1, 4),
        starts_at=time(8), minutes=60, on_holidays=OnHolidays.KEEP,
    )  # fmt: skip
    codes = []

    try:
        planned(schedule, USUAL, now=BEGIN, halls=halls)
    except BadRule as error:
        codes.append(error.code)

    assert codes == ["series-too-large"] * refused
