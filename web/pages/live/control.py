"""Control of a live room from the conference's page: longer, a hall out, a number in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bridges.errors import BridgesError
from bridges.model import MoveReason, Room
from bridges.placement.moving import move_room
from bridges.registered.registry import list_bridges
from bridges.rules import can_be_asked
from bridges.store.actions import list_actions
from meetings.errors import MeetingsError
from meetings.model import Conference, SiteId, State
from meetings.store import Connection
from web.answers import redirect
from web.formats import clock_time, iso
from web.pages.conference.conferences import Found, find_mine
from web.pages.live.asked import lines
from web.pages.reading import Reader, form_of, number_in, reader_of
from web.permissions import Permission
from web.rooms.control import extend, remove
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import transaction
from web.wording.sentences import say

routes = Routes()

Work = Callable[[Connection, Conference], Awaitable[None]]

MANAGES = Permission.MANAGE_BRIDGES
LONGER = (15, 30, 60)
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A later end that one press asks for."""

    end: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """A hall that may be sent out."""

    id: SiteId
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What can be done to the room now, and what was lately asked of it.

    `bridges` are where it may be moved, by those who manage them.
    """

    base: str
    longer: tuple[Button, ...]
    halls: tuple[Hall, ...]
    bridges: tuple[str, ...]
    asked: tuple[str, ...]
    wrong: str


async def panel_of(
    conn: Connection, request: web.Request, found: Found, room: Room | None, reader: Reader
) -> Panel | None:
    """Return the panel to those who book for the host, while the room may be in use."""
    conference = found.conference
    if conference.state is not State.LIVE or not found.is_mine(reader, Permission.BOOK):
        return None
    asked = await list_actions(conn, conference.id, limit=SHOWN)
    wrong = request.query.get("wrong", "")
    return Panel(
        base=f"/conferences/{conference.id}/control",
        longer=buttons(conference, reader),
        halls=tuple(Hall(id=site.id, label=site.label) for site in found.sites.values()),
        bridges=await others(conn, room, reader.now) if reader.holds(MANAGES) else (),
        asked=lines(asked, found.sites, reader),
        wrong=say(request, wrong) if wrong in WRONG else "",
    )


async def others(conn: Connection, room: Room | None, now: datetime) -> tuple[str, ...]:
    """Return the bridges that do not carry the room and may be asked to."""
    here = room.bridge_name if room else ""
    bridges = await list_bridges(conn)
    return tuple(one.name for one in bridges if one.name != here and can_be_asked(one, now))


WRONG = frozenset(
    {
        "nothing-to-extend",
        "extension-too-long",
        "site-busy",
        "no-seats",
        "illegal-move",
        "no-bridge-fits",
        "bridge-not-found",
    }
)
"""What a press may have been refused for; anything else in an address is not shown."""


def buttons(conference: Conference, reader: Reader) -> tuple[Button, ...]:
    """Return the later ends to choose from; one that went past its end is offered no past one."""
    end: datetime = conference.period.end
    return tuple(
        Button(
            end=iso(end + timedelta(minutes=minutes)),
            words=reader.speech.tell(
                "+%(minutes)s min, until %(at)s",
                minutes=minutes,
                at=clock_time(end + timedelta(minutes=minutes)),
            ),
        )
        for minutes in LONGER
        if end + timedelta(minutes=minutes) > reader.now
    )


@routes.post("/conferences/{id:[0-9]+}/control/extend", allow=Permission.BOOK)
async def longer(request: web.Request) -> web.StreamResponse:
    """Let the conference last until a later moment; twice is once."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection, conference: Conference) -> None:
        until = datetime.fromisoformat(form.get("end"))
        if until.tzinfo is not None and until > conference.period.end:
            await extend(conn, desk_of(request, reader.actor), conference, until)

    return await pressed(request, reader, work)


@routes.post("/conferences/{id:[0-9]+}/control/remove", allow=Permission.BOOK)
async def out(request: web.Request) -> web.StreamResponse:
    """Send a hall out and keep it out; twice is once."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection, conference: Conference) -> None:
        chosen = [site for site in conference.sites if str(site) == form.get("site")]
        for site in chosen:
            await remove(conn, desk_of(request, reader.actor), conference, site)

    return await pressed(request, reader, work)


@routes.post("/conferences/{id:[0-9]+}/control/move", allow=MANAGES)
async def move(request: web.Request) -> web.StreamResponse:
    """Move the room to another bridge; twice is once."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection, conference: Conference) -> None:
        await move_room(
            conn,
            conference.id,
            to=form.get("bridge"),
            reason=MoveReason.ASKED,
            by=reader.actor.name,
            now=reader.now,
        )

    return await pressed(request, reader, work, needed=MANAGES, said="?said=room-moved")


async def pressed(
    request: web.Request,
    reader: Reader,
    work: Work,
    *,
    needed: Permission = Permission.BOOK,
    said: str = "",
) -> web.StreamResponse:
    """Do what a button asks and show the conference again, with why it was refused if it was."""
    identity = number_in(request, "id")
    try:
        async with transaction(request) as conn:
            found = await find_mine(conn, request, reader, needed)
            await work(conn, found.conference)
    except (BridgesError, MeetingsError) as error:
        if error.code not in WRONG:
            raise
        return redirect(f"/conferences/{identity}?wrong={error.code}")
    except ValueError as error:
        raise web.HTTPBadRequest from error
    return redirect(f"/conferences/{identity}{said}")
