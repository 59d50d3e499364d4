"""Halls that come by a room system: what is dialled, in both directions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web

from bridges.control.actions import Action, lack
from bridges.model import Room
from bridges.registered.registry import bridge_by_name
from meetings.directory.gateways import is_sip
from meetings.model import SiteId
from meetings.store import Connection
from meetings.store.gateways import list_gateways
from web.i18n import N_
from web.keys import SETTINGS
from web.pages.conference.conferences import OPEN, Found
from web.pages.reading import Reader
from web.permissions import Permission
from web.rooms.dialling import pin_of

SUMMONED = N_("Those with a SIP address are called into the room when the conference starts.")
NOT_SUMMONED = N_(
    "The bridge of this conference cannot call them when it starts: they must dial in themselves."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One hall's room system; only a SIP one can be called from here."""

    site: SiteId
    label: str
    address: str
    callable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """All room systems of a conference, what they dial, and what is said of calling them."""

    dial_in: str
    pin: str
    halls: tuple[System, ...]
    summons: str = ""


async def systems_of(conn: Connection, request: web.Request, found: Found) -> Systems | None:
    """Return what is dialled where a hall has a room system; then the conference has a PIN too."""
    known = await list_gateways(conn, found.conference.sites)
    if not known:
        return None
    pin = await pin_of(conn, found.conference.id)
    dial_in: str = request.config_dict[SETTINGS].dial_in
    return Systems(
        dial_in=dial_in,
        pin=str(pin) if pin else "",
        halls=tuple(
            System(
                site=one.id, label=one.label, address=known[one.id], callable=is_sip(known[one.id])
            )
            for one in found.sites.values()
            if one.id in known
        ),
    )


async def systems_for(
    conn: Connection, request: web.Request, found: Found, room: Room | None, reader: Reader
) -> Systems | None:
    """Return what the page of an open conference shows to those who lead it."""
    if found.conference.state not in OPEN or not found.is_mine(reader, Permission.CONTROL):
        return None
    systems = await systems_of(conn, request, found)
    if systems is None or not found.conference.call_systems:
        return systems
    return replace(systems, summons=reader.speech.word(await summons_of(conn, room)))


async def summons_of(conn: Connection, room: Room | None) -> str:
    """Return what the page says of calling at the start; a bridge that cannot is named at once."""
    if room and lack(await bridge_by_name(conn, room.bridge_name), Action.DIAL_OUT):
        return NOT_SUMMONED
    return SUMMONED
