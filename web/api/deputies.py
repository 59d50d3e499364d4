"""Deputies: whose role somebody may use for some days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus

from aiohttp import web

from meetings.directory.finding import unit_by_id, units_by_ids
from meetings.idempotency import Answer
from meetings.model import Role, Unit, UnitId
from meetings.people.deputies import Lending, end, list_lendings
from meetings.store import Connection
from web.api import views
from web.api.answering import change, done, shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.presenting import unit_name
from web.api.reading import read_body, read_query
from web.approval.deputies import DeputyBody, lend_as
from web.input.addressed import PREFIX, id_of
from web.permissions import Permission, require, units_of
from web.scheduling.booking import desk_of
from web.transactions import connection

routes = Endpoints("deputies")


class DeputyView(views.View):
    """Who stands in for whom, with which role over which unit, from the first day to the last."""

    id: int
    giver: int
    giver_name: str
    deputy: int
    deputy_name: str
    role: Role
    unit: views.UnitName
    first: date
    until: date


def deputy_view(one: Lending, units: Mapping[UnitId, Unit]) -> DeputyView:
    """Return one lending."""
    return DeputyView(
        id=one.id,
        giver=one.giver,
        giver_name=one.giver_name,
        deputy=one.deputy,
        deputy_name=one.deputy_name,
        role=one.role,
        unit=unit_name(units[one.unit]),
        first=one.days.first,
        until=one.days.last,
    )


@routes.endpoint(
    "GET",
    "/deputies",
    allow=Permission.SIGNED_IN,
    tells=Tells(answer=views.Page[DeputyView], query=PageQuery),
)
async def index(request: web.Request) -> web.Response:
    """List whom one stands in for and who stands in for oneself; admins see all of theirs."""
    query, actor = read_query(request, PageQuery), require(request)
    async with connection(request) as conn:
        found = await list_lendings(
            conn,
            person=actor.person,
            units=units_of(actor, Permission.MANAGE_PEOPLE),
            after=query.next or 0,
            limit=query.limit + 1,
        )
        units = await units_by_ids(conn, {one.unit for one in found})
    items = [deputy_view(one, units) for one in found[: query.limit]]
    after = next_of([one.id for one in found], query.limit)
    return shown(views.Page[DeputyView](items=items, next=after))


@routes.endpoint(
    "POST",
    "/deputies",
    allow=Permission.SIGNED_IN,
    tells=Tells(
        answer=DeputyView,
        status=HTTPStatus.CREATED,
        body=DeputyBody,
        keyed=True,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
async def create(request: web.Request) -> web.Response:
    """Lend a role that one holds oneself; what was lent to one cannot be lent on."""
    desk, body = desk_of(request, require(request)), await read_body(request, DeputyBody)

    async def work(conn: Connection) -> Answer:
        lending = await lend_as(conn, desk, body)
        unit = await unit_by_id(conn, lending.unit)
        view = deputy_view(lending, {unit.id: unit})
        place = {"Location": f"{PREFIX}/deputies/{lending.id}"}
        return done(view, status=HTTPStatus.CREATED, headers=place)

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/deputies/{ID}",
    allow=Permission.SIGNED_IN,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True),
)
async def remove(request: web.Request) -> web.Response:
    """End it; the deputy's next request goes without the role."""
    desk = desk_of(request, require(request))
    person, by = desk.actor.person, desk.actor.name
    units = units_of(desk.actor, Permission.MANAGE_PEOPLE)

    async def work(conn: Connection) -> Answer:
        await end(conn, id_of(request), person=person, units=units, by=by, now=desk.now)
        return Answer(status=HTTPStatus.NO_CONTENT, headers={}, body="")

    return await change(request, work)
