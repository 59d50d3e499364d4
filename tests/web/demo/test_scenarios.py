from datetime import UTC, datetime, time, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from bridges.presence.clocks import FARTHEST
from meetings.model import Period, SiteId
from meetings.office.workdays import ZONE, local_day
from web.demo.attendance import turnout
from web.demo.scenarios import plan, working_day

MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2027, 12, 1),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.just(UTC),
)


@given(MOMENTS)
def test_plan_leaves_the_next_working_morning_free(now):
    day = working_day(local_day(now), 1)
    morning = Period(datetime.combine(day, time(8), ZONE), datetime.combine(day, time(10), ZONE))

    assert [planned for planned in plan(now) if planned.period.overlaps(morning)] == []


@given(MOMENTS)
def test_plan_never_asks_for_a_hall_twice(now):
    pairs = combinations(plan(now), 2)

    assert [(a, b) for a, b in pairs if a.period.overlaps(b.period)] == []


@given(MOMENTS)
def test_plan_starts_one_conference_within_six_minutes(now):
    soon = [
        planned
        for planned in plan(now)
        if timedelta(minutes=5) <= planned.period.start - now <= timedelta(minutes=6)
    ]

    assert len(soon) == 1
    assert not soon[0].over


@given(MOMENTS)
def test_plan_tells_past_from_future(now):
    assert [planned.over for planned in plan(now)] == [
        planned.period.end <= now for planned in plan(now)
    ]


@given(MOMENTS)
def test_plan_tells_of_no_past_so_near_that_the_bridge_seems_to_have_a_wrong_clock(now):
    over = [planned.period.end for planned in plan(now) if planned.over]

    assert [end for end in over if now - end <= FARTHEST] == []


@given(st.integers(min_value=0, max_value=10_000))
def test_turnout_is_the_same_again_and_has_the_main_site(seed):
    sites = [SiteId(number) for number in range(1, 47)]
    period = Period(
        datetime(2026, 11, 20, 1, tzinfo=UTC), datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
    )

    once = turnout(sites, period, main=sites[0], seed=seed)

    assert once == turnout(sites, period, main=sites[0], seed=seed)
    assert sites[0] in {visit.site for visit in once.visits}
    assert {site for site, _ in once.headcounts} == {visit.site for visit in once.visits}
    assert all(visit.stay.start.microsecond == 0 for visit in once.visits)
