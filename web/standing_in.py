"""A start while another's database is away: the day's snapshot is served, the rest waits.

An application of its own stands in, and never touches the database: it may be away, or of an older
schema when it comes back.  Then it is brought up to date as at every start, and the whole service
takes over on the same sockets (docs/decisions/0160).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from socket import socket

import asyncpg
import structlog
from aiohttp import web

from bridges.entry.snapshot import Contents, Snapshot
from bridges.errors import SnapshotMissing
from bridges.receiving.supervised import READY, tell
from bridges.registered.registry import TRIAL
from bridges.trial.app import trial_app
from web import database, metrics
from web.app import create_app
from web.errors import DatabaseDown
from web.keyring import key_file
from web.keyring.keyring import Keyring, KeyringError
from web.live import rest
from web.rooms.trial_bridge import Trial, config_of, renewing
from web.serving import listening
from web.settings import Settings
from web.starting import Ready, make_ready
from web.stores import Addresses

log = structlog.get_logger(__name__)

AWAY = (database.Unreachable, ConnectionError, DatabaseDown, asyncpg.InterfaceError, *database.AWAY)
"""A fault of this machine, such as a full disk, is none of these: it ends the start."""
TRY_EVERY = timedelta(seconds=1)
NOWHERE = "postgresql://nobody@/nothing?host=/dev/null"
"""An address at which there can be no database: what needs one is told at once that it is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """Where pages and metrics are asked for; closed by whoever served on them."""

    pages: socket
    metrics: socket | None = None

    def lent(self) -> Sockets:
        """Return the same for a while: who comes after that waits for whoever serves next."""
        return Sockets(pages=self.pages.dup(), metrics=self.metrics and self.metrics.dup())

    @asynccontextmanager
    async def serving(self, app: web.Application) -> AsyncIterator[None]:
        """Serve an application; at the end nobody is taken any more."""
        async with AsyncExitStack() as parts:
            await parts.enter_async_context(listening(app, self.pages))
            if self.metrics is not None:
                await parts.enter_async_context(listening(metrics.open_app(app), self.metrics))
            tell(READY)
            yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the disk knows without the database."""

    keyring: Keyring
    day: Contents


async def ready_or_stand_in(
    settings: Settings,
    store: Addresses,
    sockets: Sockets,
    stop: asyncio.Event,
    *,
    say: Callable[[str], None],
) -> Ready | None:
    """Return with what is served, standing in until there is a database; None when stopped.

    Raises:
        Unreachable, DatabaseDown: it is away, and nothing is known that could be served.
        OSError: this machine is at fault.
    """
    try:
        return await make_ready(settings, store)
    except AWAY:
        known = None if settings.is_embedded else known_day(settings)
        if known is None:
            raise
    say(standing_words(known))
    async with standing_in(settings, known, sockets):
        return await until_ready(settings, store, stop)


def known_day(settings: Settings) -> Known | None:
    """Return the last snapshot with the keys that open it, None where there is none."""
    try:
        keyring = key_file.load(settings.keys_file).at(datetime.now(UTC))
        snapshot = Snapshot(settings.data, keyring)
        snapshot.load()
        return Known(keyring=keyring, day=snapshot.contents)
    except (KeyringError, SnapshotMissing):
        return None


@asynccontextmanager
async def standing_in(settings: Settings, known: Known, sockets: Sockets) -> AsyncIterator[None]:
    """Let halls and bridges in by the snapshot for as long as the block."""
    trial = trial_of(settings, known)
    app = create_app(
        settings,
        database_url=NOWHERE,
        keyring=known.keyring,
        trial=trial.app if trial else None,
    )
    if trial is not None:
        app.cleanup_ctx.append(renewing(trial))
    async with sockets.lent().serving(app):
        yield


def trial_of(settings: Settings, known: Known) -> Trial | None:
    """Return the built-in bridge as it was last known."""
    found = known.day.bridges.get(TRIAL)
    if found is None:
        return None
    config = config_of(found.bridge, found.secrets, settings)
    return Trial(app=trial_app(config), config=config)


async def until_ready(settings: Settings, store: Addresses, stop: asyncio.Event) -> Ready | None:
    """Try again and again to make the store usable, until it is or somebody asks us to stop."""
    while not stop.is_set():
        attempt = asyncio.create_task(make_ready(settings, store), name="make ready")
        asked = asyncio.create_task(stop.wait())
        await asyncio.wait({attempt, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if not attempt.done():
            attempt.cancel()
            await asyncio.gather(attempt, return_exceptions=True)
            return None
        try:
            return attempt.result()
        except AWAY as error:
            log.info("waiting for the database", reason=type(error).__name__)
        await rest(stop, TRY_EVERY)
    return None


def standing_words(known: Known) -> str:
    """Say plainly what is served and what waits, for whoever typed the command."""
    at = f"{known.day.taken_at.astimezone():%H:%M %d/%m/%Y}"
    return (
        "diemcau: chưa có cơ sở dữ liệu; điểm cầu và máy chủ cầu vào họp theo những gì đã biết lúc "
        f"{at}, mọi việc khác đợi / the database is away; halls and bridges go by what was known "
        f"at {at}, all else waits"
    )
