"""The receiver: a tiny program that takes a bridge's events, puts them on disk and says 200.

It needs no database to do so; when there is one it drains its spool into it.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import importlib
import os
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from bridges.errors import SpoolInUse
from bridges.receiving.callers import Network, networks_of
from bridges.receiving.digests import Digests
from bridges.receiving.door import Door
from bridges.receiving.handling import Receiver
from bridges.receiving.quarantine import Quarantine
from bridges.receiving.supervised import READY, tell, turning
from bridges.spooling.spool import Spool

SET_PARENT_DEATH_SIGNAL = 1
SWITCH_SECONDS = 0.0005
DATABASE = "DIEMCAU_DATABASE_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the receiver listens and writes; without a database it only collects."""

    host: str
    port: int
    folder: Path
    database_url: str = field(default="", repr=False)
    proxies: tuple[Network, ...] = ()


async def receive(settings: Settings, stop: asyncio.Event) -> None:
    """Take events until `stop` is set; then finish what is being written.

    Raises:
        SpoolInUse: another receiver writes to the folder.
        OSError: the port is taken.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(turning())
        receiver = await open_receiver(settings, stack)
        door = Door(receiver, settings.host, settings.port)
        stack.callback(door.close)
        feeder = start_feeder(receiver, settings.database_url)
        tell(READY)
        await stop.wait()
        door.close()
        feeder.cancel()
        await asyncio.gather(feeder, return_exceptions=True)


async def open_receiver(settings: Settings, stack: AsyncExitStack) -> Receiver:
    """Open both spools for as long as the stack stands."""
    folder = settings.folder
    events = await stack.enter_async_context(Spool(folder / "events"))
    quarantine = await stack.enter_async_context(Quarantine(folder / "quarantine"))
    return Receiver(
        events=events, quarantine=quarantine, digests=Digests(folder), proxies=settings.proxies
    )


def start_feeder(receiver: Receiver, database_url: str) -> asyncio.Task[None]:
    """Drain the spool in the background; without a database it only fills."""
    if not database_url:
        return asyncio.create_task(asyncio.sleep(0), name="no feeder")
    # asyncpg is a third of this program's memory and start: only who drains pays for it.
    feeding = importlib.import_module("bridges.receiving.feeding")
    feeding.log_as_json()
    feeder = feeding.Feeder(receiver, database_url)
    return asyncio.create_task(feeder.run(), name="feeder")


def die_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the process that started us is gone."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="bridges.receiving.receiver", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--proxies", default="", help="networks of our own proxies, by commas")
    parser.add_argument("--with-parent", action="store_true", help="stop when the parent is gone")
    return parser.parse_args()


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await receive(settings, stop)


def main() -> int:
    """Run the receiver as a program; the database's address comes by the environment only."""
    arguments = read_arguments()
    if arguments.with_parent:
        die_with_parent()
    settings = Settings(
        host=arguments.host,
        port=arguments.port,
        folder=arguments.folder,
        database_url=os.environ.get(DATABASE, ""),
        proxies=networks_of(filter(None, arguments.proxies.split(","))),
    )
    try:
        # The disk's thread must not wait 5 ms for its turn each time it has written.
        sys.setswitchinterval(SWITCH_SECONDS)
        uvloop.run(run(settings))
    except (OSError, SpoolInUse) as error:
        sys.stderr.write(f"receiver: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
