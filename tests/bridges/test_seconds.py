"""Sets of seconds as bits, tried against the moments that they are made of."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.presence.seconds import Seconds
from tests.bridges import one_by_one
from tests.bridges.histories import moment

whole = st.integers(-200, 4000).map(moment)
any_moment = st.integers(-210_000, 4_010_000).map(lambda ms: moment(ms / 1000))
some = st.lists(whole, max_size=60)
rests = st.integers(1, 400).map(lambda seconds: timedelta(seconds=seconds))


@settings(max_examples=200, deadline=None)
@given(some, any_moment, any_moment)
def test_what_lies_where_is_as_of_the_moments(told: list[datetime], one: datetime, other: datetime):
    moments, seconds = set(told), Seconds.of(told)

    assert seconds.since(one) == Seconds.of(at for at in moments if at >= one)
    assert seconds.before(one) == Seconds.of(at for at in moments if at < one)
    assert seconds.until(one) == Seconds.of(at for at in moments if at <= one)
    assert seconds.without(one, max(one, other)) == Seconds.of(
        at for at in moments if not one <= at < other
    )
    assert (seconds.first, seconds.last, len(seconds)) == (
        min(moments, default=None),
        max(moments, default=None),
        len(moments),
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(some, max_size=4), rests)
def test_put_together_they_follow_each_other_as_the_moments_do(
    parts: list[list[datetime]], rest: timedelta
):
    moments = {one for part in parts for one in part}

    together = Seconds.union(Seconds.of(part) for part in parts)

    assert together == Seconds.of(moments)
    assert together.stretches(rest) == one_by_one.followed(moments, rest)


def test_a_moment_lies_in_the_second_that_it_begins():
    assert Seconds.of([moment(1.999), moment(1)]) == Seconds.of([moment(1)])
