"""The hall's heartbeat: its page says that it is in the room, and hears where the room is now."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from bridges.entry.admitting import note_heartbeat
from bridges.entry.passes import Entrance, KnownBridge
from bridges.rules import BEAT, beat_seconds
from web.formats import iso
from web.keys import ADMISSIONS
from web.pages.door.doors import Door, bridge_of, door_of, is_there, place_of
from web.pages.door.halls import PAGE
from web.pages.reading import form_of
from web.permissions import LINK
from web.routes import Routes

routes = Routes()


@routes.post(f"{PAGE}/heartbeat", allow=LINK)
async def heartbeat(request: web.Request) -> web.Response:
    """Note that the hall is in the room; tell its page when it has to enter anew.

    That is where the room has moved, or where the hall has come to lead it or leads it no more.
    An open page is not a hall that is in: the bridge in its frame says so.  A page that is still
    where the room was is in no room.
    """
    door, form = await door_of(request), await form_of(request)
    if door.found is None or door.entrance is not Entrance.OPEN:
        return web.json_response({"entrance": door.entrance.value}, status=HTTPStatus.GONE)
    if form.get("inside") == "1" and is_there(form.get("place"), door.found):
        await note_heartbeat(request.config_dict[ADMISSIONS], door.found, door.now)
    return web.json_response(news(door, place_of(door.found), bridge_of(request, door)))


def news(door: Door, place: str, known: KnownBridge | None) -> dict[str, str | int]:
    """Return what a page in the room is told: where, when to ask again, until when."""
    again = BEAT if known is None else beat_seconds(known.bridge)
    told: dict[str, str | int] = {"place": place, "again": again, "now": iso(door.now)}
    if door.found is None:
        return told
    occasion = door.found.occasion
    return told | {"end": iso(occasion.end), "closes": iso(occasion.closes_at)}
