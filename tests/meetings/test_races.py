"""Many who want the same at once: one gets it, the others are told who."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from meetings.attempts import attempt
from meetings.errors import NoSeats, SiteBusy, StaleVersion
from meetings.model import Changes
from meetings.scheduling.booking import amend, book
from meetings.scheduling.seats import hold_seats
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_wish, all_communes, some_sites
from web.database import open_pool

HOUR = timedelta(hours=1)
NOW = MONDAY_EIGHT - 24 * HOUR

COUNT_OVERLAPS = """
    SELECT count(*) FROM holds a JOIN holds b
        ON a.site_id = b.site_id AND a.conference_id < b.conference_id AND a.during && b.during
     WHERE a.firm AND b.firm
"""
COUNT_PARTIAL = """
    SELECT count(*) FROM conferences c
     WHERE (SELECT count(*) FROM holds h WHERE h.conference_id = c.id)
        <> (SELECT count(*) FROM invitations i WHERE i.conference_id = c.id)
        OR NOT EXISTS (SELECT FROM holds h WHERE h.conference_id = c.id)
"""


@pytest.fixture
async def wide(database):
    """Give a pool that lets many clients in at once."""
    async with open_pool(database, largest=24) as pool:
        yield pool


async def booked_or_rivals(pool, wish):
    """Book in a transaction of its own; return the conference's id, or the rivals' ids."""

    async def once():
        async with pool.acquire() as conn, conn.transaction():
            return (await book(conn, wish, by="token:robot", now=NOW)).id

    try:
        return await attempt(once)
    except SiteBusy as refusal:
        return {rival.conference for rival in refusal.rivals}


async def test_of_64_who_want_one_slot_exactly_one_gets_it(wide):
    """T-A1, short."""
    async with wide.acquire() as conn:
        await a_directory(conn)
        sites = await some_sites(conn, 1)
    for slot in range(20):
        async with wide.acquire() as conn:
            wish = await a_wish(conn, sites=sites, start=MONDAY_EIGHT + slot * 2 * HOUR)

        outcomes = await asyncio.gather(*(booked_or_rivals(wide, wish) for _ in range(64)))

        winners = [outcome for outcome in outcomes if isinstance(outcome, int)]
        losers = [outcome for outcome in outcomes if not isinstance(outcome, int)]
        assert (len(winners), losers) == (1, [set(winners)] * 63)


async def test_many_sites_in_any_order_never_deadlock(wide):
    """T-A3, short: nobody gives up, nothing overlaps, nothing is half-done."""
    async with wide.acquire() as conn:
        await a_directory(conn)
        communes = sorted(await all_communes(conn))
    until = asyncio.get_running_loop().time() + 5

    async def client(seed):
        chance = Random(seed)
        won = lost = 0
        while asyncio.get_running_loop().time() < until:
            chosen = chance.sample(communes, 12)
            start = MONDAY_EIGHT + chance.randrange(4000) * HOUR
            async with wide.acquire() as conn:
                wish = await a_wish(conn, sites=chosen, start=start, length=2 * HOUR)
            outcome = await booked_or_rivals(wide, wish)
            won, lost = won + isinstance(outcome, int), lost + isinstance(outcome, set)
        return won, lost

    counted = await asyncio.gather(*(client(seed) for seed in range(24)))

    async with wide.acquire() as conn:
        assert await conn.fetchval(COUNT_OVERLAPS) == 0
        assert await conn.fetchval(COUNT_PARTIAL) == 0
        assert await conn.fetchval("SELECT count(*) FROM conferences") == sum(
            won for won, _ in counted
        )
        assert (
            await conn.fetchval(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            )
            == 0
        )


async def test_of_two_editors_one_is_told_that_he_was_late(wide):
    """T-A9, short."""
    async with wide.acquire() as conn:
        await a_directory(conn)
        conference = await a_conference(conn)

    async def edit(version, title):
        async with wide.acquire() as conn, conn.transaction():
            try:
                changed = await amend(
                    conn,
                    conference.id,
                    Changes(title=title),
                    version=version,
                    by="person:1",
                    now=NOW,
                )
            except StaleVersion as refusal:
                return refusal.version
            else:
                return changed.title

    for version in range(1, 51):
        outcomes = await asyncio.gather(edit(version, f"a{version}"), edit(version, f"b{version}"))

        assert outcomes.count(version + 1) == 1
        assert len({f"a{version}", f"b{version}"} & set(outcomes)) == 1


async def test_a_pool_is_never_filled_over_its_seats(wide):
    async with wide.acquire() as conn:
        await a_directory(conn)
        sites = await some_sites(conn, 40)
        pool = await conn.fetchval(
            "INSERT INTO seat_pools (name, seats) VALUES ('tỉnh', 10) RETURNING id"
        )
        wishes = [await a_wish(conn, sites=sites[first : first + 2]) for first in range(0, 40, 2)]

    async def seated(wish):
        async with wide.acquire() as conn, conn.transaction():
            conference = await book(conn, wish, by="token:robot", now=NOW)
            await hold_seats(conn, conference, pool, seats=2)
            return conference.id

    outcomes = await asyncio.gather(*map(seated, wishes), return_exceptions=True)

    assert sum(isinstance(outcome, int) for outcome in outcomes) == 5
    assert sum(isinstance(outcome, NoSeats) for outcome in outcomes) == 15
    async with wide.acquire() as conn:
        assert await conn.fetchval("SELECT sum(seats) FROM seat_holds") == 10
        assert await conn.fetchval("SELECT count(*) FROM conferences") == 5


async def test_a_refused_booking_leaves_nothing(pool):
    async with pool.acquire() as conn:
        await a_directory(conn)
        first = await a_conference(conn, sites=1)
        wish = await a_wish(conn, sites=45)

    assert await booked_or_rivals(pool, wish) == {first.id}

    async with pool.acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM invitations") == 1
        assert await conn.fetchval("SELECT count(*) FROM holds") == 1
        assert await conn.fetchval("SELECT max(id) FROM conferences") == first.id
