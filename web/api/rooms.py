"""Rooms: where a conference is carried, and entry on behalf of a site."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from bridges.model import MoveReason, Room
from bridges.placement.moving import move_room
from bridges.placement.rooms import room_of
from meetings.idempotency import Answer
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection
from web.access.visibility import see, see_for
from web.api import views
from web.api.answering import change, change_secretly, done, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body
from web.input.addressed import id_of
from web.input.forms import Body, Id
from web.input.words import LINE
from web.keys import KEYRING
from web.permissions import Permission, require
from web.rooms.entering import entry_token
from web.scheduling.booking import desk_of
from web.transactions import connection

routes = Endpoints("rooms")


class AdmissionBody(Body):
    """Which site enters."""

    site: Id


class MoveBody(Body):
    """To which bridge a room goes."""

    bridge: Annotated[str, Field(strict=True, min_length=1, max_length=63), LINE]


@routes.endpoint(
    "GET",
    f"/conferences/{ID}/room",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.RoomView),
)
async def show(request: web.Request) -> web.Response:
    """Show a conference's place on a bridge, and between which moments it is open."""
    async with connection(request) as conn:
        seen = await see(conn, require(request), ConferenceId(id_of(request)))
        room = await room_of(conn, seen.conference.id)
    return shown(room_view(room))


def room_view(room: Room) -> views.RoomView:
    """Return a room as the API tells it."""
    return views.RoomView(
        bridge=room.bridge_name,
        name=room.name,
        opens=room.opens_at,
        closes=room.closes_at,
        state=room.state,
    )


@routes.endpoint(
    "POST",
    f"/conferences/{ID}/room/move",
    allow=Permission.MANAGE_BRIDGES,
    tells=Tells(answer=views.RoomView, body=MoveBody, keyed=True, refusals=(HTTPStatus.CONFLICT,)),
)
async def move(request: web.Request) -> web.Response:
    """Move a room to another bridge, also while it is in use: links stay, halls' pages follow.

    It stays where it is if it is there already, or closed.
    """
    desk = desk_of(request, require(request))
    body = await read_body(request, MoveBody)

    async def work(conn: Connection) -> Answer:
        conference, needed = ConferenceId(id_of(request)), Permission.MANAGE_BRIDGES
        seen = await see_for(conn, desk.actor, conference, needed)
        room = await move_room(
            conn,
            seen.conference.id,
            to=body.bridge,
            reason=MoveReason.ASKED,
            by=desk.actor.name,
            now=desk.now,
        )
        return done(room_view(room))

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/conferences/{ID}/admissions",
    allow=Permission.ADMIT,
    tells=Tells(answer=views.AdmissionView, body=AdmissionBody, keyed=True),
)
async def admit(request: web.Request) -> web.Response:
    """Make the token with which a site enters the room, without its link; it is audited."""
    desk = desk_of(request, require(request))
    body = await read_body(request, AdmissionBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.ADMIT)
        room = await room_of(conn, seen.conference.id)
        seal, by, site = request.config_dict[KEYRING], desk.actor.name, SiteId(body.site)
        token = await entry_token(conn, seal, seen.conference, room, site, by=by, now=desk.now)
        return done(views.AdmissionView(room=room.name, token=token))

    return await change_secretly(request, work)
