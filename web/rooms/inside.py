"""What a moderator's client on our control page does inside a room, and what it says of it.

Asking writes a row; the page carries it out and reports what it saw; the job that looks at bridges
sees it by itself where it can.  What neither saw in time is called unconfirmed, also when the page
or this process dies in between.  What a program asks for is taken up by one of the pages that say
every few seconds that they are in the room.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bridges.control.actions import (
    ABOUT_SITE,
    ONLY_INSIDE,
    SEAT_LASTS,
    Action,
    ActionId,
    ActionState,
    Asked,
    lack,
)
from bridges.control.controlling import ask, endpoints, occupants, settle
from bridges.errors import BridgeCannot, NoControlPage
from bridges.jitsi.roles import EntryRole
from bridges.jitsi.tokens import Entry, entry_claims, sign
from bridges.model import Bridge, Room
from bridges.placement.rooms import room_of
from bridges.registered.registry import Seal, all_secrets, bridge_by_name
from bridges.registered.rotation import signing
from bridges.rules import is_open
from bridges.store.actions import find_action, save_carrier
from bridges.store.seats import has_seat
from meetings.audit import record
from meetings.errors import IllegalMove, SitesNotFound
from meetings.model import Conference, State, Visibility
from meetings.store import Connection
from web.rooms.control import check_alive
from web.scheduling.booking import Desk

STREAM = "stream"
"""What the key file seals the addresses of streams for."""

SAID: Mapping[str, ActionState] = MappingProxyType(
    {
        "seen-inside": ActionState.DONE,
        "not-inside": ActionState.REFUSED,
        "not-available": ActionState.REFUSED,
        "forbidden": ActionState.REFUSED,
        "no-stream": ActionState.REFUSED,
        "recorder-refused": ActionState.REFUSED,
    }
)
"""What a control page may say of an action; of what it did not see it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """With what a control page enters a room."""

    bridge: Bridge
    room: Room
    token: str = field(repr=False)


def is_public(conference: Conference) -> bool:
    """Tell whether a conference may be streamed."""
    return conference.visibility is Visibility.OPEN


async def take_seat(
    conn: Connection,
    desk: Desk,
    conference: Conference,
    seal: Seal,
    *,
    role: EntryRole = EntryRole.SECRETARY,
) -> Seat:
    """Return with what the actor enters, as a moderator or to look on; it is audited.

    Raises:
        RoomNotFound: no bridge carries the conference.
        IllegalMove: the room is not open.
    """
    room = await room_of(conn, conference.id)
    if not is_open(conference, room, desk.now):
        raise IllegalMove(conference.id, conference.state, State.LIVE)
    bridge = await bridge_by_name(conn, room.bridge_name)
    entry = Entry(
        room=room.name,
        person=desk.actor.person,
        name=desk.actor.label,
        hard_end=room.grant_ends_at,
        role=role,
        public=is_public(conference),
    )
    secrets = (await all_secrets(conn, seal))[bridge.name]
    claims = entry_claims(entry, app_id=bridge.app_id, xmpp_domain=bridge.xmpp_domain, now=desk.now)
    action = "room.watch" if role is EntryRole.OBSERVER else "room.lead"
    await record(
        conn,
        actor=desk.actor.name,
        action=action,
        subject=f"conference:{conference.id}",
        unit=conference.host,
    )
    return Seat(bridge=bridge, room=room, token=sign(claims, signing(secrets, desk.now)))


async def ask_inside(
    conn: Connection, desk: Desk, conference: Conference, action: Action, site: str
) -> tuple[Asked, Collection[str]]:
    """Ask for something that the control page is about to do.

    With it come the endpoints that it is about, or that muting everybody leaves alone.

    Raises:
        IllegalMove: the conference is over.
        BridgeCannot: the bridge has nothing to do it with.
        SitesNotFound: the site is not invited.
    """
    await check_can(conn, conference, action)
    subject = site if action in ABOUT_SITE else ""
    if action in ABOUT_SITE and subject not in map(str, conference.sites):
        raise SitesNotFound(frozenset())
    me = desk.actor.name
    asked = await ask(conn, conference, action, subject=subject, by=me, now=desk.now, carried_by=me)
    await save_carrier(conn, asked.id, me)
    return asked, endpoints(await occupants(conn, asked))


async def order(
    conn: Connection,
    desk: Desk,
    conference: Conference,
    action: Action,
    *,
    about: str,
    stream: str,
    seal: Seal,
) -> Asked:
    """Ask for something that an open control page is to do, whoever sits there.

    Where a stream goes is a secret of whoever takes it: it is kept sealed, until it is taken up.

    Raises:
        IllegalMove: the conference is over.
        BridgeCannot: the bridge has nothing to do it with.
        NoControlPage: there is nobody to do it.
    """
    await check_can(conn, conference, action)
    if not await has_seat(conn, conference.id, desk.now - SEAT_LASTS):
        raise NoControlPage(action.value)
    to = seal.seal(STREAM, stream.encode()) if stream else None
    by, now = desk.actor.name, desk.now
    return await ask(conn, conference, action, subject=about, by=by, now=now, stream_to=to)


async def check_can(conn: Connection, conference: Conference, action: Action) -> None:
    """Raise why the room cannot have this done inside it, if it cannot."""
    check_alive(conference, State.LIVE)
    room = await room_of(conn, conference.id)
    bridge = await bridge_by_name(conn, room.bridge_name)
    why = lack(bridge, action, public=is_public(conference))
    if why or action not in ONLY_INSIDE:
        raise BridgeCannot(action.value, why)


async def report(
    conn: Connection, desk: Desk, conference: Conference, action: ActionId, said: str
) -> Asked | None:
    """Take in what a control page saw of an action that its own person carries out; once."""
    asked = await find_action(conn, conference.id, action)
    if asked is None or desk.actor.name not in {asked.asked_by, asked.carried_by}:
        return None
    if asked.action not in ONLY_INSIDE:
        return None
    await settle(conn, asked, SAID[said], said, now=desk.now)
    return await find_action(conn, conference.id, action)
