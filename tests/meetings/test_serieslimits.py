"""What a host may book, asked of a series: exact, and no date left out in silence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.conflicts import Facts, Policy, judge, over_limits
from meetings.series.errors import SeriesClash
from meetings.series.limits import Limits, beyond
from meetings.series.plan import Occurrence, OnHolidays, SkipReason, schedule_of
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_wish
from tests.meetings.test_claiming import NOW, SAVE_POLICY
from tests.meetings.test_conflicts import wished
from tests.repeating import repeat

DAYS = [
    Occurrence(date=MONDAY_EIGHT.date() + number * timedelta(days=1), period=period)
    for number, period in enumerate(
        schedule_of(
            "FREQ=DAILY;COUNT=12",
            MONDAY_EIGHT,
            MONDAY_EIGHT + timedelta(hours=2),
            zone="Asia/Ho_Chi_Minh",
            on_holidays=OnHolidays.KEEP,
        ).period_on(MONDAY_EIGHT.date() + number * timedelta(days=1))
        for number in range(12)
    )
]


@given(st.none() | st.integers(-1, 12), st.none() | st.integers(0, 13))
def test_the_first_dates_within_reach_are_kept_and_every_other_is_named(ahead, room):
    last = None if ahead is None else MONDAY_EIGHT.date() + timedelta(days=ahead)

    said = {one.date: one.reason for one in beyond(Limits(last_day=last, room=room), DAYS)}

    near = [one.date for one in DAYS if last is None or one.date <= last]
    kept = near if room is None else near[:room]
    assert {one.date for one in DAYS} - said.keys() == set(kept)
    assert {day for day, why in said.items() if why is SkipReason.HORIZON} == {
        one.date for one in DAYS
    } - set(near)
    assert set(said.values()) <= {SkipReason.HORIZON, SkipReason.QUOTA}


async def book_daily(conn, count, *, whole=False, start=MONDAY_EIGHT):
    """Book a hall on following days; return how many dates were booked and why others were not."""
    wish = await a_wish(conn, sites=1, start=start)
    async with conn.transaction():
        done = await repeat(conn, wish, f"FREQ=DAILY;COUNT={count}", whole=whole, now=NOW)
    return len(done.plan.booked), [one.reason.value for one in done.plan.skipped]


@pytest.mark.parametrize(
    ("dates", "booked", "many"),
    [(3, 3, 0), (4, 4, 0), (5, 4, 1)],
)
async def test_a_series_takes_what_is_left_of_the_quota_and_no_more(
    conn, owner, dates, booked, many
):
    """T-A12 by a series: exact at n - 1, n and n + 1."""
    await a_directory(conn)
    await owner.execute(SAVE_POLICY, "11", None, 5)
    await a_conference(conn, sites=1, start=MONDAY_EIGHT - timedelta(days=3), now=NOW)

    assert await book_daily(conn, dates) == (booked, ["quota-reached"] * many)
    late = MONDAY_EIGHT + timedelta(days=30)
    if many:
        with pytest.raises(SeriesClash):
            await book_daily(conn, 1, start=late)


async def test_a_series_that_is_to_be_whole_is_refused_beyond_quota_or_horizon(conn, owner):
    await a_directory(conn)
    await owner.execute(SAVE_POLICY, "11", 12, None)

    with pytest.raises(SeriesClash) as caught:
        await book_daily(conn, 5, whole=True)

    assert [one.reason for one in caught.value.skipped] == [SkipReason.HORIZON] * 2
    assert await conn.fetchval("SELECT count(*) FROM conferences") == 0
    assert await book_daily(conn, 5) == (3, ["beyond-horizon"] * 2)


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=8, unique=True),
    st.none() | st.integers(0, 40),
    st.none() | st.integers(0, 9),
    st.integers(0, 6),
)
def test_several_at_once_are_refused_where_one_by_one_some_would_be(days, horizon, most, there):
    wishes = [wished(MONDAY_EIGHT + timedelta(days=day)) for day in days]
    policy = Policy(horizon_days=horizon, most_open=most)
    now = MONDAY_EIGHT - timedelta(days=2)

    def one_by_one():
        for count, wish in enumerate(wishes):
            facts = Facts(now=now, policy=policy, open_conferences=there + count)
            yield from judge(wish, facts).hard

    facts = Facts(now=now, policy=policy, open_conferences=there)
    refused = {one.rule for one in over_limits(wishes, facts)}
    assert refused == {one.rule for one in one_by_one()}
