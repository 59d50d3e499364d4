"""The plan inside a conference: agenda and segments, read and written as a whole."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from meetings.agenda import Oddity, Plan, SegmentMode, timed, warnings
from meetings.idempotency import Answer
from meetings.model import Conference, ConferenceId
from meetings.planning import plan_agenda, plan_of, plan_segments
from meetings.store import Connection
from web.api.answering import change, done, etag, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import id_of, read_body, read_version
from web.api.views import View
from web.booking import desk_of
from web.moments import Moment
from web.permissions import Permission, require
from web.planned import AgendaBody, SegmentsBody
from web.transactions import connection
from web.visibility import see, see_for

routes = Endpoints("conferences")


class AgendaItemView(View):
    """One point with the time that follows from those before it."""

    title: str
    minutes: int
    at: Moment | None
    presenter: str
    mode: SegmentMode | None
    start: Moment
    end: Moment


class AgendaView(View):
    """The agenda; `warnings` says what is odd about it, `version` is the conference's ETag."""

    items: list[AgendaItemView]
    warnings: list[Oddity]
    version: int


class SegmentView(View):
    """A stretch `[start, end)` of a conference."""

    mode: SegmentMode
    start: Moment
    end: Moment
    upstream: str


class SegmentsView(View):
    """The segments, in order."""

    segments: list[SegmentView]
    version: int


def agenda_view(plan: Plan, conference: Conference, version: int) -> AgendaView:
    """Return the agenda with its times."""
    start = conference.period.start
    items = [
        AgendaItemView(
            title=one.item.title,
            minutes=one.item.minutes,
            at=None if one.item.at_minute is None else one.period.start,
            presenter=one.item.presenter,
            mode=one.item.mode,
            start=one.period.start,
            end=one.period.end,
        )
        for one in timed(plan.items, start)
    ]
    return AgendaView(items=items, warnings=warnings(plan, conference.period), version=version)


def segments_view(plan: Plan, conference: Conference, version: int) -> SegmentsView:
    """Return the segments with their times."""
    start = conference.period.start
    return SegmentsView(
        segments=[
            SegmentView(
                mode=one.mode,
                start=start + timedelta(minutes=one.from_minute),
                end=start + timedelta(minutes=one.to_minute),
                upstream=one.upstream,
            )
            for one in plan.segments
        ],
        version=version,
    )


@routes.endpoint(
    "GET",
    f"/conferences/{ID}/agenda",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=AgendaView),
)
async def show_agenda(request: web.Request) -> web.Response:
    """Show the agenda with its times."""
    async with connection(request) as conn:
        seen = await see(conn, require(request), ConferenceId(id_of(request)))
        plan = await plan_of(conn, seen.conference.id)
    version = seen.conference.version
    view = agenda_view(plan, seen.conference, version)
    return shown(view, headers={"ETag": etag(version)})


@routes.endpoint(
    "PUT",
    f"/conferences/{ID}/agenda",
    allow=Permission.BOOK,
    tells=Tells(
        answer=AgendaView,
        body=AgendaBody,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def put_agenda(request: web.Request) -> web.Response:
    """Write the agenda in place of the one before."""
    desk = desk_of(request, require(request))
    version, body = read_version(request), await read_body(request, AgendaBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        conference = seen.conference
        items = [item.item(conference.period) for item in body.items]
        after = await plan_agenda(
            conn, conference.id, items, version=version, by=desk.actor.name, now=desk.now
        )
        view = agenda_view(await plan_of(conn, conference.id), conference, after)
        return done(view, headers={"ETag": etag(after)})

    return await change(request, work)


@routes.endpoint(
    "GET",
    f"/conferences/{ID}/segments",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=SegmentsView),
)
async def show_segments(request: web.Request) -> web.Response:
    """Show which parts are relayed and which are interactive."""
    async with connection(request) as conn:
        seen = await see(conn, require(request), ConferenceId(id_of(request)))
        plan = await plan_of(conn, seen.conference.id)
    version = seen.conference.version
    view = segments_view(plan, seen.conference, version)
    return shown(view, headers={"ETag": etag(version)})


@routes.endpoint(
    "PUT",
    f"/conferences/{ID}/segments",
    allow=Permission.BOOK,
    tells=Tells(
        answer=SegmentsView,
        body=SegmentsBody,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def put_segments(request: web.Request) -> web.Response:
    """Write the segments in place of those before."""
    desk = desk_of(request, require(request))
    version, body = read_version(request), await read_body(request, SegmentsBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        conference = seen.conference
        segments = [one.segment(conference.period) for one in body.segments]
        after = await plan_segments(
            conn, conference.id, segments, version=version, by=desk.actor.name, now=desk.now
        )
        view = segments_view(await plan_of(conn, conference.id), conference, after)
        return done(view, headers={"ETag": etag(after)})

    return await change(request, work)
