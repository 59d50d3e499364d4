"""Who gives way: a strict order of urgency and level, nobody who has begun, nobody above."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from meetings.model import Period, State, UnitId, Urgency
from meetings.scheduling.precedence import LEVELS, Standing, may_displace
from tests.makers import MONDAY_EIGHT

NOW = MONDAY_EIGHT
PATHS = st.sampled_from([(1,), (1, 2), (1, 3), (1, 2, 4), (1, 3, 5)])


@st.composite
def standings(draw, states=(State.CONFIRMED,)):
    path = draw(PATHS)
    start = NOW + timedelta(hours=draw(st.integers(-3, 3)))
    return Standing(
        urgency=draw(st.sampled_from(Urgency)),
        level=draw(st.sampled_from(sorted(set(LEVELS.values())))),
        host=UnitId(path[-1]),
        path=tuple(map(UnitId, path)),
        state=draw(st.sampled_from(states)),
        period=Period(start, start + timedelta(hours=2)),
    )


@given(standings(), standings())
def test_of_two_at_most_one_displaces_the_other(first, second):
    assert not (may_displace(first, second, now=NOW) and may_displace(second, first, now=NOW))
    assert not may_displace(first, first, now=NOW)


@given(standings(), standings(), standings())
def test_rank_is_a_strict_weak_order(first, second, third):
    def same(one, other):
        return not one.rank > other.rank and not other.rank > one.rank

    if first.rank > second.rank and second.rank > third.rank:
        assert first.rank > third.rank
    if same(first, second) and same(second, third):
        assert same(first, third)


@given(st.lists(standings(), min_size=2, max_size=6))
def test_displacing_never_runs_in_a_circle(found):
    ring = [*found, found[0]]

    assert not all(may_displace(one, other, now=NOW) for one, other in pairwise(ring))


@given(standings(), standings(states=tuple(State)))
def test_nobody_displaces_what_has_begun_an_equal_or_a_host_above(new, held):
    if may_displace(new, held, now=NOW):
        assert held.state is State.CONFIRMED
        assert held.period.start > NOW
        assert new.rank > held.rank
        assert held.host == new.host or held.host not in new.path
