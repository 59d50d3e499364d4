"""Asking something of a live room, from a page or the API: done at once, or carried out soon."""

from __future__ import annotations

from datetime import datetime

from bridges.control.actions import Action, ActionState, Asked, check_extension, lack
from bridges.control.controlling import ask
from bridges.errors import BridgeCannot, NoRoomSystem
from bridges.placement.rooms import move_room_period, room_of
from bridges.registered.registry import bridge_by_name
from bridges.rules import ALIVE, is_open
from meetings.directory.gateways import is_sip
from meetings.errors import IllegalMove, SitesNotFound
from meetings.links.invitations import revoke_link
from meetings.model import Changes, Conference, SiteId, State
from meetings.scheduling import booking
from meetings.store import Connection
from meetings.store.conferences import lock_conference
from meetings.store.gateways import list_gateways
from web.scheduling.booking import Desk


async def extend(conn: Connection, desk: Desk, conference: Conference, until: datetime) -> Asked:
    """Let a conference last longer; nobody in the room notices.

    Raises:
        NothingToExtend, ExtensionTooLong: the end is not a later one, or too late.
        SiteBusy, NoSeats: with who has the halls next.
        IllegalMove: the conference is over.
    """
    found = await lock_conference(conn, conference.id)
    check_alive(found, State.LIVE)
    room = await room_of(conn, found.id)
    by, now = desk.actor.name, desk.now
    period = check_extension(room, found.period, until, now=now)
    changes = Changes(period=period)
    after = await booking.amend(conn, conference.id, changes, version=None, by=by, now=now)
    await move_room_period(conn, after)
    subject = until.isoformat()
    return await ask(
        conn, conference, Action.EXTEND, subject=subject, state=ActionState.DONE, by=by, now=now
    )


async def finish(conn: Connection, desk: Desk, conference: Conference) -> Asked:
    """End a conference for everybody.

    Raises:
        IllegalMove: it was never confirmed, or was cancelled.
    """
    by, now = desk.actor.name, desk.now
    await booking.end(conn, conference.id, by=by, now=now)
    return await ask(conn, conference, Action.END, by=by, now=now)


async def remove(conn: Connection, desk: Desk, conference: Conference, site: SiteId) -> Asked:
    """Send a hall out and keep it out: its link opens nothing until it is made anew.

    Raises:
        SitesNotFound: the site is not invited.
    """
    by, now = desk.actor.name, desk.now
    check_alive(conference, State.LIVE)
    await revoke_link(conn, conference.id, site, by=by, now=now)
    return await ask(conn, conference, Action.REMOVE, subject=str(site), by=by, now=now)


async def dial(conn: Connection, desk: Desk, conference: Conference, number: str) -> Asked:
    """Ask the bridge to call a number, or a room system's address, into the room.

    Raises:
        RoomNotFound, IllegalMove: there is no room, or it is not open.
        BridgeCannot: the bridge has nothing to call with.
    """
    room = await room_of(conn, conference.id)
    if not is_open(conference, room, desk.now):
        raise IllegalMove(conference.id, conference.state, State.LIVE)
    if why := lack(await bridge_by_name(conn, room.bridge_name), Action.DIAL_OUT):
        raise BridgeCannot(Action.DIAL_OUT.value, why)
    by, now = desk.actor.name, desk.now
    return await ask(conn, conference, Action.DIAL_OUT, subject=number, by=by, now=now)


async def call_system(conn: Connection, desk: Desk, conference: Conference, site: SiteId) -> Asked:
    """Ask the bridge to call the room system of an invited hall.

    Raises:
        SitesNotFound: the site is not invited.
        NoRoomSystem: it has none that a bridge can call.
        RoomNotFound, IllegalMove, BridgeCannot: as for a number.
    """
    if site not in conference.sites:
        raise SitesNotFound(frozenset({site}))
    address = (await list_gateways(conn, [site])).get(site, "")
    if not is_sip(address):
        raise NoRoomSystem(site)
    return await dial(conn, desk, conference, address)


def check_alive(conference: Conference, to: State) -> None:
    """Raise IllegalMove unless the room may be in use."""
    if conference.state not in ALIVE:
        raise IllegalMove(conference.id, conference.state, to)
