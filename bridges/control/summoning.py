"""Summoning: room systems of halls are called when a conference starts that wants it.

Here a call is only asked for, as by somebody who presses; it is carried out as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bridges.control.actions import Action
from bridges.control.controlling import ask
from bridges.control.summons import SUMMONED_WITHIN, Scene, whom_to_summon
from bridges.entry.snapshot import Lend
from bridges.placement.rooms import find_room
from bridges.registered.registry import bridge_by_name
from bridges.store import summons as store
from meetings.model import Conference, ConferenceId
from meetings.store import Connection
from meetings.store.conferences import get_conference, lock_conference
from meetings.store.gateways import list_gateways
from meetings.store.presences import list_inside

BY = "program:summons"


async def summon_due(lend: Lend, now: datetime) -> None:
    """Ask for the calls of every conference that has just started; one turn of a job."""
    async with lend() as conn:
        due = await store.list_to_summon(conn, now - SUMMONED_WITHIN, now)
    for conference in due:
        async with lend() as conn:
            await summon(conn, conference, now)


async def summon(conn: Connection, number: ConferenceId, now: datetime) -> None:
    """Ask for a call to each hall that is to be called now.

    The conference is locked then: of two programs the second sees whom the first has called.  On
    most turns there is nobody left, and who counts or extends it is not kept waiting.
    """
    if not await absent(conn, await get_conference(conn, number), now):
        return
    conference = await lock_conference(conn, number)
    for address in await absent(conn, conference, now):
        await ask(conn, conference, Action.DIAL_OUT, subject=address, by=BY, now=now)


async def absent(conn: Connection, conference: Conference, now: datetime) -> Sequence[str]:
    """Return the addresses of the halls to call now."""
    scene = await load_scene(conn, conference)
    return whom_to_summon(scene, now) if scene else ()


async def load_scene(conn: Connection, conference: Conference) -> Scene | None:
    """Return what is known of a conference and its halls; without a room nobody is called."""
    room = await find_room(conn, conference.id)
    if room is None:
        return None
    return Scene(
        conference=conference,
        room=room,
        bridge=await bridge_by_name(conn, room.bridge_name),
        addresses=await list_gateways(conn, conference.sites),
        inside=await list_inside(conn, conference.id),
        called=await store.list_called(conn, conference.id),
    )
