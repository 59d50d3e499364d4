"""Polling: bridges are asked how they are and who is in their rooms; the answers are evidence.

A bridge in use is asked every two seconds, so that its death is known in six; what it says of its
rooms is kept every twenty.  Bridges are asked at the same time: a silent one keeps nobody waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

import aiohttp
import structlog

from bridges.entry.passes import KnownBridge
from bridges.entry.snapshot import Lend, known_bridges
from bridges.errors import BridgeSilent
from bridges.jitsi import prosody
from bridges.jitsi.census import Tally
from bridges.jitsi.rosters import roster
from bridges.model import Bridge, BridgeKind, Room
from bridges.placement.moving import OPENING
from bridges.presence.evidence import Census, Roster, Row, row_of_census, row_of_roster
from bridges.receiving.draining import record_evidence
from bridges.registered.naming import census_by_name
from bridges.registered.registry import Seal, note_answer, note_misset, note_name, note_silence
from bridges.rules import is_due, keeps_census
from bridges.spreading import Spread, all_at_once
from bridges.store import rooms as store
from bridges.store.evidence import has_told
from bridges.store.moves import list_busy

log = structlog.get_logger(__name__)

PULSE_PATIENCE = timedelta(seconds=2)
WELL = "ok"


async def poll_bridges(
    lend: Lend,
    http: aiohttp.ClientSession,
    seal: Seal,
    now: datetime,
    spread: Spread = all_at_once,
) -> None:
    """Ask every bridge that can be asked and whose turn it is."""
    async with lend() as conn:
        busy = await list_busy(conn, now + OPENING, now)
        known = (await known_bridges(conn, seal)).values()
    due = [
        one
        for one in known
        if one.bridge.prosody_url and is_due(one.bridge, now, busy=one.bridge.id in busy)
    ]
    await spread({one.bridge.name: partial(poll, lend, http, one, now) for one in due})


async def poll(lend: Lend, http: aiohttp.ClientSession, known: KnownBridge, now: datetime) -> None:
    """Ask one bridge, and remember how it is; now and then also who is in its rooms."""
    bridge = known.bridge
    keeps = keeps_census(bridge, now)
    try:
        named, counted = await census_by_name(http, bridge, patience=PULSE_PATIENCE)
    except BridgeSilent as error:
        await doubt(lend, bridge, error, now)
        return
    try:
        away = await ask_focus(http, bridge, used=any(counted.rooms.values()))
    except BridgeSilent as error:
        await miss(lend, bridge, error, now)
        return
    stress = await stress_of(http, named) if keeps else None
    async with lend() as conn:
        if named.http_host != bridge.http_host:
            await note_name(conn, named)
        if away:
            # A Jicofo that dies takes everybody along within half a minute: it is we who cannot
            # reach this one, and nobody is sent elsewhere for that.
            await note_misset(conn, bridge.id, health=away, at=now)
        else:
            await note_answer(conn, bridge.id, health=WELL, stress=stress, at=now)
        rooms = await store.list_active(conn, bridge.id, now) if keeps else []
    if rooms:
        rows = await rows_of_rooms(http, replace(known, bridge=named), rooms, counted, now=now)
        async with lend() as conn:
            await record_evidence(conn, rows, now=now)


async def doubt(lend: Lend, bridge: Bridge, error: BridgeSilent, now: datetime) -> None:
    """Remember that a bridge gave no census; one that lives all the same keeps its rooms.

    It lives if it answers anything, or has told an event since it first was silent.
    """
    lives = error.lives
    if not lives and bridge.misses and bridge.health_at is not None:
        async with lend() as conn:
            lives = await has_told(conn, bridge.id, since=bridge.health_at)
    if not lives:
        await miss(lend, bridge, error, now)
        return
    log.warning("bridge misset", bridge=bridge.name, reason=error.reason)
    async with lend() as conn:
        await note_misset(conn, bridge.id, health=error.reason, at=now)


async def miss(lend: Lend, bridge: Bridge, error: BridgeSilent, now: datetime) -> None:
    """Remember that a bridge missed an answer."""
    log.warning("bridge silent", bridge=bridge.name, reason=error.reason)
    async with lend() as conn:
        await note_silence(conn, bridge.id, health=error.reason, at=now)


async def rows_of_rooms(
    http: aiohttp.ClientSession,
    known: KnownBridge,
    rooms: Sequence[Room],
    counted: Tally,
    *,
    now: datetime,
) -> list[Row]:
    """Return what a bridge says of these rooms; not being there is an answer too.

    Rooms are asked for at the same time: a module that hangs holds up the bridge's next turn.
    """
    rows = await asyncio.gather(*(rows_of_room(http, known, one, counted, now) for one in rooms))
    return [row for found in rows for row in found]


async def rows_of_room(
    http: aiohttp.ClientSession, known: KnownBridge, room: Room, counted: Tally, now: datetime
) -> list[Row]:
    """Return what a bridge says of one room, nothing where its census cannot be read."""
    bridge, inside = known.bridge.name, counted.inside(room.name)
    if inside is None:
        return []
    rows = [row_of_census(bridge, room.name, Census(at=now, participants=inside))]
    endpoints = await roster(http, known, room.name, now) if inside else None
    if endpoints is not None:
        rows.append(row_of_roster(bridge, room.name, Roster.naming(endpoints, at=now)))
    return rows


async def stress_of(http: aiohttp.ClientSession, bridge: Bridge) -> float | None:
    """Return how hard the most burdened videobridge works, None where none tells."""
    own = (bridge.prosody_url,) if bridge.kind is BridgeKind.TRIAL else ()
    told = await asyncio.gather(*(prosody.stress(http, url) for url in (*bridge.jvb_urls, *own)))
    return max((one for one in told if one is not None), default=None)


async def ask_focus(http: aiohttp.ClientSession, bridge: Bridge, *, used: bool) -> str:
    """Ask Jicofo whether it is well: without it, or without a videobridge, nobody sees anybody.

    Returns why nothing was heard of it while the bridge is `used` all the same, "" where it is
    well, or has no address.

    Raises:
        BridgeSilent: it says that it is not well, or says nothing and nobody is in a room.
    """
    if not bridge.jicofo_url:
        return ""
    url = f"{bridge.jicofo_url}/about/health"
    try:
        status, _ = await prosody.call(http, "GET", url, patience=PULSE_PATIENCE)
    except BridgeSilent as error:
        away = f"jicofo: {error.reason}"
        if not used:
            raise BridgeSilent(away) from error
        return away
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise BridgeSilent(f"jicofo answered {status}")
    return ""
