"""The control page: the bridge in our frame as a moderator's client, and the buttons for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from urllib.parse import quote

from aiohttp import web

from bridges.control.actions import ONLY_INSIDE, Action, ActionId, lack
from bridges.jitsi.names import read_user, short_name
from bridges.model import Bridge, Room
from bridges.placement.rooms import find_room
from bridges.registered.registry import bridge_by_name
from bridges.rules import is_open
from bridges.store.actions import list_actions, list_insiders
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection
from web.answers import redirect
from web.errors import PageNotFound
from web.i18n import N_
from web.keys import KEYRING
from web.pages.conference.conferences import OPEN, Found, chip_of, find_mine, unit_name
from web.pages.live.asked import lines
from web.pages.live.frames import ALLOWED, Frame, frame_of
from web.pages.looks import Chip
from web.pages.reading import Reader, form_of, number_in, reader_of
from web.permissions import Permission
from web.render import render
from web.rooms.inside import SAID, Seat, ask_inside, is_public, report, take_seat
from web.routes import Routes
from web.scheduling.booking import Desk, desk_of
from web.security import embed
from web.transactions import connection, transaction

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/control"
SHOWN = 8

LACKS = {
    "trial-cannot": N_("The trial bridge cannot do this."),
    "not-public": N_("Only a public conference is streamed."),
    "no-jibri": N_("No recorder (Jibri) is registered for this bridge."),
}
GROUPS = {
    "lobby": (Action.LOBBY_ON, Action.LOBBY_OFF),
    "record": (Action.RECORD_START, Action.RECORD_STOP),
    "stream": (Action.STREAM_START, Action.STREAM_STOP),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HallLine:
    """A hall on the list; `main` is left alone when everybody is muted."""

    id: SiteId
    label: str
    main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page shows besides the frame; `lacks` says why a group of buttons is off."""

    id: ConferenceId
    base: str
    title: str
    when: str
    host: str
    chip: Chip
    bridge: str
    opens: str
    is_open: bool
    halls: tuple[HallLine, ...]
    lacks: dict[str, str]
    asked: tuple[str, ...]
    where: str


@routes.get(PAGE, allow=Permission.CONTROL)
async def show(request: web.Request) -> web.Response:
    """Show what can be led, before anybody connects; nobody enters a room by looking."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        seen = await view(conn, found, reader, desk_of(request, reader.actor))
    return render(request, "control.html", c=seen, frame=None, allow=ALLOWED)


@routes.post(f"{PAGE}/enter", allow=Permission.CONTROL, embed=True)
async def enter(request: web.Request) -> web.Response:
    """Enter the room as a moderator, in our frame."""
    reader = reader_of(request)
    desk = desk_of(request, reader.actor)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        seen = await view(conn, found, reader, desk)
        if not seen.is_open:
            return redirect(seen.base)
        seat = await take_seat(conn, desk, found.conference, request.config_dict[KEYRING])
    frame = frame_for(seat, reader.speech.locale)
    embed(request, seat.bridge.public_url, script=frame.script)
    return render(
        request,
        "control.html",
        c=seen,
        frame=frame,
        allow=ALLOWED,
        at=f"{seat.bridge.name}/{seat.room.name}",
        seat=token_urlsafe(),
    )


@routes.post(f"{PAGE}/inside", allow=Permission.CONTROL)
async def inside(request: web.Request) -> web.Response:
    """Write down what the page is about to do, and tell it whom it is about; twice is once."""
    reader, form = reader_of(request), await form_of(request)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        desk, action = desk_of(request, reader.actor), action_in(form.get("action"))
        asked, whom = await ask_inside(conn, desk, found.conference, action, form.get("site"))
    return web.json_response({"id": asked.id, "whom": sorted(whom)})


@routes.post(f"{PAGE}/inside/{{action:[0-9]+}}", allow=Permission.CONTROL)
async def seen_inside(request: web.Request) -> web.Response:
    """Take in what the page saw of it."""
    reader, form = reader_of(request), await form_of(request)
    said = form.get("said")
    if said not in SAID:
        raise web.HTTPBadRequest
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        action = ActionId(number_in(request, "action"))
        asked = await report(conn, desk_of(request, reader.actor), found.conference, action, said)
    if asked is None:
        raise PageNotFound
    return web.json_response({"state": asked.state.value})


def action_in(text: str) -> Action:
    """Return the action of a button.

    Raises:
        HTTPBadRequest: there is no such button here.
    """
    if text not in ONLY_INSIDE:
        raise web.HTTPBadRequest
    return Action(text)


async def view(conn: Connection, found: Found, reader: Reader, desk: Desk) -> View:
    """Return what the page shows."""
    conference, speech = found.conference, reader.speech
    room, bridge = await room_and_bridge(conn, found)
    asked = await list_actions(conn, conference.id, limit=SHOWN)
    early = room is not None and reader.now < room.opens_at
    return View(
        id=conference.id,
        base=f"/conferences/{conference.id}/control",
        title=conference.title,
        when=speech.span(conference.period),
        host=unit_name(found.host, speech),
        chip=chip_of(conference, reader),
        bridge=bridge.name if bridge else "",
        opens=speech.moment(room.opens_at, today=reader.now) if room and early else "",
        is_open=room is not None and is_open(conference, room, desk.now),
        halls=hall_lines(found),
        lacks=lacks_of(bridge, reader, public=is_public(conference)),
        asked=lines(asked, found.sites, reader),
        where=where(await list_insiders(conn, conference.id), found),
    )


async def room_and_bridge(
    conn: Connection, found: Found
) -> tuple[Room, Bridge] | tuple[None, None]:
    """Return the conference's room and the bridge that carries it, if there is one."""
    room = await find_room(conn, found.conference.id)
    return (room, await bridge_by_name(conn, room.bridge_name)) if room else (None, None)


def hall_lines(found: Found) -> tuple[HallLine, ...]:
    """Return the halls, the main one first."""
    main = found.conference.main_site
    ordered = sorted(found.sites.values(), key=lambda site: site.id != main)
    return tuple(HallLine(id=one.id, label=one.label, main=one.id == main) for one in ordered)


def lacks_of(bridge: Bridge | None, reader: Reader, *, public: bool) -> dict[str, str]:
    """Return why groups of buttons are off, in words."""
    if bridge is None:
        return {}
    whys = {group: lack(bridge, first, public=public) for group, (first, _) in GROUPS.items()}
    return {group: reader.speech.word(LACKS[why]) for group, why in whys.items() if why}


def where(inside: Sequence[tuple[str, str]], found: Found) -> str:
    """Return by which short names each hall ever was in the room: `12:1a2b3c4d,…` and so on."""
    ends: dict[SiteId, set[str]] = {}
    for user, jid in inside:
        if (site := read_user(user)) in found.sites and site is not None:
            ends.setdefault(site, set()).add(short_name(jid))
    return " ".join(f"{site}:{','.join(sorted(found))}" for site, found in sorted(ends.items()))


def frame_for(seat: Seat, locale: str) -> Frame:
    """Return how the page opens the bridge; the trial bridge is told that it is commanded."""
    kind, public_url = seat.bridge.kind, seat.bridge.public_url
    told = quote(json.dumps(seat.token), safe="")
    url = f"{public_url.rstrip('/')}/{seat.room.name}?lang={locale}#jwt={told}&control=1"
    return frame_of(kind, public_url, seat.room.name, seat.token, url=url)


def leads(found: Found, room: Room | None, reader: Reader) -> bool:
    """Tell whether the reader may lead the room, and it is open about now."""
    return in_use(found, room, reader) and found.is_mine(reader, Permission.CONTROL)


def in_use(found: Found, room: Room | None, reader: Reader) -> bool:
    """Tell whether the room is open about now."""
    is_near = room is not None and room.opens_at <= reader.now < room.closes_at
    return found.conference.state in OPEN and is_near
