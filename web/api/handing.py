"""Handing a conference over: offered, then accepted or declined by the receiver."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from meetings.approval import handing
from meetings.approval.handovers import HandAnswer, HandOver
from meetings.directory.finding import units_by_ids
from meetings.idempotency import Answer
from meetings.model import ConferenceId, Unit
from meetings.store import Connection
from meetings.store.handing import list_offers
from web.access.visibility import receiver_of, see_for
from web.api import views
from web.api.answering import change, done, shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.presenting import unit_name
from web.api.reading import read_body, read_optional_version, read_query
from web.approval.answer_sight import see_offered
from web.approval.handing import DeclineBody, HandOverBody, offer_on
from web.input.addressed import id_of
from web.input.moments import Moment
from web.permissions import Permission, require
from web.scheduling.booking import Desk, desk_of
from web.transactions import connection

routes = Endpoints("hand-over")

Act = Callable[[Connection, Desk, ConferenceId], Awaitable[HandOver]]


class HandOverView(views.View):
    """An offer of a conference; without a person, whoever books for that host may answer."""

    id: int
    conference: int
    host: views.UnitName
    person: int | None
    offered_by: str
    offered_at: Moment
    answer: HandAnswer | None
    answered_by: str
    answered_at: Moment | None
    reason: str


CHANGES = Tells(
    answer=HandOverView,
    keyed=True,
    refusals=(HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY),
)


def hand_over_view(one: HandOver, host: Unit) -> HandOverView:
    """Return an offer."""
    return HandOverView(
        id=one.id,
        conference=one.conference,
        host=unit_name(host),
        person=one.person,
        offered_by=one.offered_by,
        offered_at=one.offered_at,
        answer=one.answer,
        answered_by=one.answered_by,
        answered_at=one.answered_at,
        reason=one.reason,
    )


async def page_of(conn: Connection, found: list[HandOver]) -> views.Page[HandOverView]:
    """Return a page of offers."""
    hosts = await units_by_ids(conn, {one.host for one in found})
    items = [hand_over_view(one, hosts[one.host]) for one in found]
    return views.Page[HandOverView](items=items)


@routes.endpoint(
    "GET",
    "/hand-overs",
    allow=Permission.BOOK,
    tells=Tells(answer=views.Page[HandOverView], query=PageQuery),
)
async def list_mine(request: web.Request) -> web.Response:
    """List what is offered to oneself and waits for an answer, the earliest conference first."""
    query, receiver = read_query(request, PageQuery), receiver_of(require(request))
    async with connection(request) as conn:
        found = await handing.offered_to(conn, receiver, after=query.next, limit=query.limit + 1)
        page = await page_of(conn, found[: query.limit])
    return shown(page.model_copy(update={"next": next_of([one.id for one in found], query.limit)}))


@routes.endpoint(
    "GET",
    f"/conferences/{ID}/hand-overs",
    allow=Permission.BOOK,
    tells=Tells(answer=views.Page[HandOverView]),
)
async def list_all(request: web.Request) -> web.Response:
    """List every offer ever made of a conference and what became of it."""
    async with connection(request) as conn:
        number = ConferenceId(id_of(request))
        await see_for(conn, require(request), number, Permission.BOOK)
        page = await page_of(conn, await list_offers(conn, number))
    return shown(page)


@routes.endpoint(
    "POST",
    f"/conferences/{ID}/hand-over",
    allow=Permission.BOOK,
    tells=replace(CHANGES, body=HandOverBody),
)
async def offer(request: web.Request) -> web.Response:
    """Offer a conference to another unit or person; to oneself it goes at once."""
    version, body = read_optional_version(request), await read_body(request, HandOverBody)

    async def act(conn: Connection, desk: Desk, conference: ConferenceId) -> HandOver:
        return await offer_on(conn, desk, conference, body, version=version)

    return await answered(request, act)


@routes.endpoint(
    "POST", f"/conferences/{ID}/hand-over/accept", allow=Permission.BOOK, tells=CHANGES
)
async def accept(request: web.Request) -> web.Response:
    """Take what one was offered."""

    async def act(conn: Connection, desk: Desk, conference: ConferenceId) -> HandOver:
        await see_offered(conn, desk.actor, conference)
        receiver = receiver_of(desk.actor)
        return await handing.accept(conn, conference, receiver=receiver, now=desk.now)

    return await answered(request, act)


@routes.endpoint(
    "POST",
    f"/conferences/{ID}/hand-over/decline",
    allow=Permission.BOOK,
    tells=replace(CHANGES, body=DeclineBody),
)
async def decline(request: web.Request) -> web.Response:
    """Decline what one was offered, with a reason; everything stays as it was."""
    body = await read_body(request, DeclineBody)

    async def act(conn: Connection, desk: Desk, conference: ConferenceId) -> HandOver:
        await see_offered(conn, desk.actor, conference)
        receiver, reason = receiver_of(desk.actor), body.reason
        return await handing.decline(
            conn, conference, reason=reason, receiver=receiver, now=desk.now
        )

    return await answered(request, act)


@routes.endpoint("DELETE", f"/conferences/{ID}/hand-over", allow=Permission.BOOK, tells=CHANGES)
async def withdraw(request: web.Request) -> web.Response:
    """Take an offer back that nobody has answered."""

    async def act(conn: Connection, desk: Desk, conference: ConferenceId) -> HandOver:
        await see_for(conn, desk.actor, conference, Permission.BOOK)
        return await handing.withdraw(conn, conference, by=desk.actor.name, now=desk.now)

    return await answered(request, act)


async def answered(request: web.Request, act: Act) -> web.Response:
    """Do it once and answer with the offer."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        offered = await act(conn, desk, ConferenceId(id_of(request)))
        hosts = await units_by_ids(conn, {offered.host})
        return done(hand_over_view(offered, hosts[offered.host]))

    return await change(request, work)
