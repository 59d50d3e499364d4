"""What a conference relays, and when that was lost."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.content.cascading import losses_of, tell_back, tell_lost, upstream_of
from meetings.content.upstreams import Source
from meetings.idempotency import Answer
from meetings.model import ConferenceId
from meetings.store import Connection
from web.access.visibility import Seen, see, see_for
from web.api.answering import change, done, etag, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_optional_body, read_query, read_version
from web.api.views import View
from web.content.cascading import DatesQuery, LossBody, UpstreamBody, plan_as
from web.input.addressed import id_of
from web.input.moments import Moment
from web.permissions import Permission, require
from web.scheduling.booking import Desk, desk_of
from web.transactions import connection

routes = Endpoints("conferences")
PLACE = f"/conferences/{ID}/upstream"


class LossView(View):
    """A stretch without the upstream: told by a `person`, or shown by the `relay` hall's record."""

    start: Moment
    end: Moment | None
    source: Source
    remark: str


class UpstreamView(View):
    """What is relayed, through which hall, from when until when, and when it was lost.

    A relaying hall of a tier that the reader does not see is null.
    """

    name: str
    address: str
    relay_site: int | None
    start: Moment
    end: Moment
    losses: list[LossView]
    version: int


async def upstream_view(conn: Connection, desk: Desk, seen: Seen) -> UpstreamView:
    """Return the upstream with its losses, or raise UpstreamNotFound."""
    conference = seen.conference
    found = await upstream_of(conn, conference.id)
    part = found.within(conference.period)
    losses = await losses_of(conn, conference, found, desk.now)
    return UpstreamView(
        name=found.name,
        address=found.address,
        relay_site=None if found.relay in seen.hidden else found.relay,
        start=part.start,
        end=part.end,
        losses=[
            LossView(start=one.start, end=one.end, source=one.source, remark=one.remark)
            for one in losses
        ],
        version=conference.version,
    )


@routes.endpoint("GET", PLACE, allow=Permission.READ_CONFERENCES, tells=Tells(answer=UpstreamView))
async def show_upstream(request: web.Request) -> web.Response:
    """Show what the conference relays."""
    desk = desk_of(request, require(request))
    async with connection(request) as conn:
        seen = await see(conn, desk.actor, ConferenceId(id_of(request)))
        view = await upstream_view(conn, desk, seen)
    return shown(view, headers={"ETag": etag(view.version)})


@routes.endpoint(
    "PUT",
    PLACE,
    allow=Permission.BOOK,
    tells=Tells(
        answer=UpstreamView,
        body=UpstreamBody,
        query=DatesQuery,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def put_upstream(request: web.Request) -> web.Response:
    """Write what the conference relays, or all coming dates of its series."""
    desk, dates = desk_of(request, require(request)), read_query(request, DatesQuery).dates
    version, body = read_version(request), await read_body(request, UpstreamBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        upstream = body.upstream(seen.conference.period)
        after = await plan_as(conn, desk, seen.conference, upstream, version=version, dates=dates)
        view = await upstream_view(conn, desk, seen)
        told = view.model_copy(update={"version": after})
        return done(told, headers={"ETag": etag(after)})

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    PLACE,
    allow=Permission.BOOK,
    tells=Tells(
        status=HTTPStatus.NO_CONTENT,
        query=DatesQuery,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def drop_upstream(request: web.Request) -> web.Response:
    """Relay nothing any longer; what was lost stays on the record."""
    desk, version = desk_of(request, require(request)), read_version(request)
    dates = read_query(request, DatesQuery).dates

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        await plan_as(conn, desk, seen.conference, None, version=version, dates=dates)
        return Answer(status=HTTPStatus.NO_CONTENT, headers={}, body="")

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"{PLACE}/lost",
    allow=Permission.CONTROL,
    tells=Tells(
        answer=UpstreamView,
        body=LossBody,
        body_needed=False,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def lost(request: web.Request) -> web.Response:
    """Tell that the upstream is lost; twice is once."""
    desk = desk_of(request, require(request))
    body = await read_optional_body(request, LossBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.CONTROL)
        by, now = desk.actor.name, desk.now
        await tell_lost(conn, seen.conference, remark=body.remark, by=by, now=now)
        return done(await upstream_view(conn, desk, seen))

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"{PLACE}/back",
    allow=Permission.CONTROL,
    tells=Tells(answer=UpstreamView, keyed=True, refusals=(HTTPStatus.CONFLICT,)),
)
async def back(request: web.Request) -> web.Response:
    """Tell that the upstream is back; twice is once."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.CONTROL)
        await tell_back(conn, seen.conference, by=desk.actor.name, now=desk.now)
        return done(await upstream_view(conn, desk, seen))

    return await change(request, work)
