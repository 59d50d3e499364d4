"""Series after they were booked: edited, called off, put back, and as a calendar file."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from meetings.approval.submissions import Submission
from meetings.directory.finding import sites_by_ids, unit_by_id
from meetings.exporting.calendars import feed_calendar
from meetings.idempotency import Answer
from meetings.series.plan import Series
from meetings.store import Connection
from meetings.store.occurrences import list_held
from web.answers import download
from web.api import views
from web.api.answering import change, done, etag, shown
from web.api.booked import answer
from web.api.conferences import CALENDAR
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_query, read_version
from web.api.series import shown_series
from web.api.seriesoutcome import OutcomeView, outcome_view
from web.api.seriesviews import SeriesFullView
from web.api.submission_views import SubmissionView, submitted_answer
from web.input.addressed import id_of
from web.permissions import Permission, require
from web.scheduling.booking import desk_of
from web.series.changes import (
    amend_series,
    cancel_series,
    changes_in,
    restore_date,
)
from web.series.forms import RestoreBody, ScopeQuery, SeriesChangesBody
from web.series.seeing_series import SeenSeries, see_series
from web.series.turns import preview_dates
from web.transactions import connection, transaction

routes = Endpoints("series")


@routes.endpoint(
    "PATCH",
    f"/series/{ID}",
    allow=Permission.BOOK,
    tells=Tells(
        answer=SeriesFullView,
        accepted=SubmissionView,
        body=SeriesChangesBody,
        query=ScopeQuery,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def amend(request: web.Request) -> web.Response:
    """Change one date, the following or all, or answer 202 where a chain must agree to it."""
    desk, version = desk_of(request, require(request)), read_version(request)
    scope, body = read_query(request, ScopeQuery), await read_body(request, SeriesChangesBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_series(conn, desk.actor, id_of(request), Permission.BOOK)
        changes = await changes_in(conn, desk, body)
        after = await amend_series(conn, desk, seen.series, changes, scope=scope, version=version)
        if isinstance(after, Submission):
            return await submitted_answer(conn, desk.actor, after)
        return await told(conn, request, after)

    return await change(request, work)


async def told(conn: Connection, request: web.Request, after: Series) -> Answer:
    """Answer with the series as it is now."""
    host = await unit_by_id(conn, after.wish.host)
    view = await shown_series(conn, request, SeenSeries(series=after, host=host))
    return done(view, headers={"ETag": etag(after.version)})


@routes.endpoint(
    "POST",
    f"/series/{ID}/preview",
    allow=Permission.BOOK,
    tells=Tells(
        answer=OutcomeView,
        body=SeriesChangesBody,
        query=ScopeQuery,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def preview_amend(request: web.Request) -> web.Response:
    """Say what a change would make of the dates; nothing is changed."""
    desk = desk_of(request, require(request))
    scope, body = read_query(request, ScopeQuery), await read_body(request, SeriesChangesBody)
    async with transaction(request) as conn:
        seen = await see_series(conn, desk.actor, id_of(request), Permission.BOOK)
        changes = replace(await changes_in(conn, desk, body), whole=False)
        outcome = await preview_dates(conn, desk, seen.series, changes, scope=scope)
        return shown(await outcome_view(conn, request, outcome))


@routes.endpoint(
    "DELETE",
    f"/series/{ID}",
    allow=Permission.BOOK,
    tells=Tells(
        answer=SeriesFullView,
        query=ScopeQuery,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def cancel(request: web.Request) -> web.Response:
    """Call one date off, the following or all; their records stay."""
    desk, version = desk_of(request, require(request)), read_version(request)
    scope = read_query(request, ScopeQuery)

    async def work(conn: Connection) -> Answer:
        seen = await see_series(conn, desk.actor, id_of(request), Permission.BOOK)
        after = await cancel_series(conn, desk, seen.series, scope=scope, version=version)
        return await told(conn, request, after)

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/series/{ID}/restore",
    allow=Permission.BOOK,
    tells=Tells(
        answer=views.ConferenceView,
        accepted=SubmissionView,
        status=HTTPStatus.CREATED,
        body=RestoreBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def restore(request: web.Request) -> web.Response:
    """Put a date back that was left out and is free, or answer 202 where a chain must agree."""
    desk, body = desk_of(request, require(request)), await read_body(request, RestoreBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_series(conn, desk.actor, id_of(request), Permission.BOOK)
        restored = await restore_date(conn, desk, seen.series, body.date)
        if isinstance(restored, Submission):
            return await submitted_answer(conn, desk.actor, restored)
        host = await unit_by_id(conn, restored.host)
        return answer(restored, host, status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "GET",
    f"/series/{ID}.ics",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(media=(CALENDAR,)),
)
async def show_calendar(request: web.Request) -> web.Response:
    """Give a series as a calendar file: an event a date, each with the UID it always has."""
    async with connection(request) as conn:
        seen = await see_series(conn, require(request), id_of(request))
        held = await list_held(conn, seen.series.id)
        sites = await sites_by_ids(conn, seen.series.wish.sites)
    content = feed_calendar(held.values(), sites, name=seen.series.wish.title)
    return download(content, CALENDAR, f"series-{seen.series.id}.ics")
