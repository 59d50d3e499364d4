"""Halls that come by a room system: what is dialled, in both directions."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from meetings.directory.gateways import is_sip
from meetings.model import SiteId
from meetings.store import Connection
from meetings.store.gateways import list_gateways
from web.keys import SETTINGS
from web.pages.conference.conferences import OPEN, Found
from web.pages.reading import Reader
from web.permissions import Permission
from web.rooms.dialling import pin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One hall's room system; only a SIP one can be called from here."""

    site: SiteId
    label: str
    address: str
    callable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """All room systems of a conference, and what they dial themselves."""

    dial_in: str
    pin: str
    halls: tuple[System, ...]


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
    conn: Connection, request: web.Request, found: Found, reader: Reader
) -> Systems | None:
    """Return what the page of an open conference shows to those who lead it."""
    if found.conference.state not in OPEN or not found.is_mine(reader, Permission.CONTROL):
        return None
    return await systems_of(conn, request, found)
