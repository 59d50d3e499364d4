"""The database stopped for half a minute under load: said plainly, survived, and over at once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import aiohttp
import asyncpg
import pytest

from tests.faults.clients import AWAY, PATH, a_wish, body_of
from tests.faults.conftest import House, serving_on
from tests.faults.freezing import frozen
from tests.service import speaking
from web.database import prepare
from web.embedded import Cluster, embedded
from web.embedded.roles import APP, DATABASE, OWNER
from web.migrations import migrate

CLIENTS = 16
PATIENCE_SECONDS = 60
BACK_WITHIN_SECONDS = 2

Outage = Callable[[AsyncExitStack, Cluster, Path], AbstractAsyncContextManager[None]]


class Watch:
    """What every answer was, and what the two health checks said when."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.bare: list[str] = []
        self.alive: Counter[int] = Counter()
        self.over = asyncio.Event()

    def note(self, answer: aiohttp.ClientResponse) -> None:
        self.statuses[answer.status] += 1
        if answer.status == 503 and "Retry-After" not in answer.headers:
            self.bare.append(str(answer.url))

    async def ask(self, house: House, chance: Random) -> None:
        """Read and book in turn, as fast as it goes."""
        url = house.services[0].url
        async with speaking(None, house.token) as session:
            while not self.over.is_set():
                async with session.get(f"{url}/api/v1/sites?q=muong") as answer:
                    self.note(answer)
                wish = a_wish(chance, house.communes, key="x", most=3, hours=50_000)
                async with session.post(url + PATH, json=body_of(wish)) as answer:
                    self.note(answer)

    async def live(self, house: House) -> None:
        """Ask whether the process lives."""
        async with aiohttp.ClientSession() as session:
            while not self.over.is_set():
                self.alive[await house.services[0].status(session, "/healthz")] += 1
                await asyncio.sleep(0.1)


async def until(house: House, path: str, status: int, token: str = "") -> float:
    """Ask until the status comes; return after how many seconds."""
    begun = time.perf_counter()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        aiohttp.ClientSession(house.services[0].url, headers=headers) as session,
    ):
        while True:
            try:
                async with session.get(path) as answer:
                    if answer.status == status:
                        return time.perf_counter() - begun
            except AWAY:
                pass
            await asyncio.sleep(0.02)


@asynccontextmanager
async def stopped(database: AsyncExitStack, cluster: Cluster, store: Path) -> AsyncIterator[None]:
    """Stop the database, and start it again afterwards."""
    await database.aclose()
    yield
    await database.enter_async_context(embedded(store))


@asynccontextmanager
async def frozen_store(
    database: AsyncExitStack, cluster: Cluster, store: Path
) -> AsyncIterator[None]:
    """Let the database hang: it neither answers nor hangs up."""
    with frozen(cluster.pid):
        yield


@pytest.mark.parametrize("outage", [stopped, frozen_store])
async def test_database_away_under_load_is_said_and_survived(
    outage: Outage, scratch: Path, chance: Random, seconds: Callable[[int], int]
) -> None:
    watch = Watch()
    store = scratch / "store"
    async with AsyncExitStack() as parts:
        database = AsyncExitStack()
        cluster = await database.enter_async_context(embedded(store))
        await migrate(cluster.url(OWNER, DATABASE), app_role=APP)
        conn = await asyncpg.connect(cluster.app_url)
        await prepare(conn)
        house = await parts.enter_async_context(
            serving_on(cluster.app_url, cluster.owner_url, conn, scratch / "keys.json")
        )
        await conn.close()
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(watch.ask(house, Random(chance.random())))
            group.create_task(watch.live(house))
            await asyncio.sleep(3)
            begun = time.perf_counter()
            async with outage(database, cluster, store):
                red = await until(house, "/readyz", 503)
                await asyncio.sleep(max(0.0, seconds(30) - (time.perf_counter() - begun)))
            back = await until(house, "/api/v1/sites", 200, house.token)
            green = await until(house, "/readyz", 200)
            await asyncio.sleep(2)
            watch.over.set()
        await parts.aclose()
        await database.aclose()

    print(f"{dict(watch.statuses)}, red {red:.1f} s, back {back:.1f} s, green {green:.1f} s")
    assert back < BACK_WITHIN_SECONDS
    assert set(watch.statuses) - {409} == {200, 201, 503}
    assert watch.bare == []
    assert set(watch.alive) == {200}
