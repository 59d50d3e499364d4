"""T-C5, C6, C9, C10 in short: the record of random histories against the truth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from bridges.model import EvidenceKind
from bridges.presence.attendance import Attendance, attendance
from bridges.presence.evidence import Evidence
from tests.bridges.histories import (
    LATER,
    PERIOD,
    POLL,
    ROOM,
    World,
    a_world,
    moment,
    on_a_clock,
    told_of,
)

SEED = 20261124
HISTORIES = 150
REST = 75
ONE_KIND = (
    EvidenceKind.CREATED,
    EvidenceKind.JOINED,
    EvidenceKind.LEFT,
    EvidenceKind.DESTROYED,
)


def judge(evidence: list[Evidence]) -> Attendance:
    return attendance(evidence, ROOM, PERIOD, now=LATER)


def mixed(evidence: list[Evidence], chance: Random) -> list[Evidence]:
    """Return the evidence in any order, some of it twice."""
    told = [*evidence, *chance.choices(evidence, k=len(evidence) // 3)] if evidence else []
    chance.shuffle(told)
    return told


def record_of(found: Attendance) -> dict[object, object]:
    return {site: told_of(intervals) for site, intervals in found.presences.items()}


def check_order(chance: Random) -> None:
    """C5 and C9: in any order and however often, with side rooms and two devices at once."""
    world = a_world(chance)

    found = judge(mixed([*world.events(), *world.polls()], chance))

    assert record_of(found) == world.truth()
    assert found.blind_spots == ()


def check_lost_kind(chance: Random, lost: EvidenceKind) -> None:
    """C6: without one kind of event nothing is lost, whoever walks through a side room too."""
    world = a_world(chance)

    told = [one for one in world.events() if one.kind is not lost]

    assert record_of(judge(mixed([*told, *world.polls()], chance))) == world.truth()


def check_lost_ends(chance: Random) -> None:
    """C6: without any end, polls close every stay within two of them, and it is marked."""
    world = a_world(chance, sides=False)
    ends = {EvidenceKind.LEFT, EvidenceKind.DESTROYED}

    told = [one for one in world.events() if one.kind not in ends]
    found = judge(mixed([*told, *world.polls()], chance))

    assert found.presences.keys() == world.truth().keys()
    for site, intervals in found.presences.items():
        truth = world.truth()[site]
        assert abs(seconds(told_of(intervals)) - seconds(truth)) <= 2 * POLL * len(world.devices)
        assert all(one.end_evidence == "census" for one in intervals)
        assert all(one.end is not None and one.end <= ROOM.closes_at for one in intervals)


def check_lost_some(chance: Random) -> None:
    """C6: with any twentieth lost, nobody stays open, nobody is in who never came."""
    world = a_world(chance)

    told = [one for one in world.events() if chance.random() > 0.05]
    found = judge(mixed([*told, *world.polls()], chance))

    assert found.presences.keys() <= world.truth().keys()
    for site, intervals in found.presences.items():
        assert all(one.end is not None and one.end <= ROOM.closes_at for one in intervals)
        wrong = seconds(told_of(intervals)) - seconds(world.truth()[site])
        assert wrong <= 2 * POLL * len(world.devices) or has_side(world, site)


def check_ghosts(chance: Random) -> None:
    """C10: a cut line is told 60 to 180 s late; the page's last word is nearer, and is marked."""
    world = a_world(chance, cuts=True, sides=False)

    bare = judge(mixed([*world.events(), *world.polls()], chance))
    with_pages = judge(mixed([*world.events(), *world.polls(), *world.heartbeats()], chance))

    assert record_of(bare) == world.truth(noticed=True)
    assert with_pages.presences.keys() == world.truth().keys()
    for site, intervals in with_pages.presences.items():
        late = seconds(told_of(intervals)) - seconds(world.truth()[site])
        ghosts = seconds(world.truth(noticed=True)[site]) - seconds(world.truth()[site])
        assert late <= ghosts + REST * len(world.devices)
        assert all((before.end or LATER) < after.start for before, after in pairwise(intervals))


def has_side(world: World, site: object) -> bool:
    return any(one.room for one in world.devices if one.site == site)


def seconds(told: Iterable[tuple[datetime, datetime | None]]) -> float:
    return sum(((end or LATER) - start).total_seconds() for start, end in told)


def test_any_order_doubling_side_rooms_and_second_devices_give_the_truth():
    chance = Random(SEED)

    for _ in range(HISTORIES):
        check_order(chance)


@pytest.mark.parametrize("lost", ONE_KIND)
def test_a_kind_of_event_may_be_lost(lost: EvidenceKind):
    chance = Random(SEED)

    for _ in range(HISTORIES // 3):
        check_lost_kind(chance, lost)


def test_without_any_end_polls_close_every_stay_and_say_so():
    chance = Random(SEED)

    for _ in range(HISTORIES // 3):
        check_lost_ends(chance)


def test_with_a_twentieth_lost_nobody_stays_for_ever():
    chance = Random(SEED)

    for _ in range(HISTORIES // 3):
        check_lost_some(chance)


def test_a_ghost_is_shorter_where_its_page_was_heard():
    chance = Random(SEED)

    for _ in range(HISTORIES // 3):
        check_ghosts(chance)


def test_one_cut_line_ends_where_the_page_fell_silent():
    world = World()
    stays = a_world(Random(3), halls=1, cuts=False, sides=False)
    first = (stays.devices or a_world(Random(4), halls=1, sides=False).devices)[0]
    first.noticed = first.out + 120
    world.devices, world.beats = [first], {first.site: set(range(first.came, first.out, 10))}

    found = judge([*world.events(), *world.polls(), *world.heartbeats()])

    [intervals] = found.presences.values()
    last_beat = moment(max(world.beats[first.site]))
    assert [(one.end, one.end_evidence) for one in intervals] == [(last_beat, "estimated")]
    assert moment(first.out) - last_beat <= timedelta(seconds=10)


@pytest.mark.parametrize("off", [-25200, -200, -60, -25, 25, 60, 200, 25200])
def test_a_clock_that_is_off_is_read_right(off: int):
    chance = Random(SEED + off)
    for _ in range(20):
        world = a_world(chance, sides=False)
        if len(world.devices) < 3:
            continue
        told = [on_a_clock(one, lambda _: timedelta(seconds=off)) for one in world.events()]

        found = judge(mixed([*told, *world.polls()], chance))

        for site, intervals in found.presences.items():
            for (start, end), (true, gone) in zip(
                told_of(intervals), world.truth()[site], strict=True
            ):
                assert abs((start - true).total_seconds()) <= 1
                assert end is not None
                assert abs((end - gone).total_seconds()) <= 1
