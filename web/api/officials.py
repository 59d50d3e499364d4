"""Officials: positions that chair or attend one conference at a time."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.directory.finding import unit_by_code
from meetings.directory.officials import list_officials, officials_by_ids
from meetings.idempotency import Answer
from meetings.model import OfficialId
from meetings.scheduling.resources import Official
from meetings.store import Connection
from web.api.answering import GONE, change, done, etag, shown
from web.api.cursors import PageQuery, next_of
from web.api.directory import day_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_optional_version, read_query, read_version
from web.api.views import Page, UnitName, View
from web.directory import officials
from web.directory.officials import OfficialBody, OfficialChanges
from web.errors import PageNotFound
from web.input.addressed import PREFIX, id_of
from web.input.moments import Day
from web.input.words import LINE, UnitCode
from web.permissions import Permission
from web.transactions import connection

routes = Endpoints("officials")

SearchText = Annotated[str, Field(strict=True, max_length=200), LINE]


class OfficialView(View):
    """A position that chairs or attends; `rank` 1 is named first."""

    id: int
    unit: UnitName
    title: str
    name: str
    rank: int
    valid_from: date | None
    valid_to: date | None
    version: int


class OfficialsQuery(PageQuery):
    """Which officials: `q` is found without diacritics; of a `unit` and all below, `on` a day."""

    q: SearchText = ""
    unit: UnitCode | None = None
    on: Day | None = None


def official_view(official: Official) -> OfficialView:
    """Return an official as the API shows one."""
    return OfficialView(
        id=official.id,
        unit=UnitName(code=official.unit_code, name=official.unit_name),
        title=official.title,
        name=official.name,
        rank=official.rank,
        valid_from=official.valid_from,
        valid_to=official.valid_to,
        version=official.version,
    )


def told(official: Official, *, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return an official with its version, and its address when it is new."""
    headers = {"ETag": etag(official.version)}
    if status is HTTPStatus.CREATED:
        headers["Location"] = f"{PREFIX}/officials/{official.id}"
    return done(official_view(official), status=status, headers=headers)


@routes.endpoint(
    "GET",
    "/officials",
    allow=Permission.READ_SITES,
    tells=Tells(answer=Page[OfficialView], query=OfficialsQuery),
)
async def show_officials(request: web.Request) -> web.Response:
    """List the officials in office on a day, in order of precedence."""
    query = read_query(request, OfficialsQuery)
    on = query.on or day_of(request)
    async with connection(request) as conn:
        unit = await unit_by_code(conn, query.unit, on) if query.unit else None
        found = await list_officials(
            conn,
            query.q,
            on=on,
            units=[unit.id] if unit else None,
            after=None if query.next is None else OfficialId(query.next),
            limit=query.limit + 1,
        )
    ids = [int(one.id) for one in found]
    items = [official_view(one) for one in found[: query.limit]]
    return shown(Page[OfficialView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "GET",
    f"/officials/{ID}",
    allow=Permission.READ_SITES,
    tells=Tells(answer=OfficialView),
)
async def show_official(request: web.Request) -> web.Response:
    """Show an official, in office or not."""
    wanted = OfficialId(id_of(request))
    async with connection(request) as conn:
        found = (await officials_by_ids(conn, [wanted])).get(wanted)
    if found is None:
        raise PageNotFound
    return shown(official_view(found), headers={"ETag": etag(found.version)})


@routes.endpoint(
    "POST",
    "/officials",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(
        answer=OfficialView,
        status=HTTPStatus.CREATED,
        body=OfficialBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def create_official(request: web.Request) -> web.Response:
    """Add an official, who can chair and attend from now on."""
    body = await read_body(request, OfficialBody)

    async def work(conn: Connection) -> Answer:
        added = await officials.add(conn, request, body, day_of(request))
        return told(added, status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "PATCH",
    f"/officials/{ID}",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(
        answer=OfficialView,
        body=OfficialChanges,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def amend_official(request: web.Request) -> web.Response:
    """Change an official; days of conferences that are booked with them are not taken away."""
    version, body = read_version(request), await read_body(request, OfficialChanges)

    async def work(conn: Connection) -> Answer:
        before = await officials.owned(conn, request, id_of(request), version)
        return told(await officials.amend(conn, request, before, body))

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/officials/{ID}",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(
        status=HTTPStatus.NO_CONTENT,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED),
    ),
)
async def delete_official(request: web.Request) -> web.Response:
    """Let an official be in office no more, whom no coming conference is booked with."""
    version = read_optional_version(request)

    async def work(conn: Connection) -> Answer:
        found = await officials.owned(conn, request, id_of(request), version)
        await officials.end(conn, request, found, day_of(request))
        return GONE

    return await change(request, work)
