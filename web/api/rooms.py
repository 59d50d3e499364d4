"""Rooms: where a conference is carried, and entry on behalf of a site."""

from __future__ import annotations

from aiohttp import web

from bridges.jitsi.roles import EntryRole
from bridges.jitsi.tokens import Entry, entry_claims, sign
from bridges.model import Room
from bridges.registry import all_secrets, bridge_by_name
from bridges.rooms import room_of
from bridges.rotation import signing
from meetings.audit import record
from meetings.directory import site_by_id
from meetings.errors import SitesNotFound
from meetings.idempotency import Answer
from meetings.model import Conference, ConferenceId, SiteId, Visibility
from meetings.store import Connection
from web.api import views
from web.api.answering import change_secretly, done, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import id_of, read_body
from web.booking import Desk, desk_of
from web.forms import Body, Id
from web.keys import KEYRING
from web.permissions import Permission, require
from web.transactions import connection
from web.visibility import see, see_for

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
        token = await entry_token(
            conn,
            request,
            desk=desk,
            conference=seen.conference,
            room=room,
            site=SiteId(body.site),
        )
        return done(views.AdmissionView(room=room.name, token=token))

    return await change_secretly(request, work)


async def entry_token(
    conn: Connection,
    request: web.Request,
    *,
    desk: Desk,
    conference: Conference,
    room: Room,
    site: SiteId,
) -> str:
    """Return a token for an invited site, and note who asked for it.

    Raises:
        SitesNotFound: the site is not invited.
    """
    if site not in conference.sites:
        raise SitesNotFound(frozenset({site}))
    entry = Entry(
        room=room.name,
        site=site,
        name=(await site_by_id(conn, site)).label,
        hard_end=room.hard_end,
        role=EntryRole.CHAIR if site == conference.main_site else EntryRole.SITE,
        public=conference.visibility is Visibility.OPEN,
    )
    bridge = await bridge_by_name(conn, room.bridge_name)
    secrets = await all_secrets(conn, request.config_dict[KEYRING])
    claims = entry_claims(entry, app_id=bridge.app_id, xmpp_domain=bridge.xmpp_domain, now=desk.now)
    await record(
        conn,
        actor=desk.actor.name,
        action="admission.make",
        subject=f"conference:{conference.id}",
        unit=conference.host,
        detail={"site": site},
    )
    return sign(claims, signing(secrets[room.bridge_name], desk.now))
