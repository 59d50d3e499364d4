"""T-A8 in full: two pending requests for one slot, approved at once; and the same with notices."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from meetings.approving import approve, tell_clash
from meetings.asking import request
from meetings.attempts import attempt
from meetings.booking import cancel
from meetings.chains import Decider
from meetings.errors import SiteBusy
from meetings.model import Conference, Grant, Role, State, UnitId
from meetings.store import Connection
from tests.faults.clients import FIRST
from tests.makers import a_directory, a_unit, a_wish
from web.database import Pool, open_pool

NOW = FIRST - timedelta(hours=1)
BY = "token:robot"


async def answer(pool: Pool, asked: Conference, decider: Decider) -> str:
    """Approve in a transaction of its own, as the handlers do; say how it ended."""

    async def once() -> str:
        async with pool.acquire() as conn, conn.transaction():
            after = await approve(conn, asked.id, decider=decider, version=1, now=NOW)
            return after.state.value

    try:
        return await attempt(once)
    except SiteBusy as busy:
        async with pool.acquire() as conn, conn.transaction():
            await tell_clash(conn, asked.id, busy, by=BY, now=NOW)
        return "clash"


async def test_of_two_pending_requests_exactly_one_is_approved(
    database: str, conn: Connection, rounds: Callable[[int], int]
) -> None:
    await a_directory(conn)
    unit = UnitId((await a_unit(conn)).id)
    grants = frozenset({Grant(role=Role.LEADER, unit=unit)})
    decider = Decider(name="person:1", person=None, grants=grants)
    told: Counter[str] = Counter()
    async with open_pool(database, largest=4) as pool:
        for number in range(count := rounds(1_000)):
            wish = await a_wish(conn, start=FIRST)
            async with conn.transaction():
                pair = [
                    await request(conn, wish, steps=(), bridge="", by=BY, now=NOW) for _ in range(2)
                ]

            ends = await asyncio.gather(*(answer(pool, one, decider) for one in pair))

            assert sorted(ends) == ["clash", State.CONFIRMED.value], f"round {number}"
            told.update(ends)
            async with conn.transaction():
                for one in pair:
                    await cancel(conn, one.id, reason="", version=None, by=BY, now=NOW)
    clashes = "SELECT count(*) FROM audit WHERE action = 'conference.clash'"
    assert await conn.fetchval(clashes) == count
    assert told == {"clash": count, State.CONFIRMED.value: count}
