"""Submissions: changes and series that wait for an approval while the old promise stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from meetings.approval.submissions import Submission
from meetings.approval.submitting import tell_clash
from meetings.errors import SiteBusy
from meetings.idempotency import Answer
from meetings.store import Connection
from web.api import views
from web.api.answering import change, done, shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_query
from web.api.submission_views import SubmissionView, submission_views
from web.approval import submissions
from web.approval.submission_sight import list_seen, see_submission
from web.input.addressed import id_of
from web.input.forms import RefuseBody
from web.permissions import Permission, require
from web.scheduling.booking import Desk, desk_of
from web.scheduling.remembering import office_calendar
from web.transactions import connection, transaction

routes = Endpoints("submissions")

Act = Callable[[Connection, Desk], Awaitable[Submission]]
CHANGES = Tells(
    answer=SubmissionView,
    keyed=True,
    refusals=(HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY),
)


@routes.endpoint(
    "GET",
    "/submissions",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.Page[SubmissionView], query=PageQuery),
)
async def list_waiting(request: web.Request) -> web.Response:
    """List what waits: for one's own answer, or asked for by one's units; the earliest first."""
    query, actor = read_query(request, PageQuery), require(request)
    async with connection(request) as conn:
        seen, _ = await list_seen(conn, actor, after=query.next, limit=query.limit + 1)
        items = await submission_views(conn, list(seen[: query.limit]))
    ids = [one.submission.id for one in seen]
    return shown(views.Page[SubmissionView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "GET",
    f"/submissions/{ID}",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=SubmissionView),
)
async def show(request: web.Request) -> web.Response:
    """Show one submission: what it is about, who answered, and whose turn it is."""
    async with connection(request) as conn:
        seen = await see_submission(conn, require(request), id_of(request))
        [view] = await submission_views(conn, [seen])
    return shown(view)


@routes.endpoint(
    "POST", f"/submissions/{ID}/approve", allow=Permission.READ_CONFERENCES, tells=CHANGES
)
async def approve(request: web.Request) -> web.Response:
    """Say yes where it is one's turn; the last yes carries it out or answers 409."""

    async def act(conn: Connection, desk: Desk) -> Submission:
        calendar = office_calendar(request)
        after, _ = await submissions.approve(conn, desk, id_of(request), calendar)
        return after

    try:
        return await answered(request, act)
    except SiteBusy:
        desk = desk_of(request, require(request))
        async with transaction(request) as conn:
            await tell_clash(conn, id_of(request), by=desk.actor.name, now=desk.now)
        raise


@routes.endpoint(
    "POST",
    f"/submissions/{ID}/refuse",
    allow=Permission.READ_CONFERENCES,
    tells=replace(CHANGES, body=RefuseBody),
)
async def refuse(request: web.Request) -> web.Response:
    """Say no where it is one's turn, with a reason; everything stays as it was."""
    body = await read_body(request, RefuseBody)

    async def act(conn: Connection, desk: Desk) -> Submission:
        return await submissions.refuse(conn, desk, id_of(request), reason=body.reason)

    return await answered(request, act)


@routes.endpoint("POST", f"/submissions/{ID}/withdraw", allow=Permission.BOOK, tells=CHANGES)
async def withdraw(request: web.Request) -> web.Response:
    """Take back what waits."""

    async def act(conn: Connection, desk: Desk) -> Submission:
        return await submissions.withdraw(conn, desk, id_of(request))

    return await answered(request, act)


async def answered(request: web.Request, act: Act) -> web.Response:
    """Do it once and answer with the submission."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        after = await act(conn, desk)
        seen = await see_submission(conn, desk.actor, after.id)
        [view] = await submission_views(conn, [seen])
        return done(view)

    return await change(request, work)
