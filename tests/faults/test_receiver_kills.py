"""The receiver killed and the database frozen: what was acknowledged is drained exactly once."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random

import asyncpg

from meetings.store import Connection
from tests.bridges.makers import a_bridge
from tests.bridges.receiving import Receiving, receiving
from tests.faults.freezing import frozen
from web.embedded import embedded
from web.embedded.roles import APP, DATABASE, OWNER
from web.migrations import migrate

SENDERS = 32
PATIENCE_SECONDS = 120
COUNT_ROOMS = "SELECT room, count(*) FROM evidence GROUP BY room"
"""Each event of these tests is of a room of its own."""


class Load:
    """Senders that post events, each over a connection of its own, until told to stop."""

    def __init__(self) -> None:
        self.numbers = count()
        self.acknowledged: set[str] = set()
        self.sent: set[str] = set()
        self.latencies: list[float] = []

    async def send(self, receiver: Receiving) -> None:
        """Post one event, as often as it takes to be acknowledged or as the receiver lives."""
        room = f"briefing-20261123-{next(self.numbers):010d}"
        self.sent.add(room)
        body = json.dumps({"room_name": room, "created_at": 1795462682}).encode()
        begun = time.perf_counter()
        if await receiver.post("room/created", body) == 200:
            self.latencies.append(time.perf_counter() - begun)
            self.acknowledged.add(room)

    async def send_until(self, receiver: Receiving, enough: int) -> None:
        """Post until so many are acknowledged, or the receiver is gone."""
        while len(self.acknowledged) < enough:
            try:
                await self.send(receiver)
            except (OSError, IndexError):
                return

    async def all_send(self, receiver: Receiving, enough: int) -> None:
        await asyncio.gather(*(self.send_until(receiver, enough) for _ in range(SENDERS)))


async def drained(conn: Connection, wanted: set[str]) -> Counter[str]:
    """Wait until all that is wanted has arrived; return how often each has."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = Counter(dict(map(tuple, await conn.fetch(COUNT_ROOMS))))
            if wanted <= set(found):
                return found
            await asyncio.sleep(0.1)


async def known(receiver: Receiving) -> None:
    """Wait until the receiver has heard of the bridge from the database."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await receiver.post("room/created", b"{") in {404, 503}:
            await asyncio.sleep(0.05)


async def test_killed_receiver_has_every_acknowledged_event_drained_once(
    database: str,
    conn: Connection,
    scratch: Path,
    chance: Random,
    rounds: Callable[[int], int],
) -> None:
    await a_bridge(conn)
    load = Load()
    for _ in range(rounds(30)):
        async with receiving(scratch, database=database) as receiver:
            await known(receiver)
            at = len(load.acknowledged) + chance.randrange(1, 800)
            sending = asyncio.create_task(load.all_send(receiver, at + 10_000))
            while len(load.acknowledged) < at:
                await asyncio.sleep(0)
            await receiver.kill()
            await sending

    async with receiving(scratch, database=database):
        found = await drained(conn, load.acknowledged)

    print(f"{len(load.acknowledged)} acknowledged, {len(found)} there")
    assert set(found.values()) == {1}
    assert set(found) <= load.sent


async def test_receiver_does_not_notice_a_frozen_database(
    scratch: Path, rounds: Callable[[int], int]
) -> None:
    load = Load()
    async with embedded(scratch / "data") as cluster:
        await migrate(cluster.url(OWNER, DATABASE), app_role=APP)
        conn = await asyncpg.connect(cluster.app_url)
        await a_bridge(conn)
        async with receiving(scratch / "receiver", database=cluster.app_url) as receiver:
            await known(receiver)
            with frozen(cluster.pid):
                await load.all_send(receiver, rounds(5_000))
            found = await drained(conn, load.acknowledged)
        await conn.close()

    late = sorted(load.latencies)[int(0.99 * len(load.latencies))]
    print(f"{len(load.acknowledged)} acknowledged, p99 {late * 1000:.1f} ms with the store frozen")
    assert load.acknowledged == load.sent
    assert found == Counter(load.sent)
