"""T-A1 and T-A3 in full: many who want the same halls, officials and lines."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from meetings.attempts import attempt
from meetings.errors import Contended, SiteBusy
from meetings.model import ConferenceId, Period, Wish
from meetings.scheduling.booking import book as book_directly
from meetings.scheduling.booking import cancel as cancel_directly
from meetings.store import Connection
from tests.faults.clients import FIRST, book, cancel, wire
from tests.faults.conftest import serving_on, share_lines
from tests.faults.history import (
    CONFLICT,
    COUNT_DEADLOCKS,
    COUNT_OVERLAPS,
    CREATED,
    Call,
    contradictions,
)
from tests.makers import a_directory, a_wish, all_communes, an_official, some_sites
from tests.service import speaking
from web.database import Pool, open_pool

CLIENTS = 64
CROWD = 24
SITES, LINES, PEOPLE = 12, 6, 4
ROBOT = "token:robot"
NOW = FIRST - timedelta(hours=1)
LIST_SHARING = "SELECT id FROM sites WHERE line_id IS NOT NULL ORDER BY id"
COUNT_PARTIAL = """
    SELECT count(*) FROM conferences c
     WHERE (SELECT count(*) FROM holds h WHERE h.conference_id = c.id) <> $1
        OR (SELECT count(*) FROM invitations i WHERE i.conference_id = c.id) <> $1
"""


PATIENT = "SET LOCAL statement_timeout = '60s'"
"""The last of 64 waits for all before it, on a machine that others use too."""


@pytest.fixture
async def wide(database: str) -> AsyncIterator[Pool]:
    """Give a pool that lets many clients in at once."""
    async with open_pool(database, largest=CROWD) as pool:
        yield pool


async def outcome(pool: Pool, wish: Wish, isolation: str = "read_committed") -> int | set[int]:
    """Book in a transaction of its own; return the conference's id, or who is in the way."""

    async def once() -> int:
        async with pool.acquire() as conn, conn.transaction(isolation=isolation):  # type: ignore[arg-type]  # a name
            await conn.execute(PATIENT)
            return (await book_directly(conn, wish, by=ROBOT, now=NOW)).id

    try:
        return await attempt(once)
    except SiteBusy as refusal:
        return {reason.holder.id for reason in refusal.reasons if reason.holder}


async def rivals_for(what: str, conn: Connection) -> list[Wish]:
    """Return wishes that cannot go together: for one hall, one official, or halls of one line."""
    halls = await some_sites(conn, 45)
    chair = await an_official(conn)
    if what == "line":
        await share_lines(conn, 1)
        halls = [row["id"] for row in await conn.fetch(LIST_SHARING)]
    wanted = halls[:1] if what == "hall" else halls
    chairs = {"chair_id": chair} if what == "official" else {}
    return [await a_wish(conn, sites=[site], start=FIRST, **chairs) for site in wanted]  # type: ignore[arg-type]  # as named


@pytest.mark.parametrize("what", ["hall", "official", "line"])
async def test_one_of_64_gets_each_slot(
    what: str, wide: Pool, conn: Connection, rounds: Callable[[int], int]
) -> None:
    await a_directory(conn)
    wishes = await rivals_for(what, conn)
    count = rounds(10_000 if what == "hall" else 1_000)
    for number in range(count):
        wanted = [wishes[place % len(wishes)] for place in range(CLIENTS)]
        outcomes = await asyncio.gather(*(outcome(wide, wish) for wish in wanted))

        winners = [one for one in outcomes if isinstance(one, int)]
        losers = [one for one in outcomes if not isinstance(one, int)]
        assert (len(winners), losers) == (1, [set(winners)] * (CLIENTS - 1)), f"round {number}"
        won = ConferenceId(winners[0])
        await cancel_directly(conn, won, reason="", version=None, by=ROBOT, now=NOW)
    assert await conn.fetchval("SELECT count(*) FROM conferences") == count
    assert await conn.fetchval("SELECT count(*) FROM audit WHERE action LIKE 'conf%'") == 2 * count


async def test_one_of_64_gets_each_slot_over_http(
    database: str,
    owner_database: str,
    conn: Connection,
    scratch: Path,
    rounds: Callable[[int], int],
) -> None:
    calls: list[Call] = []
    async with serving_on(database, owner_database, conn, scratch / "keys.json") as house:
        urls = [house.services[0].url]
        site, end = house.communes[0], wire(FIRST + timedelta(hours=1))
        async with speaking(None, house.token) as session:
            for number in range(rounds(1_000)):
                wishes = [
                    Call(key=f"{number}-{n}", sites=frozenset({site}), start=wire(FIRST), end=end)
                    for n in range(CLIENTS)
                ]
                calls += wishes
                told = await asyncio.gather(*(book(session, urls, call) for call in wishes))

                statuses = Counter(call.status for call in told)
                assert statuses == {CREATED: 1, CONFLICT: CLIENTS - 1}, f"round {number}"
                await cancel(session, urls, next(call for call in told if call.is_booked))

    print(f"{sum(call.tries > 1 for call in calls)} of {len(calls)} were asked to come again")
    assert await contradictions(conn, calls) == []


@pytest.mark.parametrize("isolation", ["read_committed", "serializable"])
async def test_many_halls_in_any_order_never_deadlock(
    isolation: str,
    wide: Pool,
    conn: Connection,
    chance: Random,
    seconds: Callable[[int], int],
) -> None:
    await a_directory(conn)
    communes = sorted(await all_communes(conn))
    await share_lines(conn, LINES)
    officials = [row["id"] for row in await conn.fetch("SELECT id FROM officials ORDER BY id")]
    pattern = await a_wish(conn, sites=1)
    length = timedelta(hours=2)
    until = time.monotonic() + seconds(60)

    async def client(luck: Random) -> Counter[str]:
        told: Counter[str] = Counter()
        while time.monotonic() < until:
            start = FIRST + timedelta(hours=luck.randrange(2000))
            sites, people = luck.sample(communes, SITES), luck.sample(officials, PEOPLE)
            wish = replace(
                pattern,
                main_site=sites[0],
                sites=frozenset(sites),
                period=Period(start, start + length),
                chair_id=people[0],
                delegates=frozenset(people[1:]),
            )
            try:
                won = isinstance(await outcome(wide, wish, isolation), int)
                told["booked" if won else "refused"] += 1
            except Contended:
                told["gave up"] += 1
        return told

    lucks = [Random(chance.random()) for _ in range(CROWD)]
    told = sum(await asyncio.gather(*(client(luck) for luck in lucks)), Counter())

    print(f"{isolation}: {dict(told)}")
    assert await conn.fetchval(COUNT_OVERLAPS) == 0
    assert await conn.fetchval(COUNT_PARTIAL, SITES) == 0
    assert await conn.fetchval("SELECT count(*) FROM conferences") == told["booked"]
    assert await conn.fetchval(COUNT_DEADLOCKS) == 0
    # A serializable transaction sees the store as it was before it waited for its locks, so it
    # may lose every try; the program never asks for one (web.database), and giving up is honest.
    assert isolation == "serializable" or told["gave up"] == 0
