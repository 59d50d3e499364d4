"""The plan inside a conference: agenda and segments, read and written as a whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import web

from meetings.content.agenda import Oddity, Plan, SegmentMode, timed, warnings
from meetings.content.planning import plan_agenda, plan_of, plan_segments
from meetings.idempotency import Answer
from meetings.model import Conference, ConferenceId
from meetings.store import Connection
from web.access.visibility import see, see_for
from web.api.answering import change, done, etag, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_version
from web.api.views import View
from web.content.planned import AgendaBody, SegmentsBody
from web.content.tiering import seen_plan
from web.input.addressed import id_of
from web.input.moments import Moment
from web.permissions import Permission, require
from web.scheduling.booking import Desk, desk_of
from web.transactions import connection

routes = Endpoints("conferences")

Draw: TypeAlias = Callable[[Plan, Conference, int], View]
"""What is shown of a plan at a conference's version."""

Write: TypeAlias = Callable[[Connection, Conference, Desk, int | None], Awaitable[int]]
"""Writes a part of the plan; returns the conference's new version."""


class AgendaItemView(View):
    """One point with the time that follows from those before it."""

    title: str
    minutes: int
    at: Moment | None
    presenter: str
    presenter_id: int | None
    mode: SegmentMode | None
    start: Moment
    end: Moment
    tier: int | None


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
    tier: int | None


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
            presenter_id=one.item.official,
            mode=one.item.mode,
            start=one.period.start,
            end=one.period.end,
            tier=one.item.tier,
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
                tier=one.tier,
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
    """Show the agenda with its times, as far as one's tier may see it."""
    return await show(request, agenda_view)


@routes.endpoint(
    "GET",
    f"/conferences/{ID}/segments",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=SegmentsView),
)
async def show_segments(request: web.Request) -> web.Response:
    """Show which parts are relayed and which are interactive, as far as one's tier may see them."""
    return await show(request, segments_view)


async def show(request: web.Request, draw: Draw) -> web.Response:
    """Answer with a part of the plan as the actor may see it."""
    actor = require(request)
    async with connection(request) as conn:
        seen = await see(conn, actor, ConferenceId(id_of(request)))
        plan = await seen_plan(conn, actor, seen)
    version = seen.conference.version
    return shown(draw(plan, seen.conference, version), headers={"ETag": etag(version)})


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
    body = await read_body(request, AgendaBody)

    async def write(conn: Connection, found: Conference, desk: Desk, version: int | None) -> int:
        items = [item.item(found.period) for item in body.items]
        return await plan_agenda(
            conn, found.id, items, version=version, by=desk.actor.name, now=desk.now
        )

    return await put(request, write, agenda_view)


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
    body = await read_body(request, SegmentsBody)

    async def write(conn: Connection, found: Conference, desk: Desk, version: int | None) -> int:
        segments = [one.segment(found.period) for one in body.segments]
        return await plan_segments(
            conn, found.id, segments, version=version, by=desk.actor.name, now=desk.now
        )

    return await put(request, write, segments_view)


async def put(request: web.Request, write: Write, draw: Draw) -> web.Response:
    """Write a part of the plan for somebody who acts for the host; answer with all of it."""
    desk, version = desk_of(request, require(request)), read_version(request)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        after = await write(conn, seen.conference, desk, version)
        view = draw(await plan_of(conn, seen.conference.id), seen.conference, after)
        return done(view, headers={"ETag": etag(after)})

    return await change(request, work)
