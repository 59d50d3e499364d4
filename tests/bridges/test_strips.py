"""Strips of beats, written in any order and as often as one likes, count as the beats alone do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.model import Event, EvidenceKind, Move, MoveReason, OccupantJid
from bridges.presence.attendance import attendance
from bridges.presence.beats import beaten, believed
from bridges.presence.endings import fell_silent, last_word
from bridges.presence.evidence import Beats, Evidence, Row
from bridges.presence.failover import Gap
from bridges.presence.seconds import Seconds
from bridges.presence.stays import Seen, Stay
from bridges.presence.strips import LENGTH, Place, Strip, strips_of
from bridges.presence.told import Told
from bridges.presence.undercounted import beats as all_through
from meetings.model import SiteId
from tests.bridges import one_by_one
from tests.bridges.histories import (
    LATER,
    NAME,
    PERIOD,
    ROOM,
    World,
    a_world,
    moment,
    on_a_clock,
)
from tests.bridges.histories import (
    LENGTH as HELD,
)

STEPS = (timedelta(hours=-1), timedelta(seconds=-90), timedelta(seconds=70), timedelta(hours=2))
SITE, OTHER = SiteId(1), SiteId(2)
chances = st.integers(0, 2**32).map(Random)
rests = st.lists(st.sampled_from((1, 9, 10, 11, 31, 60, 74, 75, 76, 160, 400)), max_size=80)
begins = st.integers(-100, 900)
milliseconds = st.integers(-200_000, 4_000_000).map(lambda ms: moment(ms / 1000))


def a_beat(site: int, second: float, generation: int = 1) -> Row:
    return Row(
        key=b"",
        bridge="lab",
        kind=EvidenceKind.HEARTBEAT,
        room=NAME,
        body={"site": site, "generation": generation},
        received_at=moment(second),
    )


def written(batches: Iterable[Sequence[Row]]) -> list[Evidence]:
    """Return what a database holds after batches: it adds each strip's bits to those there."""
    rows: dict[Place, int] = {}
    for batch in batches:
        for strip in strips_of(batch):
            rows[strip.place] = rows.get(strip.place, 0) | int.from_bytes(strip.stored, "big")
    return [
        Beats(site=place.site, seconds=Seconds.from_bits(place.begins, bits))
        for place, bits in rows.items()
    ]


def in_batches(rows: list[Row], chance: Random) -> list[list[Row]]:
    """Return rows in any order, some doubled, as batches of which some are taken again."""
    told = [*rows, *chance.choices(rows, k=len(rows) // 4)] if rows else []
    chance.shuffle(told)
    batches = []
    while told:
        size = chance.randint(1, 60)
        batches.append(told[:size])
        told = told[size:]
    return [*batches, *chance.sample(batches, k=len(batches) // 3)]


def rows_of(world: World, chance: Random) -> list[Row]:
    """Return the beats of a world's pages; those of a second device lie between, some are lost."""
    return [
        a_beat(site, second + chance.randrange(2) * chance.randrange(10) + chance.random())
        for site, seconds in sorted(world.beats.items())
        for second in sorted(seconds)
        if chance.random() > 0.1
    ]


def told_by(world: World, chance: Random) -> list[Evidence]:
    """Return what a bridge told and answered, some of it lost, its clock set in between."""
    step, by = moment(chance.randrange(HELD)), chance.choice(STEPS)
    told: list[Evidence] = [
        on_a_clock(one, lambda at: by if at > step else timedelta(), timedelta(seconds=1))
        for one in world.events()
    ]
    lost = chance.choice(({EvidenceKind.LEFT}, {EvidenceKind.LEFT, EvidenceKind.DESTROYED}, set()))
    heard = [one for one in told if not (isinstance(one, Event) and one.kind in lost)]
    return [one for one in (*heard, *world.polls()) if chance.random() > 0.05]


def a_move(chance: Random) -> Move:
    moved = chance.randrange(HELD) + chance.random()
    return Move(
        source="",
        target="other",
        reason=MoveReason.FAILOVER,
        heard_at=moment(moved - chance.randrange(60)),
        moved_at=moment(moved),
    )


@settings(max_examples=40, deadline=None)
@given(chances)
def test_in_any_order_doubled_and_taken_again_they_count_as_each_beat_alone(chance: Random):
    world = a_world(chance, cuts=True, sides=False)
    rows, told = rows_of(world, chance), told_by(world, chance)
    moves = [a_move(chance)] if chance.random() < 0.3 else []
    now = chance.choice((LATER, moment(chance.randrange(HELD))))
    alone = [
        Beats(site=SiteId(row.body["site"]), seconds=Seconds.of([row.received_at])) for row in rows
    ]

    strips = written(in_batches(rows, chance))

    assert attendance([*strips, *told], ROOM, PERIOD, moves=moves, now=now) == attendance(
        [*told, *alone], ROOM, PERIOD, moves=moves, now=now
    )


def moments_of(first: int, between: Iterable[int]) -> list[datetime]:
    """Return beats with so many seconds between them."""
    found = [first]
    for seconds in between:
        found.append(found[-1] + seconds)
    return [moment(second) for second in found]


@settings(max_examples=150, deadline=None)
@given(begins, rests, milliseconds, milliseconds, milliseconds, milliseconds)
def test_stretches_without_empty_rooms_and_dead_bridges_are_those_of_the_beats(
    first: int, between: list[int], one: datetime, other: datetime, dead: datetime, back: datetime
):
    beats = moments_of(first, between)
    empty, gaps = [(one, max(one, other))], [Gap(begins=dead, ends=max(dead, back), back={})]

    found = beaten(believed(Seconds.of(beats), empty), gaps)

    assert [(each.start, each.end) for each in found] == one_by_one.beaten(beats, empty, gaps)


def a_stay(joined: datetime) -> Stay:
    return Stay(
        bridge="lab",
        breakout="",
        jid=OccupantJid("one@meet.lab/x"),
        site=SITE,
        joined_at=joined,
        left_at=None,
    )


@settings(max_examples=150, deadline=None)
@given(begins, rests, begins, rests, milliseconds, milliseconds)
def test_where_a_page_fell_silent_is_as_its_beats_say(
    first: int, between: list[int], second: int, others: list[int], one: datetime, left: datetime
):
    beats, heard = moments_of(first, between), moments_of(second, others)
    joined = min(one, left)
    seen = Seen(told={}, heartbeats={SITE: Seconds.of(beats), OTHER: Seconds.of(heard)})

    for end in (left, beats[-1] + timedelta(seconds=31), beats[-1] + timedelta(seconds=200.5)):
        for start in (joined, beats[0] - timedelta(seconds=30), beats[0]):
            assert last_word(SITE, seen, start, end) == one_by_one.last_word(
                beats, heard, start, end
            )
            assert fell_silent(a_stay(start), seen, Told(), end) == one_by_one.fell_silent(
                beats, heard, start, end
            )
            assert all_through(SITE, start, end, seen) == one_by_one.all_through(beats, start, end)


def test_a_strip_holds_half_an_hour_of_one_link():
    edge = -moment(0).timestamp() % LENGTH
    rows = [a_beat(7, edge - 1), a_beat(7, edge), a_beat(7, edge), a_beat(7, edge, generation=2)]

    found = strips_of(reversed(rows))

    begins = int(moment(edge).timestamp())
    assert found == [
        Strip(place=Place("lab", NAME, SiteId(7), 1, begins - LENGTH), bits=1 << (LENGTH - 1)),
        Strip(place=Place("lab", NAME, SiteId(7), 1, begins), bits=1),
        Strip(place=Place("lab", NAME, SiteId(7), 2, begins), bits=1),
    ]
