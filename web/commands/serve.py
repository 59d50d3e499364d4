"""`diemcau serve`: everything in one process group."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import uvloop
from aiohttp import web

from bridges.receiving.supervised import turning
from web import logs
from web.app import create_app
from web.backup.errors import BackupError
from web.demo.loading import Stage, load
from web.embedded import EmbeddedError
from web.first_start import OtherKeys
from web.jobs import Job, take_turn
from web.keyring.keyring import KeyringError
from web.keys import POOL
from web.migrations import MigrationError
from web.rooms.receiving import receiving
from web.rooms.trial_bridge import renewing
from web.scheduling.booking import LINKS
from web.serving import PortInUse, take_port
from web.settings import Settings
from web.standing_in import Sockets, ready_or_stand_in
from web.starting import Ready
from web.stores import Addresses, own_data, owned_store

UNAVAILABLE = 69
COLLECT_AFTER = (10_000, 20, 20)
TURN_SECONDS = 0.0005
PLAIN_FAILURES = (
    PortInUse,
    BackupError,
    EmbeddedError,
    MigrationError,
    KeyringError,
    OtherKeys,
    asyncpg.PostgresError,
    OSError,
)
"""What is told in one line, not by a traceback: somebody must do something outside the program."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing can be chosen here: settings come from the environment."""
    _ = parser


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT."""
    _ = args
    settings.require_data()
    logs.configure(settings.log_level)
    try:
        uvloop.run(serve(settings))
    except PLAIN_FAILURES as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return UNAVAILABLE
    return 0


async def serve(settings: Settings) -> None:
    """Start every part in the order in which one needs the other; stop them in reverse."""
    stop = stop_on_signals()
    sockets = Sockets(
        pages=take_port(settings.host, settings.port, setting="DIEMCAU_PORT"),
        metrics=take_metrics_port(settings),
    )
    if not settings.receiver_apart:
        take_port(
            settings.receiver_host, settings.receiver_port, setting="DIEMCAU_RECEIVER_PORT"
        ).close()
    own_data(settings)
    async with AsyncExitStack() as parts:
        parts.enter_context(turning())
        # Events are collected while the database starts: bridges forget them within seconds.
        async with receiving(settings, ""):
            store = await parts.enter_async_context(owned_store(settings))
            ready = await ready_or_stand_in(settings, store, sockets, stop, say=say)
        if ready is None:
            return
        await parts.enter_async_context(receiving(settings, store.app_url))
        app = whole_app(settings, store, ready)
        await parts.enter_async_context(sockets.serving(app))
        announce(settings, ready.link)
        spare_the_collector()
        give_way()
        if settings.demo:
            await parts.enter_async_context(showing(app, ready, settings))
        await stop.wait()


def whole_app(settings: Settings, store: Addresses, ready: Ready) -> web.Application:
    """Return the application with everything that it does by itself."""
    app = create_app(
        settings,
        database_url=store.app_url,
        keyring=ready.keyring,
        trial=ready.trial.app,
        with_jobs=True,
    )
    app.cleanup_ctx.append(renewing(ready.trial))
    return app


def spare_the_collector() -> None:
    """Look no more at what stays for good, and at the rest less often: requests make few cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def give_way() -> None:
    """Let threads that count give way to the loop at once: in the usual 5 ms it answers many."""
    sys.setswitchinterval(TURN_SECONDS)


def take_metrics_port(settings: Settings) -> socket.socket | None:
    """Bind the port of the metrics, if they are to have one of their own."""
    if settings.metrics_port is None:
        return None
    return take_port(settings.host, settings.metrics_port, setting="DIEMCAU_METRICS_PORT")


def stop_on_signals() -> asyncio.Event:
    """Return an event that is set when somebody asks us to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


@asynccontextmanager
async def showing(app: web.Application, ready: Ready, settings: Settings) -> AsyncIterator[None]:
    """Load the demo beside the running service; its past is told over the bridge's own wire."""
    link_key = ready.keyring.derive(LINKS)
    stage = Stage(trial=ready.trial.config, link_key=link_key, port=settings.port)
    job = Job(
        name="demo",
        work=lambda: load(app[POOL], stage, datetime.now(UTC)),
        every=timedelta(0),
        limit=timedelta(minutes=2),
    )
    task = asyncio.create_task(take_turn(job), name="demo")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def say(words: str) -> None:
    """Tell whoever typed the command."""
    print(words, flush=True)


def announce(settings: Settings, link: str) -> None:
    """Say where we are, plainly."""
    say(f"diemcau: {settings.base_url}")
    if link:
        say(
            "Đường dẫn dùng một lần cho quản trị, trong 24 giờ / one-time admin link, 24 hours:\n"
            f"{settings.base_url}/welcome/{link}"
        )
