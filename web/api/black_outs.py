"""Black-outs: when a hall, an official or a line cannot be had."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Self

from aiohttp import web
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.black_outs import (
    add_black_out,
    count_touched,
    find_black_out,
    list_black_outs,
    remove_black_out,
)
from meetings.directory import site_by_id, unit_by_id
from meetings.errors import OfficialsNotFound
from meetings.idempotency import Answer
from meetings.ids import BlackOutId, LineId, OfficialId, SiteId
from meetings.model import Period, Unit
from meetings.officials import lines_by_ids, officials_by_ids
from meetings.resources import BlackOut, Subject, SubjectKind
from meetings.store import Connection
from web.api.answering import change, done, shown
from web.api.cursors import Number, PageQuery, next_of
from web.api.endpoints import ID, PREFIX, Endpoints, Tells
from web.api.reading import id_of, read_body, read_query
from web.api.views import Page, View
from web.errors import BadForm, PageNotFound
from web.forms import LARGEST_ID, Body, Id
from web.keys import CLOCK
from web.moments import Moment
from web.permissions import Permission, require, require_over
from web.transactions import connection
from web.words import LINES

routes = Endpoints("black-outs")

LONGEST = timedelta(days=366)
QueryId = Annotated[Number, Field(strict=True, ge=1, le=LARGEST_ID)]
Why = Annotated[str, Field(strict=True, min_length=1, max_length=500), LINES]


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

    site: QueryId | None = None
    official: QueryId | None = None
    line: QueryId | None = None


class BlackOutBody(Body):
    """What cannot be had, when and why; exactly one of the three is named."""

    site: Id | None = None
    official: Id | None = None
    line: Id | None = None
    start: Moment
    end: Moment
    reason: Why

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse a black-out of nothing or of two things, and one that does not end in time."""
        if len(subjects(self)) != 1:
            raise PydanticCustomError("between-fields", "{code}", field_problem("one-of-three"))
        code = "end-before-start" if self.end <= self.start else ""
        if not code and self.end - self.start > LONGEST:
            code = "too-long-a-black-out"
        if code:
            raise PydanticCustomError("between-fields", "{code}", {"field": "end", "code": code})
        return self


def field_problem(code: str) -> dict[str, str]:
    """Return what is wrong with what cannot be had."""
    return {"field": "site", "code": code}


def subjects(named: BlackOutBody | BlackOutsQuery) -> list[Subject]:
    """Return what is named."""
    ids = {
        SubjectKind.SITE: named.site,
        SubjectKind.OFFICIAL: named.official,
        SubjectKind.LINE: named.line,
    }
    return [Subject(kind, one) for kind, one in ids.items() if one is not None]


async def black_out_view(conn: Connection, black_out: BlackOut) -> BlackOutView:
    """Return a black-out as the API shows one."""
    subject = black_out.subject
    return BlackOutView(
        id=black_out.id,
        site=subject.id if subject.kind is SubjectKind.SITE else None,
        official=subject.id if subject.kind is SubjectKind.OFFICIAL else None,
        line=subject.id if subject.kind is SubjectKind.LINE else None,
        start=black_out.period.start,
        end=black_out.period.end,
        reason=black_out.reason,
        touched=await count_touched(conn, black_out),
    )


async def unit_of(conn: Connection, subject: Subject) -> Unit:
    """Return the unit to which the subject belongs.

    Raises:
        SitesNotFound, OfficialsNotFound, BadForm: there is no such thing.
    """
    if subject.kind is SubjectKind.SITE:
        return await unit_by_id(conn, (await site_by_id(conn, SiteId(subject.id))).unit_id)
    if subject.kind is SubjectKind.OFFICIAL:
        official = OfficialId(subject.id)
        found = await officials_by_ids(conn, [official])
        if official not in found:
            raise OfficialsNotFound(frozenset({official}))
        return await unit_by_id(conn, found[official].unit_id)
    line = (await lines_by_ids(conn, [LineId(subject.id)])).get(LineId(subject.id))
    if line is None:
        raise BadForm({"line": "not-a-choice"})
    return await unit_by_id(conn, line.unit_id)


@routes.endpoint(
    "GET",
    "/black-outs",
    allow=Permission.READ_SITES,
    tells=Tells(answer=Page[BlackOutView], query=BlackOutsQuery),
)
async def show_all(request: web.Request) -> web.Response:
    """List the black-outs that are not over, as they were added."""
    query = read_query(request, BlackOutsQuery)
    named = subjects(query)
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
        items = [await black_out_view(conn, one) for one in found[: query.limit]]
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
    [subject] = subjects(body)

    async def work(conn: Connection) -> Answer:
        unit = await unit_of(conn, subject)
        actor = require_over(request, Permission.MANAGE_RESOURCES, unit.path)
        period = Period(body.start, body.end)
        added = await add_black_out(
            conn, subject, period, reason=body.reason, unit=unit.id, by=actor.name
        )
        headers = {"Location": f"{PREFIX}/black-outs/{added.id}"}
        view = await black_out_view(conn, added)
        return done(view, status=HTTPStatus.CREATED, headers=headers)

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/black-outs/{ID}",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True),
)
async def remove(request: web.Request) -> web.Response:
    """Lift a black-out."""

    async def work(conn: Connection) -> Answer:
        found = await find_black_out(conn, BlackOutId(id_of(request)))
        if found is None:
            raise PageNotFound
        unit = await unit_of(conn, found.subject)
        require_over(request, Permission.MANAGE_RESOURCES, unit.path)
        await remove_black_out(conn, found, unit=unit.id, by=require(request).name)
        return Answer(status=int(HTTPStatus.NO_CONTENT), headers={}, body="")

    return await change(request, work)
