"""What halls did themselves, from the local spool into the store as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from aiohttp import web

from bridges.presence.evidence import row_of_sighting
from bridges.receiving.draining import BATCH, drain
from web.database import connection
from web.jobs import Job, take_turn
from web.keys import ADMISSIONS, CLOCK, POOL
from web.live import rest

GATHER = timedelta(milliseconds=200)
RETRY = timedelta(seconds=2)


async def draining(app: web.Application) -> AsyncIterator[None]:
    """Keep draining for as long as the application runs; what is left is drained next time."""
    task = asyncio.create_task(keep_draining(app), name="admissions")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def keep_draining(app: web.Application) -> None:
    """Drain at every record, a moment later so that a crowd is one batch."""
    job = Job(name="admissions", work=lambda: empty(app), every=RETRY)
    while True:
        app[ADMISSIONS].news.clear()
        await take_turn(job)
        await rest(app[ADMISSIONS].news, RETRY)
        await asyncio.sleep(GATHER.total_seconds())


async def empty(app: web.Application) -> None:
    """Take batches until there is none left."""
    async with connection(app[POOL]) as conn:
        while await drain(conn, app[ADMISSIONS], row_of_sighting, now=app[CLOCK]()) >= BATCH:
            pass
