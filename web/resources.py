"""What the application opens when it starts, in the order in which one needs the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from web.database import open_pool
from web.jobs import GRACE
from web.keys import DATABASE_URL, METRICS, NEWS, PASSWORDS, POOL, STOP
from web.live import News
from web.passwords import Passwords


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


RESOURCES = (stopping, hashing, pooling, listening, measuring)
