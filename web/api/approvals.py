"""Approval: drafts sent off, requests answered, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from meetings.approval import asking
from meetings.approval.chains import Request, may_decide
from meetings.directory.finding import unit_by_id, units_by_ids
from meetings.errors import SiteBusy
from meetings.idempotency import Answer
from meetings.model import Conference, ConferenceId, Unit, UnitId
from meetings.scheduling.displacing import plan_for
from meetings.store import Connection
from meetings.store.approvals import find_request
from web.access.visibility import see, see_for
from web.api import views
from web.api.answering import change, shown
from web.api.approval_views import ApprovalView, DisplacementView, step_view
from web.api.booked import BookedView, booked_answer
from web.api.conferences import present_all
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_optional_body, read_optional_version, read_query
from web.api.yielding import yielding_views
from web.approval.answer_sight import see_asked
from web.approval.approving import (
    decider_of,
    note_clash,
    refuse_request,
    submit_draft,
    waiting_for,
)
from web.input.addressed import id_of
from web.input.forms import RefuseBody
from web.keys import CLOCK
from web.permissions import Permission, require
from web.scheduling import displacing
from web.scheduling.booking import Desk, desk_of
from web.scheduling.displacing import ApproveBody
from web.transactions import connection, transaction

routes = Endpoints("approvals")

Act = Callable[[Connection, Desk, ConferenceId], Awaitable[Conference]]
CHANGES = Tells(
    answer=BookedView,
    keyed=True,
    refusals=(HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY),
)


@routes.endpoint(
    "GET",
    "/approvals",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.Page[views.ConferenceView], query=PageQuery),
)
async def list_waiting(request: web.Request) -> web.Response:
    """List the requests that wait for one's own answer, the earliest first."""
    query = read_query(request, PageQuery)
    after = None if query.next is None else ConferenceId(query.next)
    async with connection(request) as conn:
        found, _ = await waiting_for(conn, require(request), after=after, limit=query.limit + 1)
        items = await present_all(conn, require(request), list(found[: query.limit]))
    ids = [int(one.id) for one in found]
    return shown(views.Page[views.ConferenceView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "GET",
    f"/conferences/{ID}/approval",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=ApprovalView),
)
async def show(request: web.Request) -> web.Response:
    """Show where a conference stands: who answered, and whose turn it is."""
    actor = require(request)
    async with connection(request) as conn:
        seen = await see(conn, actor, ConferenceId(id_of(request)))
        asked = await find_request(conn, seen.conference.id)
        wanted = {one.step.unit for one in asked.approvals if one.step.unit} if asked else set()
        units = await units_by_ids(conn, wanted)
    turn = asked.turn if asked else None
    mine = turn is not None and may_decide(turn, seen.host.path, decider_of(actor))
    return shown(approval_view(seen.conference, asked, units, mine=mine))


def approval_view(
    conference: Conference, asked: Request | None, units: dict[UnitId, Unit], *, mine: bool
) -> ApprovalView:
    """Return where the conference stands."""
    waits = asked is not None and conference.state.value == "requested"
    turn = asked.turn if asked and waits else None
    return ApprovalView(
        conference=conference.id,
        state=conference.state,
        version=conference.version,
        round=asked.round if asked else 0,
        asked_by=asked.asked_by if asked else "",
        asked_at=asked.asked_at if asked else None,
        displaced_by=asked.displaced_by if asked else None,
        turn=turn.place if turn else None,
        may_answer=mine and turn is not None,
        steps=[step_view(one, units) for one in asked.approvals] if asked else [],
    )


@routes.endpoint(
    "GET",
    f"/conferences/{ID}/displacement",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=DisplacementView),
)
async def show_displacement(request: web.Request) -> web.Response:
    """Show which conferences would give way to this one, and the digest that approving needs."""
    actor, now = require(request), request.config_dict[CLOCK]()
    async with connection(request) as conn:
        seen = await see(conn, actor, ConferenceId(id_of(request)))
        plan = await plan_for(conn, seen.conference, now=now)
        found = [
            await yielding_views(conn, actor, part) for part in (plan.displaced, plan.protected)
        ]
    return shown(DisplacementView(displaced=found[0], protected=found[1], digest=plan.digest))


@routes.endpoint("POST", f"/conferences/{ID}/submit", allow=Permission.BOOK, tells=CHANGES)
async def submit(request: web.Request) -> web.Response:
    """Send a draft off for approval, or book it where nobody must agree."""
    version = read_optional_version(request)

    async def act(conn: Connection, desk: Desk, conference: ConferenceId) -> Conference:
        await see_for(conn, desk.actor, conference, Permission.BOOK)
        return await submit_draft(conn, desk, conference, version=version)

    return await answered(request, act)


@routes.endpoint("POST", f"/conferences/{ID}/withdraw", allow=Permission.BOOK, tells=CHANGES)
async def withdraw(request: web.Request) -> web.Response:
    """Take a request back; it is a draft again."""
    version = read_optional_version(request)

    async def act(conn: Connection, desk: Desk, conference: ConferenceId) -> Conference:
        await see_for(conn, desk.actor, conference, Permission.BOOK)
        by = desk.actor.name
        return await asking.withdraw(conn, conference, version=version, by=by, now=desk.now)

    return await answered(request, act)


@routes.endpoint(
    "POST",
    f"/conferences/{ID}/approve",
    allow=Permission.READ_CONFERENCES,
    tells=replace(CHANGES, body=ApproveBody, body_needed=False),
)
async def approve(request: web.Request) -> web.Response:
    """Say yes where it is one's turn; the last yes books the conference or answers 409."""
    version = read_optional_version(request)
    body = await read_optional_body(request, ApproveBody)

    async def act(conn: Connection, desk: Desk, conference: ConferenceId) -> Conference:
        await see_asked(conn, desk.actor, conference)
        return await displacing.approve(conn, desk, conference, body, version=version)

    try:
        return await answered(request, act)
    except SiteBusy as busy:
        desk = desk_of(request, require(request))
        async with transaction(request) as conn:
            await note_clash(conn, desk, ConferenceId(id_of(request)), busy)
        raise


@routes.endpoint(
    "POST",
    f"/conferences/{ID}/refuse",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(
        answer=BookedView,
        body=RefuseBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED),
    ),
)
async def refuse(request: web.Request) -> web.Response:
    """Say no where it is one's turn, with a reason."""
    version, body = read_optional_version(request), await read_body(request, RefuseBody)

    async def act(conn: Connection, desk: Desk, conference: ConferenceId) -> Conference:
        await see_asked(conn, desk.actor, conference)
        return await refuse_request(conn, desk, conference, body.reason, version=version)

    return await answered(request, act)


async def answered(request: web.Request, act: Act) -> web.Response:
    """Do it once and answer with the conference."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        after = await act(conn, desk, ConferenceId(id_of(request)))
        return await booked_answer(conn, request, after, await unit_by_id(conn, after.host))

    return await change(request, work)
