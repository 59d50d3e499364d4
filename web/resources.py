"""What the application opens when it starts, in the order in which one needs the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

from aiohttp import web

from bridges.entry.snapshot import Snapshot
from bridges.entry.tokens_ahead import TokensAhead
from bridges.errors import SnapshotMissing
from bridges.spooling.spool import Spool
from web.access.passwords import Passwords
from web.database import connection, open_pool
from web.errors import DatabaseDown
from web.jobs import GRACE, Job, running, take_turn
from web.keys import (
    ADMISSIONS,
    CLOCK,
    DATABASE_URL,
    KEYRING,
    METRICS,
    NEWS,
    OFFICE,
    PASSWORDS,
    POOL,
    PROVER,
    SETTINGS,
    SNAPSHOT,
    STOP,
    TOKENS,
)
from web.live import News
from web.scheduling.remembering import Office

PICTURE = "snapshot"
PICTURE_AGE = timedelta(seconds=15)
TOKENS_AGE = timedelta(seconds=5)
BREATH = timedelta(milliseconds=250)
"""Between two pictures, so that a burst of bookings is not followed by a burst of pictures."""


async def stopping(app: web.Application) -> AsyncIterator[None]:
    """Keep the event that tells everything here to stop."""
    app[STOP] = asyncio.Event()
    yield
    app[STOP].set()


async def hashing(app: web.Application) -> AsyncIterator[None]:
    """Keep the threads that hash passwords."""
    app[PASSWORDS] = await asyncio.to_thread(Passwords)
    yield
    app[PASSWORDS].close()


async def proving(app: web.Application) -> AsyncIterator[None]:
    """Keep the threads that ask the directory service, where there is one."""
    service = app[SETTINGS].ldap
    app[PROVER] = None
    if service is None:
        yield
        return
    from web.ldap.proving import Prover  # noqa: PLC0415 - only where it is set: slow to import

    prover = app[PROVER] = Prover(service)
    yield
    prover.close()


async def pooling(app: web.Application) -> AsyncIterator[None]:
    """Keep a pool of connections; it connects when it is used."""
    async with open_pool(app[DATABASE_URL]) as pool:
        app[POOL] = pool
        yield
        # Handlers that were cut off may still hold connections; do not wait for them for ever.
        try:
            async with asyncio.timeout(GRACE.total_seconds()):
                await pool.close()
        except TimeoutError:
            pool.terminate()


async def listening(app: web.Application) -> AsyncIterator[None]:
    """Listen for news as long as the application runs."""
    app[NEWS] = News()
    task = asyncio.create_task(app[NEWS].listen(app[DATABASE_URL]), name="news")
    yield
    await end(task)


async def picturing(app: web.Application) -> AsyncIterator[None]:
    """Keep the day's picture fresh: at every piece of news, and every few seconds without any."""
    app[SNAPSHOT] = Snapshot(app[SETTINGS].data, app[KEYRING])
    await asyncio.to_thread(app[SNAPSHOT].load)
    with suppress(DatabaseDown):
        await look(app)
    task = asyncio.create_task(keep_looking(app), name="snapshot")
    yield
    await end(task)


async def keep_looking(app: web.Application) -> None:
    """Take the picture again and again, until cancelled."""
    async with app[NEWS].reader({PICTURE}) as reader:
        while True:
            await reader.take(PICTURE_AGE)
            await take_turn(Job(name="snapshot", work=lambda: look(app), every=PICTURE_AGE))
            await asyncio.sleep(BREATH.total_seconds())


async def look(app: web.Application) -> None:
    """Take the picture once."""
    async with connection(app[POOL]) as conn:
        await app[SNAPSHOT].refresh(conn, app[CLOCK]())


async def signing(app: web.Application) -> AsyncIterator[None]:
    """Keep tokens for the halls that come in now or soon."""
    tokens = app[TOKENS] = TokensAhead()

    async def sign() -> None:
        with suppress(SnapshotMissing):
            await tokens.sign(app[SNAPSHOT].contents, app[CLOCK]())

    async with running([Job(name="tokens", work=sign, every=TOKENS_AGE)], app[STOP]):
        yield


async def remembering(app: web.Application) -> AsyncIterator[None]:
    """Keep the office calendar in memory; it is read again at every piece of news about it."""
    app[OFFICE] = Office(app[POOL])
    with suppress(DatabaseDown):
        await app[OFFICE].refresh()
    task = asyncio.create_task(app[OFFICE].follow(app[NEWS]), name="office calendar")
    yield
    await end(task)


async def writing(app: web.Application) -> AsyncIterator[None]:
    """Keep the spool of admissions and heartbeats open."""
    async with Spool(app[SETTINGS].data / "admissions") as spool:
        app[ADMISSIONS] = spool
        yield


async def measuring(app: web.Application) -> AsyncIterator[None]:
    """Measure how late the loop is."""
    task = asyncio.create_task(app[METRICS].watch_loop(), name="loop lag")
    yield
    await end(task)


async def end(task: asyncio.Task[None]) -> None:
    """Cut a task off that has nothing to finish."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def stop_streams(app: web.Application) -> None:
    """End open event streams, so that stopping does not wait for pages that stay open."""
    app[STOP].set()
    for reader in app[NEWS].readers:
        reader.wake()


RESOURCES = (
    stopping,
    hashing,
    proving,
    pooling,
    listening,
    remembering,
    picturing,
    signing,
    writing,
    measuring,
)
