"""Reconciling: what we make bridges do when something is over or ought not to be.

Each function is one turn of a job.  No connection to the database is held while a bridge is
waited for, and what is done on one bridge waits for no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import aiohttp
import structlog

from bridges.control.ending import end_room
from bridges.control.removing import expel
from bridges.entry.passes import KnownBridge
from bridges.entry.snapshot import Lend, known_bridges
from bridges.errors import BridgeSilent
from bridges.jitsi import jicofo, prosody
from bridges.jitsi.jicofo import Sight
from bridges.jitsi.rosters import command_token
from bridges.model import Room, RoomName
from bridges.presence.beats import LONGEST_REST
from bridges.receiving.draining import BY, rebuild
from bridges.registered.registry import Seal
from bridges.rules import are_to_follow
from bridges.spreading import Spread, all_at_once
from bridges.store import rooms as store
from bridges.store import unwanted as unwanted_store
from bridges.store.moves import list_left_behind
from bridges.store.strips import list_silent
from bridges.store.unwanted import Unwanted
from meetings.scheduling.booking import end
from meetings.store.conferences import lock_conference

log = structlog.get_logger(__name__)

GIVE_UP = timedelta(minutes=10)


async def close_rooms(
    lend: Lend,
    http: aiohttp.ClientSession,
    seal: Seal,
    now: datetime,
    spread: Spread = all_at_once,
) -> None:
    """Empty and close every room whose conference is over."""
    async with lend() as conn:
        over = await store.list_to_close(conn)
        known = await known_bridges(conn, seal) if over else {}
    theirs = {room.bridge_name: [one for one in over if one.bridge == room.bridge] for room in over}
    await spread(
        {
            name: partial(close_each, lend, http, known.get(name), rooms, now)
            for name, rooms in theirs.items()
        }
    )


async def close_each(
    lend: Lend,
    http: aiohttp.ClientSession,
    known: KnownBridge | None,
    over: Sequence[Room],
    now: datetime,
) -> None:
    """Empty and close rooms of one bridge."""
    for room in over:
        if await is_empty(http, known, room, now):
            async with lend() as conn:
                await lock_conference(conn, room.conference)
                await store.close_room(conn, room.conference, min(now, room.closes_at))
                await rebuild(conn, room.conference, now=now)


async def is_empty(
    http: aiohttp.ClientSession, known: KnownBridge | None, room: Room, now: datetime
) -> bool:
    """End a room on its bridge and look whether it is gone; tell whether to call it closed.

    A bridge that we cannot reach is not waited for: nobody enters, and its own limit ends it.
    """
    if known is None or not known.bridge.prosody_url:
        return True
    try:
        _, inside = await end_room(http, known, room.name, now)
        gone = inside == 0
    except BridgeSilent as error:
        log.warning("room not ended", bridge=room.bridge_name, reason=error.reason)
        gone = False
    return gone or now >= room.closes_at + GIVE_UP


async def empty_left_behind(
    lend: Lend,
    http: aiohttp.ClientSession,
    seal: Seal,
    now: datetime,
    spread: Spread = all_at_once,
) -> None:
    """Empty rooms that were closed with somebody in, or went away while their bridge was dead."""
    async with lend() as conn:
        well = {
            name: known
            for name, known in (await known_bridges(conn, seal)).items()
            if known.bridge.prosody_url and known.bridge.healthy
        }
        left = {
            name: await list_left_behind(conn, known.bridge.id, now) for name, known in well.items()
        }
    await spread(
        {
            name: partial(empty, http, well[name], rooms, now)
            for name, rooms in left.items()
            if rooms
        }
    )


async def empty(
    http: aiohttp.ClientSession,
    known: KnownBridge,
    followed: Mapping[RoomName, int | None],
    now: datetime,
) -> None:
    """End those of the rooms whose people are to follow."""
    try:
        counted = await prosody.census(http, known.bridge)
        for room in counted.rooms.keys() & followed.keys():
            if are_to_follow(counted.rooms[room], followed[room]):
                token = command_token(known, room, now)
                await prosody.end_meeting(http, known.bridge, room, token)
    except BridgeSilent as error:
        log.warning("left behind", bridge=known.bridge.name, reason=error.reason)


async def end_conferences(lend: Lend, now: datetime) -> None:
    """End conferences that nobody ended: at the hard end, or when all have left after the end."""
    async with lend() as conn:
        due = await store.list_to_end(conn, now)
    for conference in due:
        async with lend() as conn:
            await lock_conference(conn, conference)
            moment = await store.find_end(conn, conference, now)
            if moment is None:  # extended meanwhile
                continue
            await end(conn, conference, by=BY, now=moment)
            if await store.find_room(conn, conference) is not None:
                await rebuild(conn, conference, now=now)


async def count_silent(lend: Lend, now: datetime) -> None:
    """Count again where pages rest for too long and no other news comes: the halls have gone."""
    async with lend() as conn:
        silent = await list_silent(conn, now - LONGEST_REST)
    for conference in silent:
        async with lend() as conn:
            await rebuild(conn, conference, now=now)


async def send_out(
    lend: Lend,
    http: aiohttp.ClientSession,
    seal: Seal,
    now: datetime,
    spread: Spread = all_at_once,
) -> None:
    """Send out who is in a room although the link was revoked: once, until seen there again."""
    async with lend() as conn:
        unwanted = await unwanted_store.list_unwanted(conn, now)
        known = await known_bridges(conn, seal) if unwanted else {}
        await unwanted_store.note_denials(conn)
    theirs = {one.room: [other for other in unwanted if other.room == one.room] for one in unwanted}
    await spread(
        {
            room: partial(send_each_out, lend, http, known[those[0].bridge], those, now)
            for room, those in theirs.items()
            if those[0].bridge in known and known[those[0].bridge].bridge.prosody_url
        }
    )


async def send_each_out(
    lend: Lend,
    http: aiohttp.ClientSession,
    known: KnownBridge,
    unwanted: Sequence[Unwanted],
    now: datetime,
) -> None:
    """Send these out of their room, at which Jicofo looks once for all of them."""
    sight = await jicofo.look(http, known.bridge, unwanted[0].room)
    for one in unwanted:
        if await is_told(http, known, one, sight, now):
            async with lend() as conn:
                await unwanted_store.note_expulsion(conn, one, now)


async def is_told(
    http: aiohttp.ClientSession,
    known: KnownBridge,
    unwanted: Unwanted,
    sight: Sight | None,
    now: datetime,
) -> bool:
    """Ask a bridge to send one occupant out; tell whether it answered."""
    try:
        await expel(http, known, unwanted.room, unwanted.occupant, sight=sight, now=now)
    except BridgeSilent as error:
        log.warning("not sent out", bridge=unwanted.bridge, reason=error.reason)
        return False
    return True
