"""Removing: a site is sent out by every place that it has in a room, then looked for.

A place is named after its owner's address, but for one of Jigasi: Jicofo tells whose that is.
Without Jicofo a site is gone when each of its leavings was told, or nobody unknown is in.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import aiohttp

from bridges.control.actions import ActionState, Outcome
from bridges.entry.passes import KnownBridge
from bridges.jitsi import jicofo, prosody
from bridges.jitsi.jicofo import Sight
from bridges.jitsi.names import short_name
from bridges.jitsi.rosters import command_token, roster
from bridges.model import OccupantJid, Room, RoomName
from bridges.store import actions as store
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """By which addresses a site came in, which were not told to leave; whose joining was told."""

    came: Collection[OccupantJid]
    staying: Collection[OccupantJid]
    known: Collection[OccupantJid]


async def load_wanted(conn: Connection, conference: ConferenceId, site: SiteId) -> Wanted:
    """Return what is known of a site that is to go."""
    return Wanted(
        came=await store.list_occupants(conn, conference, site),
        staying=await store.list_staying(conn, conference, site),
        known=await store.list_everybody(conn, conference),
    )


async def remove(
    http: aiohttp.ClientSession, known: KnownBridge, room: Room, wanted: Wanted, now: datetime
) -> Outcome | None:
    """Send a site out, then look whether it is gone; None is to look again at the next turn."""
    inside = await roster(http, known, room.name, now)
    sight = await jicofo.look(http, known.bridge, room.name)
    theirs = places(wanted.came, sight)
    if inside is None:
        counted = await prosody.census(http, known.bridge)
        if counted.inside(room.name) == 0:
            return ActionState.DONE, ""
    elif not inside & theirs:
        return (ActionState.DONE, "") if is_gone(wanted, inside, sight) else None
    await kick(http, known, room.name, theirs if inside is None else inside & theirs, now)
    return None


async def expel(
    http: aiohttp.ClientSession,
    known: KnownBridge,
    room: RoomName,
    jid: OccupantJid,
    *,
    sight: Sight | None,
    now: datetime,
) -> None:
    """Ask a bridge to send one occupant out of a room that Jicofo sees so.

    Raises:
        BridgeSilent: it did not answer.
    """
    await kick(http, known, room, places([jid], sight), now)


async def kick(
    http: aiohttp.ClientSession,
    known: KnownBridge,
    room: RoomName,
    endpoints: Collection[str],
    now: datetime,
) -> None:
    """Ask a bridge to send everybody in these places out."""
    token = command_token(known, room, now)
    for endpoint in sorted(endpoints):
        await prosody.kick_endpoint(http, known.bridge, room, endpoint, token)


def places(jids: Collection[OccupantJid], sight: Sight | None) -> frozenset[str]:
    """Return the places that addresses have, or would have, in a room."""
    seen = sight.owners if sight is not None else {}
    named = {place for place, jid in seen.items() if jid in jids}
    return frozenset(named | ({*map(short_name, jids)} - seen.keys()))


def is_gone(wanted: Wanted, inside: Collection[str], sight: Sight | None) -> bool:
    """Tell whether a site none of whose places was found in a room has left it."""
    if not wanted.staying or (sight is not None and sight.owners.keys() >= set(inside)):
        return True
    return set(inside) <= {short_name(jid) for jid in wanted.known}
