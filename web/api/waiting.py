"""The waiting list: wishes whose halls are taken, and what is offered to them."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.idempotency import Answer
from meetings.model import Conference, ConferenceId
from meetings.scheduling.conferences import conference_by_id
from meetings.scheduling.waiting import Waiting, leave, list_waiting, put_on_list, wait, waiting_of
from meetings.store import Connection
from web.access.visibility import see_for
from web.api import views
from web.api.answering import change, done, shown
from web.api.booked import BookedView, answer, booked_answer
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_query
from web.approval.approving import submit_draft
from web.input.addressed import PREFIX, id_of
from web.input.forms import WishBody
from web.input.moments import Moment
from web.permissions import Permission, require, units_of
from web.scheduling.booking import desk_of, find_wish_and_terms
from web.transactions import connection

routes = Endpoints("waiting")


class WaitingView(views.View):
    """A draft that waits; `offer_until` says how long its halls are offered to it."""

    conference: int
    title: str
    start: Moment
    end: Moment
    since: Moment
    offer_until: Moment | None


@routes.endpoint(
    "GET",
    "/waiting",
    allow=Permission.BOOK,
    tells=Tells(answer=views.Page[WaitingView], query=PageQuery),
)
async def list_them(request: web.Request) -> web.Response:
    """List what waits for one's units."""
    query = read_query(request, PageQuery)
    units = units_of(require(request), Permission.BOOK)
    async with connection(request) as conn:
        found = await list_waiting(conn, units, after=query.next or 0, limit=query.limit + 1)
        items = [
            view(await conference_by_id(conn, one.conference), one) for one in found[: query.limit]
        ]
    ids = [int(one.conference) for one in found]
    return shown(views.Page[WaitingView](items=items, next=next_of(ids, query.limit)))


def view(conference: Conference, waiting: Waiting) -> WaitingView:
    """Return a draft that waits."""
    return WaitingView(
        conference=conference.id,
        title=conference.title,
        start=conference.period.start,
        end=conference.period.end,
        since=waiting.since,
        offer_until=waiting.offer_until,
    )


@routes.endpoint(
    "POST",
    "/waiting",
    allow=Permission.BOOK,
    tells=Tells(answer=views.ConferenceView, status=HTTPStatus.CREATED, body=WishBody, keyed=True),
)
async def create(request: web.Request) -> web.Response:
    """Keep a wish as a draft that waits for its halls."""
    desk, body = desk_of(request, require(request)), await read_body(request, WishBody)

    async def work(conn: Connection) -> Answer:
        wish, terms = await find_wish_and_terms(conn, desk, body)
        kept = await wait(conn, wish, bridge=body.bridge or "", by=desk.actor.name, now=desk.now)
        return answer(kept, terms.host, status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/conferences/{ID}/wait",
    allow=Permission.BOOK,
    tells=Tells(
        answer=WaitingView,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY),
    ),
)
async def put(request: web.Request) -> web.Response:
    """Let a draft, or a refused request, wait for its halls."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        by, now = desk.actor.name, desk.now
        kept = await put_on_list(conn, seen.conference.id, by=by, now=now)
        return done(
            view(kept, await waiting_of(conn, kept.id)),
            headers={"Location": f"{PREFIX}/waiting/{kept.id}"},
        )

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/waiting/{ID}/book",
    allow=Permission.BOOK,
    tells=Tells(answer=BookedView, keyed=True, refusals=(HTTPStatus.CONFLICT,)),
)
async def book(request: web.Request) -> web.Response:
    """Book a draft that waits, or ask for it where somebody must agree."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        after = await submit_draft(conn, desk, seen.conference.id, version=None)
        return await booked_answer(conn, request, after, seen.host)

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/waiting/{ID}",
    allow=Permission.BOOK,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True),
)
async def remove(request: web.Request) -> web.Response:
    """Wait no more; the draft stays."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        await leave(conn, seen.conference.id, by=desk.actor.name, now=desk.now)
        return Answer(status=HTTPStatus.NO_CONTENT, headers={}, body="")

    return await change(request, work)
