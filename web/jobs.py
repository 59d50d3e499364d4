"""Work in the background: a name, a function, a rest, a limit; turns never overlap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from web.errors import DatabaseDown
from web.live import rest

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something done again and again; `every` is the rest between two turns."""

    name: str
    work: Callable[[], Awaitable[object]]
    every: timedelta
    limit: timedelta = timedelta(seconds=30)


async def repeat(job: Job, stop: asyncio.Event) -> None:
    """Take turns at the job until `stop` is set, then finish the present turn.

    A failing turn is logged and the next comes as usual: one bad row must not end monitoring.
    """
    while not stop.is_set():
        await take_turn(job)
        await rest(stop, job.every)


async def take_turn(job: Job) -> None:
    """Do the work once; whatever it raises is logged and forgotten."""
    try:
        async with asyncio.timeout(job.limit.total_seconds()):
            await job.work()
    except DatabaseDown:
        log.info("job waits for the database", job=job.name)
    except Exception:
        log.exception("job failed", job=job.name)


@asynccontextmanager
async def running(jobs: Iterable[Job], stop: asyncio.Event) -> AsyncIterator[None]:
    """Keep the jobs running; at the end wait for their present turns, not for ever."""
    tasks = [asyncio.create_task(repeat(job, stop), name=f"job {job.name}") for job in jobs]
    try:
        yield
    finally:
        stop.set()
        await finish(tasks)


async def finish(tasks: list[asyncio.Task[None]]) -> None:
    """Wait for tasks within the grace period, then cancel what is left."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=GRACE.total_seconds())
    for task in late:
        log.warning("job cut short", task=task.get_name())
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
