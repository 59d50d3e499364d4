"""Chains of approval, for admins: who must agree to which conferences."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.approval.chaining import (
    add_chain,
    chain_by_id,
    change_chain,
    list_chains,
    remove_chain,
)
from meetings.approval.chains import Chain, Step
from meetings.directory.finding import unit_by_code, unit_by_id, units_by_ids
from meetings.idempotency import Answer
from meetings.model import Kind, Role, Unit, UnitId
from meetings.office.workdays import local_day
from meetings.store import Connection
from web.api import views
from web.api.answering import change, done, etag, shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.presenting import unit_name
from web.api.reading import read_body, read_query, read_version
from web.approval.chains import ChainBody, StepsBody, steps_in
from web.input.addressed import PREFIX, id_of
from web.permissions import Permission, require, require_over, units_of
from web.scheduling.booking import desk_of
from web.transactions import connection

routes = Endpoints("approval-chains")


class ChainStepView(views.View):
    """Who may answer at a step."""

    role: Role | None
    unit: views.UnitName | None
    people: list[int]


class ChainView(views.View):
    """Who must agree to conferences of a unit's subtree; `version` is its ETag."""

    id: int
    unit: views.UnitName
    kind: Kind | None
    steps: list[ChainStepView]
    version: int


@routes.endpoint(
    "GET",
    "/approval-chains",
    allow=Permission.MANAGE_CHAINS,
    tells=Tells(answer=views.Page[ChainView], query=PageQuery),
)
async def list_them(request: web.Request) -> web.Response:
    """List the chains of one's units."""
    query = read_query(request, PageQuery)
    units = units_of(require(request), Permission.MANAGE_CHAINS)
    async with connection(request) as conn:
        found = await list_chains(conn, units, after=query.next or 0, limit=query.limit + 1)
        items = [await present(conn, one) for one in found[: query.limit]]
    ids = [one.id for one in found]
    return shown(views.Page[ChainView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "POST",
    "/approval-chains",
    allow=Permission.MANAGE_CHAINS,
    tells=Tells(
        answer=ChainView,
        status=HTTPStatus.CREATED,
        body=ChainBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def create(request: web.Request) -> web.Response:
    """Say who must agree to conferences of a unit's subtree."""
    desk, body = desk_of(request, require(request)), await read_body(request, ChainBody)

    async def work(conn: Connection) -> Answer:
        unit = await unit_by_code(conn, body.unit, local_day(desk.now))
        require_over(request, Permission.MANAGE_CHAINS, unit.path)
        steps = await steps_in(conn, desk, body)
        chain = await add_chain(conn, unit.id, body.kind, steps, by=desk.actor.name)
        headers = {"ETag": etag(1), "Location": f"{PREFIX}/approval-chains/{chain.id}"}
        return done(await present(conn, chain), status=HTTPStatus.CREATED, headers=headers)

    return await change(request, work)


@routes.endpoint(
    "GET",
    f"/approval-chains/{ID}",
    allow=Permission.MANAGE_CHAINS,
    tells=Tells(answer=ChainView),
)
async def show(request: web.Request) -> web.Response:
    """Show one chain; its ETag is what a change must name."""
    async with connection(request) as conn:
        chain = await mine(conn, request)
        view = await present(conn, chain)
    return shown(view, headers={"ETag": etag(chain.version)})


@routes.endpoint(
    "PATCH",
    f"/approval-chains/{ID}",
    allow=Permission.MANAGE_CHAINS,
    tells=Tells(answer=ChainView, body=StepsBody, keyed=True, versioned=True),
)
async def amend(request: web.Request) -> web.Response:
    """Replace the steps of a chain; requests that stand keep theirs."""
    desk, version = desk_of(request, require(request)), read_version(request)
    body = await read_body(request, StepsBody)

    async def work(conn: Connection) -> Answer:
        chain = await mine(conn, request)
        steps = await steps_in(conn, desk, body)
        after = await change_chain(conn, chain.id, steps, version=version, by=desk.actor.name)
        return done(await present(conn, after), headers={"ETag": etag(after.version)})

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/approval-chains/{ID}",
    allow=Permission.MANAGE_CHAINS,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True, versioned=True),
)
async def remove(request: web.Request) -> web.Response:
    """Remove a chain; requests that stand keep their steps."""
    actor, version = require(request), read_version(request)

    async def work(conn: Connection) -> Answer:
        chain = await mine(conn, request)
        await remove_chain(conn, chain.id, version=version, by=actor.name)
        return Answer(status=HTTPStatus.NO_CONTENT, headers={}, body="")

    return await change(request, work)


async def mine(conn: Connection, request: web.Request) -> Chain:
    """Return the chain of the address, if it stands in one's units."""
    chain = await chain_by_id(conn, id_of(request))
    unit = await unit_by_id(conn, chain.unit)
    require_over(request, Permission.MANAGE_CHAINS, unit.path)
    return chain


async def present(conn: Connection, chain: Chain) -> ChainView:
    """Return a chain with the names of its units."""
    wanted = {chain.unit, *(step.unit for step in chain.steps if step.unit is not None)}
    units = await units_by_ids(conn, wanted)
    return ChainView(
        id=chain.id,
        unit=unit_name(units[chain.unit]),
        kind=chain.kind,
        steps=[step_view(step, units) for step in chain.steps],
        version=chain.version,
    )


def step_view(step: Step, units: dict[UnitId, Unit]) -> ChainStepView:
    """Return one step."""
    return ChainStepView(
        role=step.role,
        unit=None if step.unit is None else unit_name(units[step.unit]),
        people=sorted(step.people),
    )
