"""Officials: positions that chair or attend one conference at a time."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.directory import unit_by_code
from meetings.idempotency import Answer
from meetings.model import OfficialId, Unit
from meetings.officials import (
    USUAL_RANK,
    add_official,
    list_officials,
    officials_by_ids,
    remove_official,
)
from meetings.resources import Official
from meetings.store import Connection
from meetings.workdays import local_day
from web.api.answering import change, done, shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, PREFIX, Endpoints, Tells
from web.api.reading import id_of, read_body, read_query
from web.api.views import Page, UnitName, View
from web.errors import PageNotFound
from web.forms import Body
from web.keys import CLOCK
from web.permissions import Permission, require, require_over
from web.transactions import connection
from web.words import LINE, Name, ShortText, UnitCode

routes = Endpoints("officials")

MOST_RANK = 1000
SearchText = Annotated[str, Field(strict=True, max_length=200), LINE]
Rank = Annotated[int, Field(strict=True, ge=1, le=MOST_RANK)]


class OfficialView(View):
    """A position that chairs or attends; `rank` 1 is named first."""

    id: int
    unit: UnitName
    title: str
    name: str
    rank: int


class OfficialsQuery(PageQuery):
    """Which officials: `q` is found in title and name without diacritics."""

    q: SearchText = ""


class OfficialBody(Body):
    """A position of a unit; who holds it may be left out."""

    unit: UnitCode
    title: Name
    name: ShortText = ""
    rank: Rank = USUAL_RANK


def official_view(official: Official) -> OfficialView:
    """Return an official as the API shows one."""
    return OfficialView(
        id=official.id,
        unit=UnitName(code=official.unit_code, name=official.unit_name),
        title=official.title,
        name=official.name,
        rank=official.rank,
    )


@routes.endpoint(
    "GET",
    "/officials",
    allow=Permission.READ_SITES,
    tells=Tells(answer=Page[OfficialView], query=OfficialsQuery),
)
async def show_officials(request: web.Request) -> web.Response:
    """List the officials in office today, in order of precedence."""
    query = read_query(request, OfficialsQuery)
    async with connection(request) as conn:
        found = await list_officials(
            conn,
            query.q,
            on=local_day(request.config_dict[CLOCK]()),
            after=None if query.next is None else OfficialId(query.next),
            limit=query.limit + 1,
        )
    ids = [int(one.id) for one in found]
    items = [official_view(one) for one in found[: query.limit]]
    return shown(Page[OfficialView](items=items, next=next_of(ids, query.limit)))


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
        unit = await own_unit(conn, request, body.unit)
        official = await add_official(
            conn,
            unit.id,
            title=body.title,
            name=body.name,
            rank=body.rank,
            by=require(request).name,
        )
        headers = {"Location": f"{PREFIX}/officials/{official.id}"}
        return done(official_view(official), status=HTTPStatus.CREATED, headers=headers)

    return await change(request, work)


async def own_unit(conn: Connection, request: web.Request, code: str) -> Unit:
    """Return the unit of that code, if the actor looks after what belongs to it."""
    unit = await unit_by_code(conn, code, local_day(request.config_dict[CLOCK]()))
    require_over(request, Permission.MANAGE_RESOURCES, unit.path)
    return unit


@routes.endpoint(
    "DELETE",
    f"/officials/{ID}",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True),
)
async def delete_official(request: web.Request) -> web.Response:
    """Let an official be in office no more; conferences already booked keep theirs."""
    wanted, today = OfficialId(id_of(request)), local_day(request.config_dict[CLOCK]())

    async def work(conn: Connection) -> Answer:
        official = (await officials_by_ids(conn, [wanted])).get(wanted)
        if official is None:
            raise PageNotFound
        actor = require_over(request, Permission.MANAGE_RESOURCES, official.unit_path)
        await remove_official(conn, official, on=today, by=actor.name)
        return Answer(status=int(HTTPStatus.NO_CONTENT), headers={}, body="")

    return await change(request, work)
