"""The server kept running: started again where it ended by itself, after a crash or a kill."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from web.embedded import server
from web.embedded.errors import EmbeddedError

log = structlog.get_logger(__name__)

Begin = Callable[[], Awaitable[Process]]
"""Starts a server, and returns once it takes connections."""

RETRY_AFTER = timedelta(seconds=5)


@asynccontextmanager
async def kept(begin: Begin) -> AsyncIterator[Process]:
    """Run a server for as long as the context lasts; give its first process.

    Whoever uses it finds its connections broken, as those to any server that was restarted.

    Raises:
        EmbeddedError: it does not start at all.
    """
    keeper = Keeper(begin, await begin())
    watch = asyncio.create_task(keeper.watch(), name="keep the embedded server")
    try:
        yield keeper.process
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await server.stop(keeper.process)


class Keeper:
    """The process that is the server now."""

    def __init__(self, begin: Begin, process: Process) -> None:
        self.begin = begin
        self.process = process

    async def watch(self) -> None:
        """Start the server again each time it has ended, until cancelled."""
        while True:
            code = await self.process.wait()
            log.error("the database server ended by itself", code=code)
            try:
                self.process = await self.begin()
            except (EmbeddedError, OSError) as error:
                log.warning("the database server does not start again", reason=str(error))
                await asyncio.sleep(RETRY_AFTER.total_seconds())
            else:
                log.info("the database server runs again", pid=self.process.pid)
