"""Calling somebody into a live room by telephone, and how callers come in themselves."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from bridges.control.actions import Action, lack
from bridges.rules import is_open
from bridges.store.actions import list_actions
from meetings.store import Connection
from meetings.store.presences import list_inside
from web.answers import redirect
from web.errors import PageNotFound
from web.keys import SETTINGS
from web.pages.booking.wishing import Typed
from web.pages.conference.conferences import Found, find_mine
from web.pages.halls.systems import System, Systems, systems_of
from web.pages.live.asked import lines
from web.pages.live.leading import LACKS, room_and_bridge
from web.pages.reading import Reader, form_of, reader_of
from web.permissions import Permission
from web.render import render
from web.rooms.control import dial
from web.rooms.dialling import pin_of, read_number
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import transaction
from web.wording.sentences import say

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/control/dial"
SHOWN = 20
LONGEST = 40
ALL_ABSENT = "absent"
"""Stands for every hall that can be called and is not in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page shows; `lack` says why nobody can be called, `absent` who could be."""

    id: int
    title: str
    base: str
    live: bool
    lack: str
    dial_in: str
    pin: str
    systems: Systems | None
    absent: tuple[System, ...]
    asked: tuple[str, ...]


@routes.get(PAGE, allow=Permission.CONTROL)
async def show(request: web.Request) -> web.Response:
    """Show the form, how callers come in, and what became of the calls so far."""
    return await page(request, Typed(values={}))


@routes.post(PAGE, allow=Permission.CONTROL)
async def call(request: web.Request) -> web.StreamResponse:
    """Ask the bridge to call a number; the same while it is under way is once."""
    reader, form = reader_of(request), await form_of(request)
    if form.get("site") == ALL_ABSENT:
        return await call_absent(request, reader)
    if "site" in form:
        return await call_site(request, reader, form.get("site"))
    typed = form.get("number")[:LONGEST]
    number = read_number(typed)
    if not number:
        wrong = {"number": say(request, "bad-number")}
        return await page(request, Typed(values={"number": typed}, errors=wrong))
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        await dial(conn, desk_of(request, reader.actor), found.conference, number)
    return redirect(f"/conferences/{found.conference.id}/control/dial?said=call-asked")


async def call_site(request: web.Request, reader: Reader, site: str) -> web.Response:
    """Ask the bridge to call the SIP room system of an invited hall."""
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        systems = await systems_of(conn, request, found)
        known = {str(one.site): one for one in systems.halls} if systems else {}
        if site not in known or not known[site].callable:
            raise PageNotFound
        await dial(conn, desk_of(request, reader.actor), found.conference, known[site].address)
    return redirect(f"/conferences/{found.conference.id}/control/dial?said=call-asked")


async def call_absent(request: web.Request, reader: Reader) -> web.Response:
    """Ask the bridge to call every hall's SIP room system that is not in, if there still is one."""
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        desk = desk_of(request, reader.actor)
        absent = await absent_of(conn, found, await systems_of(conn, request, found))
        for hall in absent:
            await dial(conn, desk, found.conference, hall.address)
    said = "?said=call-asked" if absent else ""
    return redirect(f"/conferences/{found.conference.id}/control/dial{said}")


async def absent_of(conn: Connection, found: Found, systems: Systems | None) -> tuple[System, ...]:
    """Return the halls whose room system can be called and that are not in now."""
    if systems is None:
        return ()
    inside = await list_inside(conn, found.conference.id)
    return tuple(one for one in systems.halls if one.callable and one.site not in inside)


async def page(request: web.Request, form: Typed) -> web.Response:
    """Draw the page, with the form as it was typed."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        seen = await view(conn, request, found, reader)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "dial.html", status=status, c=seen, form=form)


async def view(conn: Connection, request: web.Request, found: Found, reader: Reader) -> View:
    """Return what the page shows."""
    conference = found.conference
    room, bridge = await room_and_bridge(conn, found)
    asked = await list_actions(conn, conference.id, limit=SHOWN)
    calls = [one for one in asked if one.action is Action.DIAL_OUT]
    why = lack(bridge, Action.DIAL_OUT) if bridge else ""
    dial_in: str = request.config_dict[SETTINGS].dial_in
    pin = await pin_of(conn, conference.id) if room else 0
    systems = await systems_of(conn, request, found)
    return View(
        id=conference.id,
        title=conference.title,
        base=f"/conferences/{conference.id}",
        live=room is not None and is_open(conference, room, reader.now),
        lack=reader.speech.word(LACKS[why]) if why else "",
        dial_in=dial_in,
        pin=str(pin) if pin else "",
        systems=systems,
        absent=await absent_of(conn, found, systems),
        asked=lines(calls, found.sites, reader),
    )
