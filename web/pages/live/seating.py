"""What an open control page says every few seconds, and hears: where its room is, what to do."""

from __future__ import annotations

import re
from dataclasses import asdict
from http import HTTPStatus

from aiohttp import web

from bridges.control.actions import SEAT_BEAT
from bridges.model import Room
from bridges.placement.rooms import find_room
from bridges.registered.registry import bridge_by_name
from bridges.rules import beat_seconds, is_open
from meetings.store import Connection
from web.keys import KEYRING
from web.pages.conference.conferences import find_mine
from web.pages.live.leading import PAGE
from web.pages.reading import Texts, form_of, reader_of
from web.permissions import Permission
from web.rooms.seats import leave, sit
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import transaction

routes = Routes()

SEAT = re.compile(r"[A-Za-z0-9_-]{16,64}")


@routes.post(f"{PAGE}/seat", allow=Permission.CONTROL)
async def beat(request: web.Request) -> web.Response:
    """Note that a control page is in the room, and give it what it has to do there.

    A page that is still where the room was is in no room: it hears where the room is and no more.
    """
    reader, form = reader_of(request), await form_of(request)
    desk, seat = desk_of(request, reader.actor), seat_in(form)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        room = await find_room(conn, found.conference.id)
        if room is None or not is_open(found.conference, room, desk.now):
            return web.json_response({"place": ""}, status=HTTPStatus.GONE)
        place, orders = place_of(room), []
        if form.get("state") == "inside" and form.get("place") == place:
            seal = request.config_dict[KEYRING]
            orders = await sit(conn, desk, found.conference, seat, seal)
        else:
            await leave(conn, desk, found.conference, seat)
        again = await again_after(conn, room)
    told = [asdict(one) for one in orders]
    return web.json_response({"place": place, "again": again, "orders": told})


def seat_in(form: Texts) -> str:
    """Return the number that a control page gave itself.

    Raises:
        HTTPBadRequest: it is none.
    """
    if not SEAT.fullmatch(form.get("seat")):
        raise web.HTTPBadRequest
    return form.get("seat")


def place_of(room: Room) -> str:
    """Return where the room is; a control page follows when this changes."""
    return f"{room.bridge_name}/{room.name}"


async def again_after(conn: Connection, room: Room) -> int:
    """Return after how many seconds the page speaks again: soon while its bridge is in doubt."""
    bridge = await bridge_by_name(conn, room.bridge_name)
    return min(SEAT_BEAT, beat_seconds(bridge))
