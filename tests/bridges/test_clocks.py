"""A22: the clock of a bridge that is set while a conference lasts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.jitsi.events import as_body
from bridges.model import Event, EvidenceKind
from bridges.presence.attendance import Attendance, attendance
from bridges.presence.evidence import Evidence, read
from meetings.model import Period, SiteId
from tests.bridges.histories import (
    LATER,
    LENGTH,
    PERIOD,
    ROOM,
    World,
    a_device,
    a_world,
    moment,
    on_a_clock,
    told_of,
)

OFFS = (-3600, -200, -60, 0, 60, 200, 3600)
Skew = Callable[[datetime], timedelta]


def set_at(at: int, before: int, after: int) -> Skew:
    """Return a clock that is off by so much before a moment, and by so much after it."""
    return lambda now: timedelta(seconds=before if now < moment(at) else after)


def judge(told: list[Evidence]) -> Attendance:
    return attendance(told, ROOM, PERIOD, now=LATER)


def record_of(found: Attendance) -> dict[SiteId, list[tuple[datetime, datetime | None]]]:
    return {site: told_of(stretches) for site, stretches in found.presences.items()}


def a_long_meeting() -> World:
    """Return one in which halls come in one after the other, and go so."""
    halls = range(1, 7)
    return World(devices=[a_device(site, -30 + 15 * site, LENGTH - 15 * site) for site in halls])


def steps_of(found: Attendance) -> list[tuple[str, int]]:
    return [(one.bridge, one.seconds) for one in found.clock_steps]


@pytest.mark.parametrize(("before", "after"), [(60, 0), (-60, 0), (0, 60), (0, -60), (60, -60)])
def test_a_clock_that_is_set_is_read_right_before_and_after(before: int, after: int):
    world, skew = a_long_meeting(), set_at(3600, before, after)
    told = [on_a_clock(one, skew) for one in world.events()]

    found = judge([*told, *world.polls()])

    assert record_of(found) == world.truth()
    assert found.blind_spots == ()
    (step,) = found.clock_steps
    assert (step.bridge, step.seconds) == ("", after - before)
    assert step.period == Period(moment(60), moment(LENGTH - 90))


def test_who_left_before_coming_by_the_bridges_clock_was_in():
    world, skew = a_long_meeting(), set_at(70, 0, -600)
    world.devices.append(a_device(7, 65, 400))
    told = [on_a_clock(one, skew) for one in world.events()]
    stored = [read(one.kind, as_body(one), received_at=one.received_at) for one in told]

    found = judge([one for one in stored if one is not None])

    assert record_of(found) == world.truth()
    assert steps_of(found) == [("", -600)]


@pytest.mark.parametrize("lost", [EvidenceKind.JOINED, EvidenceKind.LEFT])
def test_moments_whose_own_news_was_lost_are_read_by_their_stretch(lost: EvidenceKind):
    world, skew = a_long_meeting(), set_at(3600, -60, 0)
    events = [
        on_a_clock(one, skew)
        for one in world.events()
        if one.kind is not lost or one.occupants[0].user != "site-6"
    ]

    assert record_of(judge([*events, *world.polls()])) == world.truth()


def test_a_moment_whose_own_news_was_lost_is_not_before_all_other_news():
    """Set back by two hours, what came after lies before the conference by the clock of before."""
    world, skew = a_long_meeting(), set_at(3600, 0, -7200)
    world.devices.append(a_device(7, 5000, LENGTH - 200))
    events = [
        on_a_clock(one, skew)
        for one in world.events()
        if one.kind is not EvidenceKind.JOINED or one.occupants[0].user != "site-7"
    ]

    found = judge([*events, *world.polls()])

    assert record_of(found) == world.truth()
    assert steps_of(found) == [("", -7200)]


def test_what_an_outage_kept_back_is_no_clock():
    """By our settings a bridge tries again each 15 s: a rush that is told late is equally late."""
    world = World(devices=[a_device(site, site % 40, LENGTH - 60 * site) for site in range(1, 60)])
    over = moment(100)
    told = [on_a_clock(one, lambda _: timedelta(), waited(one, over)) for one in world.events()]

    found = judge([*told, *world.polls()])

    assert found.clock_steps == ()
    assert record_of(found) == world.truth()


def waited(one: Event, over: datetime) -> timedelta:
    """Return how long news waited for the end of an outage that began with the conference."""
    if not moment(0) <= one.at < over:
        return timedelta()
    rest = timedelta(seconds=15)
    return -((one.at - over) // rest) * rest


def check_set_clock(chance: Random, before: int, after: int, at: int, slow: int) -> None:
    """Each stretch is right within the post, the step is told, and any order gives the same."""
    world, skew = a_world(chance, halls=8), set_at(at, before, after)
    events = world.events()
    if not all(tells(events, span) for span in ((-9999, at), (at, 99999))):
        return
    posts = [chance.choice((0, 0, slow)) for _ in events]
    told: list[Evidence] = [
        on_a_clock(one, skew, timedelta(seconds=post))
        for one, post in zip(events, posts, strict=True)
    ]
    chance.shuffle(told)

    found = judge([*told, *world.polls()])

    near = timedelta(seconds=max(slow, 1))
    truth = world.truth()
    assert found.presences.keys() == truth.keys()
    for site, stretches in found.presences.items():
        for (start, end), (came, went) in zip(told_of(stretches), truth[site], strict=True):
            assert abs(start - came) <= near
            assert end is not None
            assert abs(end - went) <= near
    steps = [seconds for _, seconds in steps_of(found)]
    assert [abs(one - (after - before)) <= slow for one in steps] == [True] * (before != after)
    assert judge([*reversed(told), *told, *world.polls()]) == found


@settings(max_examples=200)
@given(
    seed=st.integers(0, 2**32),
    before=st.sampled_from(OFFS),
    after=st.sampled_from(OFFS),
    at=st.integers(0, LENGTH),
    slow=st.sampled_from([0, 2, 9]),
)
def test_each_stretch_is_read_by_its_own_difference(
    seed: int, before: int, after: int, at: int, slow: int
):
    check_set_clock(Random(seed), before, after, at, slow)


def tells(events: list[Event], span: tuple[int, int]) -> bool:
    """Tell whether enough is told in a stretch for its clock to be known."""
    begins, ends = map(moment, span)
    own = sorted(one.at for one in events if begins <= one.at < ends)
    return len(own) >= 5 and own[-3] - own[2] >= timedelta(seconds=60)


@given(
    seed=st.integers(0, 2**32),
    before=st.sampled_from([-8, 0, 5, 8]),
    after=st.sampled_from([-300, 60, 1000]),
)
def test_a_rush_around_a_step_is_one_step(seed: int, before: int, after: int):
    """What is off by less than the post is read as it is: both sides are mixed by as much."""
    chance, skew = Random(seed), set_at(300, before, after)
    calm = [a_device(site, 30 * site, LENGTH - 30 * site) for site in range(1, 9)]
    rush = [a_device(site, chance.randint(290, 310), 3000) for site in range(9, 30)]
    told = [
        on_a_clock(one, skew, timedelta(seconds=chance.choice((0, 0, 1, 9))))
        for one in World(devices=[*calm, *rush]).events()
    ]

    found = judge(list(told))

    [step] = found.clock_steps
    assert abs(step.seconds - (after - before)) <= 20
    assert abs(step.period.start - moment(300)) <= timedelta(seconds=60)
