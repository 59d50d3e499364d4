"""Rooms: where a conference is carried, and entry on behalf of a site."""

from __future__ import annotations

from aiohttp import web

from bridges.placement.rooms import room_of
from meetings.idempotency import Answer
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection
from web.access.visibility import see, see_for
from web.api import views
from web.api.answering import change_secretly, done, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body
from web.input.addressed import id_of
from web.input.forms import Body, Id
from web.keys import KEYRING
from web.permissions import Permission, require
from web.rooms.entering import entry_token
from web.scheduling.booking import desk_of
from web.transactions import connection

routes = Endpoints("rooms")


class AdmissionBody(Body):
    """Which site enters."""

    site: Id


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
    return shown(
        views.RoomView(
            bridge=room.bridge_name,
            name=room.name,
            opens=room.opens_at,
            closes=room.closes_at,
            state=room.state,
        )
    )


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
