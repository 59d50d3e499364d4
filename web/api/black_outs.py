"""Black-outs: when a hall, an official or a line cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from aiohttp import web

from meetings.idempotency import Answer
from meetings.ids import BlackOutId
from meetings.scheduling.black_outs import count_touched, find_black_out, list_black_outs
from meetings.scheduling.resources import BlackOut, Subject, SubjectKind
from meetings.store import Connection
from web.api.answering import GONE, change, done, shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_query
from web.api.views import Page, View
from web.errors import BadForm, PageNotFound
from web.input.addressed import PREFIX, id_of
from web.input.moments import Moment
from web.input.typed import TypedId
from web.keys import CLOCK
from web.permissions import Permission
from web.scheduling.black_outs import BlackOutBody, add, end, subjects
from web.transactions import connection

routes = Endpoints("black-outs")


class BlackOutView(View):
    """A stretch in which one hall, official or line cannot be had.

    `touched` conferences were promised it before, and keep it.
    """

    id: int
    site: int | None
    official: int | None
    line: int | None
    start: Moment
    end: Moment
    reason: str
    touched: int


class BlackOutsQuery(PageQuery):
    """Which black-outs that are not over: all, or those of one hall, official or line."""

    site: TypedId | None = None
    official: TypedId | None = None
    line: TypedId | None = None


def named_in(query: BlackOutsQuery) -> list[Subject]:
    """Return what the query names."""
    return subjects(query.site, query.official, query.line)


async def black_out_views(conn: Connection, found: Sequence[BlackOut]) -> list[BlackOutView]:
    """Return black-outs as the API shows them."""
    touched = await count_touched(conn, found)
    return [
        BlackOutView(
            id=one.id,
            site=one.subject.id if one.subject.kind is SubjectKind.SITE else None,
            official=one.subject.id if one.subject.kind is SubjectKind.OFFICIAL else None,
            line=one.subject.id if one.subject.kind is SubjectKind.LINE else None,
            start=one.period.start,
            end=one.period.end,
            reason=one.reason,
            touched=touched.get(one.id, 0),
        )
        for one in found
    ]


@routes.endpoint(
    "GET",
    "/black-outs",
    allow=Permission.READ_SITES,
    tells=Tells(answer=Page[BlackOutView], query=BlackOutsQuery),
)
async def show_all(request: web.Request) -> web.Response:
    """List the black-outs that are not over, as they were added."""
    query = read_query(request, BlackOutsQuery)
    named = named_in(query)
    if len(named) > 1:
        raise BadForm({named[1].kind.value: "one-of-three"})
    async with connection(request) as conn:
        found = await list_black_outs(
            conn,
            since=request.config_dict[CLOCK](),
            subject=named[0] if named else None,
            after=None if query.next is None else BlackOutId(query.next),
            limit=query.limit + 1,
        )
        items = await black_out_views(conn, found[: query.limit])
    ids = [int(one.id) for one in found]
    return shown(Page[BlackOutView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "POST",
    "/black-outs",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(answer=BlackOutView, status=HTTPStatus.CREATED, body=BlackOutBody, keyed=True),
)
async def create(request: web.Request) -> web.Response:
    """Refuse what is asked for in that time from now on; what is booked stays booked."""
    body = await read_body(request, BlackOutBody)

    async def work(conn: Connection) -> Answer:
        added = await add(conn, request, body)
        headers = {"Location": f"{PREFIX}/black-outs/{added.id}"}
        [view] = await black_out_views(conn, [added])
        return done(view, status=HTTPStatus.CREATED, headers=headers)

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/black-outs/{ID}",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True),
)
async def remove(request: web.Request) -> web.Response:
    """Lift a black-out from now on; what is over of it stays on record."""

    async def work(conn: Connection) -> Answer:
        found = await find_black_out(conn, BlackOutId(id_of(request)))
        if found is None:
            raise PageNotFound
        await end(conn, request, found, request.config_dict[CLOCK]())
        return GONE

    return await change(request, work)
