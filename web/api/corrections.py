"""Corrections: proposed by a commune, decided by the province."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from aiohttp import web

from meetings.directory.finding import units_by_ids
from meetings.directory.proposals import Corrected, Correction
from meetings.idempotency import Answer
from meetings.model import Unit
from meetings.store import Connection
from meetings.store.corrections import list_corrections
from web.api import views
from web.api.answering import change, done, shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.presenting import unit_name
from web.api.reading import read_body, read_query
from web.directory import corrections
from web.directory.corrections import CorrectionBody, RefusalBody
from web.input.addressed import PREFIX, id_of
from web.input.moments import Moment
from web.permissions import Permission, require, units_of
from web.transactions import connection

routes = Endpoints("corrections")

CONFLICTS = (HTTPStatus.CONFLICT,)
State = Literal["open", "applied", "refused"]


class CorrectionView(views.View):
    """What should be different about a record, and what became of it."""

    id: int
    kind: Corrected
    record: int
    unit: views.UnitName
    before: dict[str, str]
    after: dict[str, str]
    reason: str
    state: str
    proposed_by: str
    proposed_at: Moment
    decided_by: str
    decided_at: Moment | None
    remark: str


class CorrectionsQuery(PageQuery):
    """Which corrections: of a state; the newest come first."""

    state: State | None = None


def correction_view(found: Correction, unit: Unit) -> CorrectionView:
    """Return a correction as it is told."""
    return CorrectionView(
        id=found.id,
        kind=found.kind,
        record=found.record,
        unit=unit_name(unit),
        before=dict(found.before),
        after=dict(found.after),
        reason=found.reason,
        state=found.state,
        proposed_by=found.proposed_by,
        proposed_at=found.proposed_at,
        decided_by=found.decided_by,
        decided_at=found.decided_at,
        remark=found.remark,
    )


async def told(
    conn: Connection, found: Correction, *, status: HTTPStatus = HTTPStatus.OK
) -> Answer:
    """Return a correction as the answer to a change."""
    unit = (await units_by_ids(conn, [found.unit]))[found.unit]
    headers = {}
    if status is HTTPStatus.CREATED:
        headers["Location"] = f"{PREFIX}/corrections/{found.id}"
    return done(correction_view(found, unit), status=status, headers=headers)


@routes.endpoint(
    "GET",
    "/corrections",
    allow=Permission.PROPOSE,
    tells=Tells(answer=views.Page[CorrectionView], query=CorrectionsQuery),
)
async def list_them(request: web.Request) -> web.Response:
    """List the corrections in one's units."""
    query = read_query(request, CorrectionsQuery)
    async with connection(request) as conn:
        found = await list_corrections(
            conn,
            units_of(require(request), Permission.PROPOSE),
            states=None if query.state is None else [query.state],
            before=query.next,
            limit=query.limit + 1,
        )
        units = await units_by_ids(conn, {one.unit for one in found})
    items = [correction_view(one, units[one.unit]) for one in found[: query.limit]]
    ids = [int(one.id) for one in found]
    return shown(views.Page[CorrectionView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "POST",
    "/corrections",
    allow=Permission.PROPOSE,
    tells=Tells(
        answer=CorrectionView,
        status=HTTPStatus.CREATED,
        body=CorrectionBody,
        keyed=True,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
async def propose(request: web.Request) -> web.Response:
    """Say what should be different about a record of one's own unit."""
    body = await read_body(request, CorrectionBody)

    async def work(conn: Connection) -> Answer:
        found = await corrections.propose(conn, request, body)
        return await told(conn, found, status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/corrections/{ID}/approve",
    allow=Permission.MANAGE_DIRECTORY,
    tells=Tells(answer=CorrectionView, keyed=True, refusals=CONFLICTS),
)
async def approve(request: web.Request) -> web.Response:
    """Make the record say it; refused where somebody has changed the record meanwhile."""

    async def work(conn: Connection) -> Answer:
        return await told(conn, await corrections.approve(conn, request, id_of(request)))

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/corrections/{ID}/refuse",
    allow=Permission.MANAGE_DIRECTORY,
    tells=Tells(answer=CorrectionView, body=RefusalBody, keyed=True, refusals=CONFLICTS),
)
async def refuse(request: web.Request) -> web.Response:
    """Leave the record as it is, and say why."""
    body = await read_body(request, RefusalBody)

    async def work(conn: Connection) -> Answer:
        return await told(conn, await corrections.refuse(conn, request, id_of(request), body))

    return await change(request, work)
