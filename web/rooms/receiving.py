"""The receiver as a child process: started with us, again when it dies, stopped with us."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import structlog

from web.live import rest
from web.settings import Settings

log = structlog.get_logger(__name__)

REST = timedelta(seconds=0.5)
LONGEST_REST = timedelta(seconds=20)
GRACE = timedelta(seconds=4)


@asynccontextmanager
async def receiving(settings: Settings, database_url: str) -> AsyncIterator[None]:
    """Keep the receiver running for as long as the block, unless it is run apart from us."""
    if settings.receiver_apart:
        yield
        return
    command = command_of(settings)
    stop = asyncio.Event()
    task = asyncio.create_task(keep_running(command, database_url, stop), name="receiver")
    try:
        yield
    finally:
        stop.set()
        await task


async def keep_running(command: Sequence[str], database_url: str, stop: asyncio.Event) -> None:
    """Run the command again and again until `stop`."""
    loop = asyncio.get_running_loop()
    wait = REST
    while not stop.is_set():
        begun = loop.time()
        process = await start(command, database_url)
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


def command_of(settings: Settings) -> tuple[str, ...]:
    """Return how the receiver is started; it stops when we are gone."""
    return (
        *(sys.executable, "-m", "bridges.receiving.receiver", "--with-parent"),
        *("--host", settings.receiver_host, "--port", str(settings.receiver_port)),
        *("--folder", str(spool_folder(settings))),
        *("--proxies", ",".join(map(str, settings.trusted_proxies))),
    )


def spool_folder(settings: Settings) -> Path:
    """Return where the receiver keeps events, and where its digests of secrets are put."""
    return settings.data / "receiver"


async def start(command: Sequence[str], database_url: str) -> Process:
    """Start the child with nothing of our environment; the terminal's Ctrl-C does not hit it."""
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=DEVNULL,
        env={"DIEMCAU_DATABASE_URL": database_url},
        start_new_session=True,
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
