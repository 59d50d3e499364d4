"""T-A2 and T-A10: two services on one database, one of them killed every five seconds.

Halls, shared lines and officials clash; every refusal must name who really held what was wanted.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from meetings.store import Connection
from tests.faults.clients import a_wish, book, cancel
from tests.faults.conftest import House, serving_on, share_lines
from tests.faults.history import COUNT_DEADLOCKS, Call, contradictions
from tests.service import Service, speaking

CLIENTS = 48
MOST_SITES = 12
HOURS = 600
LINES = 6
KILL_EVERY_SECONDS = 5


async def client(
    number: int, house: House, chance: Random, calls: list[Call], over: asyncio.Event
) -> None:
    """Book and call off at random; leave no wish unsettled."""
    urls = [one.url for one in house.services]
    chance.shuffle(urls)
    mine: list[Call] = []
    async with speaking(None, house.token) as session:
        while not over.is_set():
            key = f"{number}-{len(calls)}"
            call = a_wish(
                chance, house.communes, house.officials, key=key, most=MOST_SITES, hours=HOURS
            )
            calls.append(call)
            if (await book(session, urls, call)).is_booked:
                mine.append(call)
            if mine and chance.random() < 0.3:
                await cancel(session, urls, mine.pop(chance.randrange(len(mine))))


async def nemesis(services: Sequence[Service], over: asyncio.Event, length: float) -> list[float]:
    """Kill one service after the other and start it again; return how long each was away."""
    away: list[float] = []
    deadline = time.monotonic() + length
    while (left := deadline - time.monotonic()) > 0:
        await asyncio.sleep(min(KILL_EVERY_SECONDS, left))
        victim = services[len(away) % len(services)]
        begun = time.monotonic()
        await victim.kill()
        await victim.start()
        await victim.ready()
        away.append(time.monotonic() - begun)
    over.set()
    return away


async def test_two_services_under_kills_keep_every_promise(
    database: str,
    owner_database: str,
    conn: Connection,
    scratch: Path,
    chance: Random,
    seconds: Callable[[int], int],
):
    calls: list[Call] = []
    over = asyncio.Event()
    async with serving_on(database, owner_database, conn, scratch / "keys.json", count=2) as house:
        await share_lines(conn, LINES)
        seeds = [chance.random() for _ in range(CLIENTS)]
        async with asyncio.TaskGroup() as group:
            killer = group.create_task(nemesis(house.services, over, seconds(60)))
            for number, seed in enumerate(seeds):
                group.create_task(client(number, house, Random(seed), calls, over))
        said = [one.said() for one in house.services]

    told = Counter(call.status for call in calls)
    print(
        f"{len(calls)} wishes, {told}, {sum(call.tries > 1 for call in calls)} asked again, "
        f"away {[round(it, 1) for it in killer.result()]} s"
    )
    assert await contradictions(conn, calls) == []
    assert await conn.fetchval(COUNT_DEADLOCKS) == 0
    assert [line for text in said for line in text.splitlines() if "request failed" in line] == []
