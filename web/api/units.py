"""One unit: what it was and became, and reforms of it from a day on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web

from meetings.idempotency import Answer
from meetings.model import Unit
from meetings.reforms.lineage import lineage
from meetings.reforms.reforming import Merged
from meetings.store import Connection
from web.api import views
from web.api.answering import change, done, shown
from web.api.directory import DayQuery, day_of
from web.api.endpoints import CODE, Endpoints, Tells
from web.api.legacies import TrialQuery, UnsettledView, unsettled_view
from web.api.presenting import site_view, unit_name, unit_view
from web.api.reading import read_body, read_query
from web.directory import reforms
from web.directory.reforms import CloseBody, MergeBody, RenameBody, unit_of
from web.input.addressed import code_of
from web.permissions import Permission
from web.routes import Handler
from web.transactions import connection, transaction

routes = Endpoints("units")

CONFLICTS = (HTTPStatus.CONFLICT,)

Reform = Callable[[Connection, web.Request, str, Any], Awaitable[Unit]]


class MergedView(views.UnitView):
    """The unit that goes on; after a dry run its `id` is nobody's where it is new."""

    dry_run: bool
    unsettled: list[UnsettledView]


class LineageView(views.UnitView):
    """A unit with what surrounds it, what it was and what it became."""

    above: list[views.UnitName]
    below: list[views.UnitName]
    predecessors: list[views.UnitView]
    successors: list[views.UnitView]
    sites: list[views.SiteView]


@routes.endpoint(
    "GET",
    f"/units/{CODE}",
    allow=Permission.READ_SITES,
    tells=Tells(answer=LineageView, query=DayQuery),
)
async def show(request: web.Request) -> web.Response:
    """Show the unit that carries the code on a day."""
    on = read_query(request, DayQuery).on or day_of(request)
    async with connection(request) as conn:
        await unit_of(conn, code_of(request), on)
        found = await lineage(conn, code_of(request), on)
    return shown(
        LineageView(
            **unit_view(found.unit).model_dump(),
            above=[unit_name(unit) for unit in found.above],
            below=[unit_name(unit) for unit in found.below],
            predecessors=[unit_view(unit) for unit in found.before],
            successors=[unit_view(unit) for unit in found.after],
            sites=[site_view(site) for site in found.sites],
        )
    )


REFORMS: tuple[tuple[str, type[Any], Reform, str], ...] = (
    (
        "close",
        CloseBody,
        reforms.close,
        "End a unit and its halls; refused with the conferences that it still holds then.",
    ),
    (
        "rename",
        RenameBody,
        reforms.rename,
        "Let a unit go on under another name; its halls, people and plans come along.",
    ),
)


def reformer(name: str, model: type[Any], reform: Reform, summary: str) -> Handler:
    """Return the handler that makes one kind of reform."""

    async def make(request: web.Request) -> web.Response:
        body = await read_body(request, model)

        async def work(conn: Connection) -> Answer:
            return done(unit_view(await reform(conn, request, code_of(request), body)))

        return await change(request, work)

    make.__name__ = name
    make.__doc__ = summary
    return make


for _name, _model, _reform, _summary in REFORMS:
    routes.endpoint(
        "POST",
        f"/units/{CODE}/{_name}",
        allow=Permission.MANAGE_DIRECTORY,
        tells=Tells(answer=views.UnitView, body=_model, keyed=True, refusals=CONFLICTS),
    )(reformer(_name, _model, _reform, _summary))


@routes.endpoint(
    "POST",
    f"/units/{CODE}/merge",
    allow=Permission.MANAGE_DIRECTORY,
    tells=Tells(
        answer=MergedView, query=TrialQuery, body=MergeBody, keyed=True, refusals=CONFLICTS
    ),
)
async def merge(request: web.Request) -> web.Response:
    """Let a unit and others become one that is there, or a new one; or only say what would be."""
    dry = read_query(request, TrialQuery).dry_run
    body, code = await read_body(request, MergeBody), code_of(request)
    if dry:
        async with transaction(request) as conn:
            return shown(merged_view(await reforms.try_merge(conn, request, code, body), dry=True))

    async def work(conn: Connection) -> Answer:
        return done(merged_view(await reforms.merge(conn, request, code, body), dry=False))

    return await change(request, work)


def merged_view(merged: Merged, *, dry: bool) -> MergedView:
    """Return what a merger did or would do."""
    return MergedView(
        **unit_view(merged.unit).model_dump(),
        dry_run=dry,
        unsettled=[unsettled_view(one) for one in merged.unsettled],
    )
