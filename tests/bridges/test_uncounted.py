"""A bridge that counts more people than it told us of: their joining was lost without a trace."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.presence.attendance import attendance
from bridges.presence.evidence import Census, Evidence
from bridges.presence.stays import sort_out
from bridges.presence.uncounted import UNCOUNTED, uncounted
from meetings.model import BlindSpot, Period, SiteId
from tests.bridges.histories import (
    BORN,
    LATER,
    PERIOD,
    POLL,
    ROOM,
    Device,
    World,
    a_device,
    a_world,
    moment,
)

LONG = 300


def told_without(world: World, lost: Device | None) -> list[Evidence]:
    """Return what reaches us if nobody ever speaks of one device; the counts have it."""
    spoken = World(devices=[one for one in world.devices if one is not lost])
    return [*spoken.events(), *world.polls()]


def test_a_hall_of_which_nobody_told_is_counted_and_marked():
    lost = a_device(2, 600, 600 + LONG)
    world = World(devices=[a_device(1, 0, 3600), lost])

    found = attendance(told_without(world, lost), ROOM, PERIOD, now=LATER)

    spot = BlindSpot(period=Period(moment(600), moment(880)), reason=UNCOUNTED)
    assert found.blind_spots == (spot,)
    assert found.presences.keys() == {SiteId(1)}


def test_one_odd_count_marks_nothing():
    counts = [0, 1, 0, 0, 1]
    polls = [
        Census(at=moment(number * POLL), participants=count) for number, count in enumerate(counts)
    ]

    seen = sort_out(polls, ROOM)

    assert [uncounted(told) for told in seen.told.values()] == [[]]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 10))
def test_only_stretches_with_somebody_unspoken_of_are_marked(seed: int, number: int):
    world = a_world(Random(seed))
    lost = world.devices[number % len(world.devices)] if world.devices and number else None

    (told,) = sort_out(told_without(world, lost), ROOM).told.values()

    for begins, ends in uncounted(told):
        assert lost is not None
        assert moment(lost.came) <= begins < ends < moment(lost.noticed)


@settings(max_examples=50, deadline=None)
@given(st.integers(BORN + 60, 3000), st.integers(LONG, 3000))
def test_who_is_alone_and_unspoken_of_is_marked_from_count_to_count(came: int, length: int):
    lost = a_device(1, came, came + length)
    world = World(devices=[lost])

    (told,) = sort_out(told_without(world, lost), ROOM).told.values()

    ((begins, ends),) = uncounted(told)
    assert begins - moment(came) < timedelta(seconds=POLL)
    assert moment(came + length) - ends <= timedelta(seconds=POLL)
