"""Controlling: what is asked of a live room, carried out on its bridge, and looked at afterwards.

Asking writes a row; a job carries it out, so that nothing is lost when a bridge or a process dies
in between.  What no bridge has a call for is done by an open control page, see
`web.rooms.inside`; where none is open it is refused when it is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import aiohttp

from bridges.control.actions import (
    ABOUT_SITE,
    GIVE_UP,
    ONLY_INSIDE,
    Action,
    ActionState,
    Asked,
    Outcome,
    is_left,
    is_overdue,
)
from bridges.control.calling import call
from bridges.control.ending import end_room
from bridges.control.removing import load_wanted, remove
from bridges.entry.passes import KnownBridge
from bridges.entry.snapshot import Lend, known_bridges
from bridges.errors import BridgeSilent
from bridges.jitsi import jicofo
from bridges.jitsi.jicofo import Sight, is_so
from bridges.jitsi.names import short_name
from bridges.model import Room
from bridges.registered.registry import Seal
from bridges.spreading import Spread, all_at_once
from bridges.store import actions as store
from bridges.store import rooms
from meetings.audit import record
from meetings.model import Conference, ConferenceId, SiteId
from meetings.news import announce
from meetings.store import Connection


async def ask(
    conn: Connection,
    conference: Conference,
    action: Action,
    *,
    subject: str = "",
    state: ActionState = ActionState.ASKED,
    by: str,
    now: datetime,
    carried_by: str = "",
    stream_to: bytes | None = None,
) -> Asked:
    """Ask something of a conference's room; the same again while it is under way is once."""
    asked: Asked | None = None
    while asked is None:
        waiting = await store.find_waiting(
            conn, conference.id, action, subject, ringing=now - GIVE_UP
        )
        if waiting is not None:
            return waiting
        asked = await store.insert_action(
            conn,
            conference.id,
            action,
            subject=subject,
            state=state,
            by=by,
            at=now,
            carried_by=carried_by,
            stream_to=stream_to,
        )
    await tell(conn, conference, asked)
    return asked


async def tell(conn: Connection, conference: Conference, asked: Asked) -> None:
    """Write into the audit what was asked, and tell the pages."""
    topic = f"conference:{conference.id}"
    await record(
        conn,
        actor=asked.asked_by,
        action=f"room.{asked.action.value}",
        subject=topic,
        unit=conference.host,
        detail={"subject": asked.subject} if asked.subject else {},
        news=(topic,),
    )


async def carry_out(
    lend: Lend,
    http: aiohttp.ClientSession,
    seal: Seal,
    now: datetime,
    spread: Spread = all_at_once,
) -> None:
    """Carry out what was asked and not settled; one turn of a job."""
    async with lend() as conn:
        waiting = await store.list_asked(conn)
        known = await known_bridges(conn, seal) if waiting else {}
    asked: defaultdict[ConferenceId, list[Asked]] = defaultdict(list)
    for one in waiting:
        asked[one.conference].append(one)
    await spread(
        {
            conference: partial(carry_all, lend, http, known, them, now)
            for conference, them in asked.items()
        }
    )


async def carry_all(
    lend: Lend,
    http: aiohttp.ClientSession,
    known: dict[str, KnownBridge],
    asked: Sequence[Asked],
    now: datetime,
) -> None:
    """Carry out what was asked of one room; it is looked at once for all that a page does in it."""
    async with lend() as conn:
        room = await rooms.find_room(conn, asked[0].conference)
    bridge = known.get(room.bridge_name) if room else None
    sight: Sight | None = None
    inside = [one for one in asked if one.action in ONLY_INSIDE]
    for one in [one for one in asked if one.action not in ONLY_INSIDE]:
        outcome: Outcome | None = None
        if room is not None and bridge is not None:
            outcome = await perform(lend, http, bridge, room, one, now=now)
        await conclude(lend, one, outcome, now)
    if inside and room is not None and bridge is not None:
        sight = await jicofo.look(http, bridge.bridge, room.name)
    for one in inside:
        seen = verified(one, sight, await whom(lend, one)) if sight else None
        await conclude(lend, one, seen, now)


async def whom(lend: Lend, one: Asked) -> frozenset[str]:
    """Return the short names that an action is about, or that it leaves alone."""
    async with lend() as conn:
        return endpoints(await occupants(conn, one))


async def conclude(lend: Lend, one: Asked, outcome: Outcome | None, now: datetime) -> None:
    """Write what came of an action; what is not seen done in time is called unconfirmed."""
    if outcome is None and is_overdue(one, now):
        left = ActionState.REFUSED, "no-page"
        outcome = left if is_left(one) else (ActionState.UNCONFIRMED, "")
    if outcome is not None:
        async with lend() as conn:
            await settle(conn, one, *outcome, now=now)


async def settle(
    conn: Connection, one: Asked, state: ActionState, detail: str, *, now: datetime
) -> None:
    """Write what became of an action, and tell the pages."""
    if await store.settle_action(conn, one.conference, one.id, state, detail=detail, at=now):
        await announce(conn, f"conference:{one.conference}")


async def occupants(conn: Connection, one: Asked) -> list[str]:
    """Return the addresses that an action is about, or that it leaves alone."""
    if one.action is Action.MUTE_ALL:
        return list(await store.list_spared(conn, one.conference))
    if one.action not in ABOUT_SITE:
        return []
    return list(await store.list_occupants(conn, one.conference, SiteId(int(one.subject))))


def endpoints(jids: list[str]) -> frozenset[str]:
    """Return the short names of addresses."""
    return frozenset(map(short_name, jids))


async def perform(
    lend: Lend,
    http: aiohttp.ClientSession,
    known: KnownBridge,
    room: Room,
    one: Asked,
    *,
    now: datetime,
) -> Outcome | None:
    """Do something on the bridge and look again; None is to try once more at the next turn."""
    if not known.bridge.prosody_url:
        return ActionState.UNCONFIRMED, "unreachable"
    try:
        if one.action is Action.END:
            return await finish(http, known, room, now)
        if one.action is Action.REMOVE:
            async with lend() as conn:
                wanted = await load_wanted(conn, one.conference, SiteId(int(one.subject)))
            return await remove(http, known, room, wanted, now)
        if one.action is Action.DIAL_OUT:
            return await call(lend, http, known, room, one, now=now)
    except BridgeSilent:
        return None
    return ActionState.REFUSED, "no-call"


async def finish(
    http: aiohttp.ClientSession, known: KnownBridge, room: Room, now: datetime
) -> Outcome | None:
    """End a room and look whether it is empty; who has no call for that finds no room to end."""
    found, inside = await end_room(http, known, room.name, now)
    if inside == 0:
        return ActionState.DONE, ""
    return None if found or inside is None else (ActionState.REFUSED, "no-call")


def verified(one: Asked, sight: Sight, theirs: frozenset[str]) -> Outcome | None:
    """Tell whether what a moderator's page does has happened; the page may have seen it first."""
    return (ActionState.DONE, "seen-by-bridge") if is_so(one.action, sight, theirs) else None
