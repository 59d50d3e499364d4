"""Shared lines: halls on one line cannot be in two conferences at once."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.directory import sites_by_ids
from meetings.errors import SitesNotFound
from meetings.idempotency import Answer
from meetings.model import LineId, SiteId
from meetings.officials import add_line, lines_by_ids, list_lines, remove_line
from meetings.resources import Line
from meetings.store import Connection
from web.api.answering import change, done, shown
from web.api.cursors import PageQuery, next_of
from web.api.directory import day_of
from web.api.endpoints import ID, PREFIX, Endpoints, Tells
from web.api.reading import id_of, read_body, read_query
from web.api.views import Page, UnitName, View
from web.errors import PageNotFound
from web.forms import MOST_SITES, Body, Id
from web.officials import own_unit
from web.permissions import Permission, require, require_over
from web.transactions import connection
from web.words import Name, UnitCode

routes = Endpoints("lines")


class LineView(View):
    """A channel that these halls share: they cannot be in two conferences at once."""

    id: int
    unit: UnitName
    name: str
    sites: list[int]


class LineBody(Body):
    """A channel, and the halls that share it from now on."""

    unit: UnitCode
    name: Name
    sites: Annotated[tuple[Id, ...], Field(max_length=MOST_SITES)] = ()


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
    wanted = frozenset(map(SiteId, body.sites))

    async def work(conn: Connection) -> Answer:
        unit = await own_unit(conn, request, body.unit, day_of(request))
        sites = await sites_by_ids(conn, wanted)
        if sites.keys() != wanted:
            raise SitesNotFound(wanted - sites.keys())
        for site in sites.values():
            require_over(request, Permission.MANAGE_RESOURCES, site.unit_path)
        line = await add_line(conn, unit.id, body.name, sites=wanted, by=require(request).name)
        headers = {"Location": f"{PREFIX}/lines/{line.id}"}
        return done(line_view(line), status=HTTPStatus.CREATED, headers=headers)

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/lines/{ID}",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True),
)
async def delete_line(request: web.Request) -> web.Response:
    """Forget a line; its halls no longer stand in each other's way."""
    wanted = LineId(id_of(request))

    async def work(conn: Connection) -> Answer:
        line = (await lines_by_ids(conn, [wanted])).get(wanted)
        if line is None:
            raise PageNotFound
        actor = require_over(request, Permission.MANAGE_RESOURCES, line.unit_path)
        await remove_line(conn, line, by=actor.name)
        return Answer(status=int(HTTPStatus.NO_CONTENT), headers={}, body="")

    return await change(request, work)
