"""Whether the process lives, and whether it can work: for supervisors and load balancers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bridges.errors import SnapshotMissing
from bridges.receiving.holding import held_back
from bridges.registered.registry import list_bridges
from web import addresses, migrations
from web.database import connection
from web.errors import DatabaseDown
from web.keys import CLOCK, POOL, SETTINGS, SNAPSHOT
from web.permissions import PUBLIC
from web.routes import Routes

PATIENCE = timedelta(seconds=3)
WELL = "ok"

Check = Callable[[web.Request], Awaitable[str]]
"""Answers "ok", or in a word or two what is wrong."""

routes = Routes()


@routes.get("/healthz", allow=PUBLIC)
async def live(request: web.Request) -> web.Response:
    """Say that the process answers; it does, or nobody would read this."""
    _ = request
    return web.json_response({"status": WELL})


@routes.get("/readyz", allow=PUBLIC)
async def ready(request: web.Request) -> web.Response:
    """Say of each part whether it works; 503 when one without which we cannot work does not."""
    answers = await asyncio.gather(*(ask(check, request) for check in CHECKS.values()))
    parts = dict(zip(CHECKS, answers, strict=True))
    well = all(answer == WELL for part, answer in parts.items() if part not in TOLD_ONLY)
    return web.json_response(
        {"status": WELL if well else "failing", "parts": parts},
        status=HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE,
        headers={} if well else {"Retry-After": "2"},
    )


async def ask(check: Check, request: web.Request) -> str:
    """Return a check's answer within the patience of whoever asks us."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await check(request)
    except TimeoutError:
        return "timeout"
    except (DatabaseDown, ClientError, OSError):
        return "down"


async def check_database(request: web.Request) -> str:
    """Ask the store anything; without one, say what goes on all the same."""
    try:
        async with connection(request.config_dict[POOL]) as conn:
            await conn.execute("SELECT")
    except DatabaseDown:
        return without_database(request)
    return WELL


def without_database(request: web.Request) -> str:
    """Say by what halls and bridges are answered while the store is away."""
    try:
        taken_at = request.config_dict[SNAPSHOT].contents.taken_at
    except SnapshotMissing:
        return "down"
    return f"down: halls and bridges go by what was known at {taken_at:%Y-%m-%dT%H:%M:%SZ}"


async def check_migrations(request: web.Request) -> str:
    """Compare the store's schema with the program's."""
    try:
        async with connection(request.config_dict[POOL]) as conn:
            await migrations.check(conn)
    except migrations.MigrationError as error:
        return error.code
    return WELL


async def check_receiver(request: web.Request) -> str:
    """Ask the receiver whether it lives."""
    url = addresses.receiver_url(request.config_dict[SETTINGS]) + "/healthz"
    timeout = ClientTimeout(total=PATIENCE.total_seconds())
    async with ClientSession(timeout=timeout) as client, client.get(url) as answer:
        return WELL if answer.status == HTTPStatus.OK else f"status {answer.status}"


async def check_events(request: web.Request) -> str:
    """Ask whether events of a bridge are held back, and why."""
    async with connection(request.config_dict[POOL]) as conn:
        held = await held_back(conn, request.config_dict[CLOCK]())
    found = [(why, bridge) for bridge, piles in held.items() for why in piles]
    told = [
        f"{why.value}: {', '.join(bridge for reason, bridge in found if reason is why)}"
        for why in sorted({why for why, _ in found})
    ]
    return f"held back: {'; '.join(told)}" if told else WELL


async def check_bridges(request: web.Request) -> str:
    """Ask whether a bridge lives but answers something else than it should."""
    async with connection(request.config_dict[POOL]) as conn:
        misset = [bridge.name for bridge in await list_bridges(conn) if bridge.misset]
    return f"misset: {', '.join(misset)}" if misset else WELL


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "database": check_database,
        "migrations": check_migrations,
        "receiver": check_receiver,
        "events": check_events,
        "bridges": check_bridges,
    }
)
TOLD_ONLY = frozenset({"bridges"})
"""What an administrator must mend elsewhere: we go on taking halls and events meanwhile."""
