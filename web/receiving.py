"""The receiver as a child process: started with us, again when it dies, stopped with us."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import structlog

from web.embedded import launch
from web.live import rest

log = structlog.get_logger(__name__)

COMMAND = (sys.executable, "-m", "web", "receiver")
REST = timedelta(seconds=0.5)
LONGEST_REST = timedelta(seconds=20)
GRACE = timedelta(seconds=4)


@asynccontextmanager
async def receiving(command: Sequence[str] = COMMAND) -> AsyncIterator[None]:
    """Keep the receiver running for as long as the block."""
    stop = asyncio.Event()
    task = asyncio.create_task(keep_running(command, stop), name="receiver")
    try:
        yield
    finally:
        stop.set()
        await task


async def keep_running(command: Sequence[str], stop: asyncio.Event) -> None:
    """Run the command again and again until `stop`."""
    loop = asyncio.get_running_loop()
    wait = REST
    while not stop.is_set():
        begun = loop.time()
        process = await start(command)
        ended = asyncio.create_task(process.wait())
        asked = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if not ended.done():
            await end(process)
            return
        log.error("receiver died", status=process.returncode)
        lived = loop.time() - begun > LONGEST_REST.total_seconds()
        wait = REST if lived else min(wait * 2, LONGEST_REST)
        await rest(stop, wait)


async def start(command: Sequence[str]) -> Process:
    """Start the child so that it dies with us, and is not hit by the terminal's Ctrl-C."""
    wrapper = (sys.executable, "-I", "-S", str(Path(launch.__file__)))
    identity = (str(os.geteuid()), str(os.getegid()), str(os.getpid()))
    return await asyncio.create_subprocess_exec(
        *wrapper, *identity, *command, stdin=DEVNULL, start_new_session=True
    )


async def end(process: Process) -> None:
    """Ask the child to stop; do not ask for ever."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE.total_seconds()):
                await process.wait()
        except TimeoutError:
            log.warning("receiver killed")
            process.kill()
            await process.wait()
