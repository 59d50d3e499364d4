"""Writers queue for halls: in order, never in a circle, and not for ever."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.errors import Contended
from meetings.model import Period
from web.scheduling.queueing import Place, Queue, places_of

PLACES = st.lists(st.tuples(st.integers(1, 2), st.integers(0, 4)), max_size=6)
MONDAY = datetime(2026, 11, 30, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def stay(queue: Queue, places: list[Place], log: list[int], name: int) -> None:
    async with queue.passing(places):
        log.append(name)
        await asyncio.sleep(0)
        log.append(name)


@given(st.lists(PLACES, max_size=12))
def test_writers_of_any_places_all_pass_and_never_meet(wanted: list[list[Place]]):
    queue, inside = Queue(), set[tuple[int, Place]]()

    async def writer(name: int, places: list[Place]) -> None:
        async with queue.passing(places):
            own = {(name, place) for place in places}
            assert not {place for _, place in inside} & set(places)
            inside.update(own)
            await asyncio.sleep(0)
            inside.difference_update(own)

    async def run() -> None:
        await asyncio.gather(*(writer(name, places) for name, places in enumerate(wanted)))

    asyncio.run(run())

    assert (queue.locks, dict(queue.waiting)) == ({}, {})


async def test_writers_of_one_place_pass_in_the_order_they_came():
    queue, log = Queue(), list[int]()

    await asyncio.gather(*(stay(queue, [(1, 7)], log, name) for name in range(50)))

    assert log == [name for name in range(50) for _ in range(2)]
    assert all(before <= after for before, after in pairwise(log))


async def test_writers_of_other_places_do_not_wait():
    queue, log = Queue(), list[int]()

    async with queue.passing([(1, 7)]):
        await stay(queue, [(1, 8), (2, 7)], log, 1)

    assert log == [1, 1]


async def test_writer_who_waits_too_long_is_told_and_leaves_all_he_had():
    queue = Queue(longest=timedelta(milliseconds=20))

    async with queue.passing([(1, 7)]):
        with pytest.raises(Contended):
            await stay(queue, [(1, 3), (1, 7)], [], 1)
        await stay(queue, [(1, 3)], [], 2)
    await stay(queue, [(1, 7)], [], 3)

    assert (queue.locks, dict(queue.waiting)) == ({}, {})


async def test_writer_who_goes_away_leaves_the_place_to_the_next():
    queue, log = Queue(), list[int]()
    async with queue.passing([(1, 7)]):
        gone = asyncio.create_task(stay(queue, [(1, 7)], log, 1))
        next_one = asyncio.create_task(stay(queue, [(1, 7)], log, 2))
        await asyncio.sleep(0)
        gone.cancel()
    await next_one

    assert (gone.cancelled(), log, queue.locks) == (True, [2, 2], {})


def test_bookings_that_could_clash_share_a_place():
    night = Period(MONDAY + 22 * HOUR, MONDAY + 24 * HOUR)
    one, other = places_of([5, 9], Period(MONDAY, MONDAY + 23 * HOUR)), places_of([9], night)

    assert set(one) & set(other)
    assert not set(one) & set(places_of([6], night))
