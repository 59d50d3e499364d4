"""Shared lines: halls on one line cannot be in two conferences at once."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.directory.officials import list_lines
from meetings.idempotency import Answer
from meetings.model import LineId
from meetings.scheduling.resources import Line
from meetings.store import Connection
from web.api.answering import GONE, change, done, etag, shown
from web.api.cursors import PageQuery, next_of
from web.api.directory import day_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_mark, read_query
from web.api.views import Page, UnitName, View
from web.input.addressed import PREFIX, id_of
from web.permissions import Permission
from web.scheduling import lines
from web.scheduling.lines import LineBody, LineChanges, mark_of
from web.transactions import connection

routes = Endpoints("lines")


class LineView(View):
    """A channel that these halls share: they cannot be in two conferences at once."""

    id: int
    unit: UnitName
    name: str
    sites: list[int]


def line_view(line: Line) -> LineView:
    """Return a line as the API shows one."""
    return LineView(
        id=line.id,
        unit=UnitName(code=line.unit_code, name=line.unit_name),
        name=line.name,
        sites=sorted(line.sites),
    )


@routes.endpoint(
    "GET",
    "/lines",
    allow=Permission.READ_SITES,
    tells=Tells(answer=Page[LineView], query=PageQuery),
)
async def show_lines(request: web.Request) -> web.Response:
    """List the shared lines with their halls, in Vietnamese order."""
    query = read_query(request, PageQuery)
    after = None if query.next is None else LineId(query.next)
    async with connection(request) as conn:
        found = await list_lines(conn, after=after, limit=query.limit + 1)
    ids = [int(one.id) for one in found]
    items = [line_view(one) for one in found[: query.limit]]
    return shown(Page[LineView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint("GET", f"/lines/{ID}", allow=Permission.READ_SITES, tells=Tells(answer=LineView))
async def show_line(request: web.Request) -> web.Response:
    """Show one shared line; its ETag is what a change must name."""
    async with connection(request) as conn:
        line = await lines.line_of(conn, id_of(request))
    return shown(line_view(line), headers={"ETag": etag(mark_of(line))})


@routes.endpoint(
    "POST",
    "/lines",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(
        answer=LineView,
        status=HTTPStatus.CREATED,
        body=LineBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def create_line(request: web.Request) -> web.Response:
    """Add a line; its halls can be in one conference at a time from now on."""
    body = await read_body(request, LineBody)

    async def work(conn: Connection) -> Answer:
        line = await lines.add(conn, request, body, day_of(request))
        headers = {"Location": f"{PREFIX}/lines/{line.id}", "ETag": etag(mark_of(line))}
        return done(line_view(line), status=HTTPStatus.CREATED, headers=headers)

    return await change(request, work)


@routes.endpoint(
    "PATCH",
    f"/lines/{ID}",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(
        answer=LineView,
        body=LineChanges,
        keyed=True,
        marked=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def amend_line(request: web.Request) -> web.Response:
    """Change a line's name and halls; halls that others look after stay as they are."""
    mark, body = read_mark(request), await read_body(request, LineChanges)

    async def work(conn: Connection) -> Answer:
        line = await lines.line_of(conn, id_of(request))
        offered = await lines.in_ones_care(conn, request, line, body)
        after = await lines.amend(conn, request, line, body, offered=offered, mark=mark)
        return done(line_view(after), headers={"ETag": etag(mark_of(after))})

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/lines/{ID}",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True),
)
async def delete_line(request: web.Request) -> web.Response:
    """Forget a line; its halls no longer stand in each other's way."""

    async def work(conn: Connection) -> Answer:
        await lines.forget(conn, request, await lines.line_of(conn, id_of(request)))
        return GONE

    return await change(request, work)
