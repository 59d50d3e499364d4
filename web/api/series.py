"""Series: many conferences from one rule; every date that is left out is named with its reason."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.approval.submissions import Submission
from meetings.directory.finding import unit_by_id, units_by_ids
from meetings.idempotency import Answer
from meetings.series.explaining import skips_of
from meetings.series.plan import SeriesId
from meetings.series.writing import list_series
from meetings.store import Connection
from meetings.store.occurrences import list_held, list_occurrences
from web.api import views
from web.api.answering import change, done, etag, shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_query
from web.api.reasons import dated_views
from web.api.seriesviews import (
    PlanView,
    SeriesFullView,
    SeriesView,
    full_view,
    held_view,
    names_of,
    plan_view,
    planned_view,
    series_view,
)
from web.api.submission_views import SubmissionView, submitted_answer
from web.input.addressed import PREFIX, id_of
from web.keys import CLOCK
from web.permissions import Permission, require, units_of
from web.scheduling.booking import desk_of
from web.scheduling.remembering import office_calendar
from web.series.forms import SeriesBody
from web.series.seeing_series import SeenSeries, see_series
from web.series.series import book_series, plan_series
from web.transactions import connection, transaction

routes = Endpoints("series")


@routes.endpoint(
    "POST",
    "/series/preview",
    allow=Permission.BOOK,
    tells=Tells(answer=PlanView, body=SeriesBody, refusals=(HTTPStatus.CONFLICT,)),
)
async def preview(request: web.Request) -> web.Response:
    """Say which dates would be booked and which left out; nothing is changed."""
    desk = desk_of(request, require(request))
    body = await read_body(request, SeriesBody)
    async with transaction(request) as conn:
        draft = await plan_series(conn, desk, body, office_calendar(request))
        names = await names_of(conn, request, draft.plan.skipped)
        said = await dated_views(conn, request, draft.warnings)
    return shown(plan_view(draft.plan, names, said))


@routes.endpoint(
    "POST",
    "/series",
    allow=Permission.BOOK,
    tells=Tells(
        answer=SeriesFullView,
        accepted=SubmissionView,
        status=HTTPStatus.CREATED,
        body=SeriesBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def create(request: web.Request) -> web.Response:
    """Book a series, or answer 202 where a chain must agree to it; clashing dates are left out."""
    desk = desk_of(request, require(request))
    body = await read_body(request, SeriesBody)

    async def work(conn: Connection) -> Answer:
        booked = await book_series(conn, desk, body, office_calendar(request))
        if isinstance(booked, Submission):
            return await submitted_answer(conn, desk.actor, booked)
        series, draft = booked
        made = await list_occurrences(conn, series.id)
        said = await dated_views(conn, request, draft.warnings)
        created = [planned_view(one, made, said) for one in draft.plan.booked]
        names = await names_of(conn, request, draft.plan.skipped)
        host = await unit_by_id(conn, series.wish.host)
        view = full_view(series, host, created, draft.plan.skipped, names)
        place = f"{PREFIX}/series/{series.id}"
        headers = {"ETag": etag(series.version), "Location": place}
        return done(view, status=HTTPStatus.CREATED, headers=headers)

    return await change(request, work)


@routes.endpoint(
    "GET",
    "/series",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.Page[SeriesView], query=PageQuery),
)
async def list_them(request: web.Request) -> web.Response:
    """List the series of one's units, the newest first."""
    query = read_query(request, PageQuery)
    units = units_of(require(request), Permission.READ_CONFERENCES)
    async with connection(request) as conn:
        before = None if query.next is None else SeriesId(query.next)
        found = await list_series(conn, units, before=before, limit=query.limit + 1)
        hosts = await units_by_ids(conn, {one.wish.host for one in found})
    items = [series_view(one, hosts[one.wish.host]) for one in found[: query.limit]]
    next_ = next_of([int(one.id) for one in found], query.limit)
    return shown(views.Page[SeriesView](items=items, next=next_))


@routes.endpoint(
    "GET",
    f"/series/{ID}",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=SeriesFullView),
)
async def show(request: web.Request) -> web.Response:
    """Show a series with its dates; its ETag is what a change must name."""
    actor = require(request)
    async with connection(request) as conn:
        view = await shown_series(conn, request, await see_series(conn, actor, id_of(request)))
    return shown(view, headers={"ETag": etag(view.version)})


async def shown_series(conn: Connection, request: web.Request, seen: SeenSeries) -> SeriesFullView:
    """Return a series with every date, its conference's state, and what was left out."""
    held = await list_held(conn, seen.series.id)
    skipped = await skips_of(conn, seen.series, now=request.config_dict[CLOCK]())
    created = [held_view(day, one, seen.series) for day, one in held.items()]
    names = await names_of(conn, request, skipped)
    return full_view(seen.series, seen.host, created, skipped, names)
