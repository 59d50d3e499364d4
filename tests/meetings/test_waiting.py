"""The waiting list: freed halls are offered by rank, then time, and never to two at once."""

import asyncio
from datetime import timedelta

import pytest

from meetings.errors import IllegalMove
from meetings.model import State, Urgency
from meetings.scheduling.booking import cancel
from meetings.scheduling.waiting import OFFER, leave, list_waiting, offer_freed, put_on_list, wait
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_unit, a_wish, some_sites
from web.database import open_pool

NOW = MONDAY_EIGHT - timedelta(days=3)
BY = "program:test"
LETTERS = "SELECT payload->>'subject' FROM outbox WHERE key LIKE 'offer/%'"


@pytest.fixture
async def held(conn):
    await a_directory(conn)
    return await a_conference(conn)


async def waits(conn, minutes=0, urgency=Urgency.NORMAL, **what):
    wish = await a_wish(conn, **what)
    wish = type(wish)(
        **{name: getattr(wish, name) for name in wish.__slots__} | {"urgency": urgency}
    )
    return await wait(conn, wish, bridge="", by=BY, now=NOW + timedelta(minutes=minutes))


async def turn(conn, now=NOW):
    async with conn.transaction():
        return await offer_freed(conn, now)


async def free(conn, conference):
    await cancel(conn, conference.id, reason="", version=None, by=BY, now=NOW)


async def test_nothing_is_offered_while_the_halls_are_held(conn, held):
    waiting = await waits(conn)

    before = await turn(conn)
    await free(conn, held)

    assert (before, await turn(conn), await turn(conn)) == ([], [waiting.id], [])


async def test_rank_goes_before_time_and_time_before_nothing(conn, held):
    first = await waits(conn)
    second = await waits(conn, minutes=1)
    flash = await waits(conn, minutes=2, urgency=Urgency.FLASH)
    await free(conn, held)

    units = [first.host]
    none = await list_waiting(conn, units, offered=NOW)
    order = [(await turn(conn, NOW + place * (OFFER + timedelta(seconds=1)))) for place in range(3)]

    assert order == [[flash.id], [first.id], [second.id]]
    later = NOW + 2 * (OFFER + timedelta(seconds=1))
    offered = [one.conference for one in await list_waiting(conn, units, limit=1, offered=later)]
    assert (none, offered) == ([], [second.id])


async def test_other_halls_are_offered_in_the_same_turn(conn, held):
    sites = await some_sites(conn, 6)
    one, other = await waits(conn, sites=sites[:3]), await waits(conn, sites=sites[3:])
    await free(conn, held)

    assert sorted(await turn(conn)) == [one.id, other.id]


async def test_who_was_cancelled_or_is_too_late_waits_no_more(conn, held):
    gone, left = await waits(conn), await waits(conn)
    units = [(await a_unit(conn)).id]
    await cancel(conn, gone.id, reason="", version=None, by=BY, now=NOW)
    await leave(conn, left.id, by=BY, now=NOW)
    late = await waits(conn)

    await turn(conn, MONDAY_EIGHT)

    assert late.state is State.DRAFT
    assert await list_waiting(conn, units) == []


async def test_only_drafts_and_refused_requests_can_wait(conn, held):
    with pytest.raises(IllegalMove):
        await put_on_list(conn, held.id, by=BY, now=NOW)


async def test_two_workers_never_offer_one_slot_twice(database, conn, held):
    for round_ in range(10):
        rivals = [await waits(conn, minutes=minute) for minute in range(3)]
        if round_ == 0:
            await free(conn, held)
        async with open_pool(database, largest=4) as pool:

            async def work(pool=pool):
                async with pool.acquire() as own, own.transaction():
                    return await offer_freed(own, NOW)

            found = await asyncio.gather(*(work() for _ in range(4)))
        offered = [one for part in found for one in part]

        assert offered == [rivals[0].id]
        for one in rivals:
            await leave(conn, one.id, by=BY, now=NOW)
    assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'conference.offer'") == 10
