"""Series: what a rule comes to before it is booked, and each series with its dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from http import HTTPStatus
from secrets import token_urlsafe

from aiohttp import web

from meetings.approval.asking import steps_for
from meetings.approval.submissions import Submission
from meetings.directory.finding import units_by_ids
from meetings.idempotency import Answer
from meetings.scheduling.reasons import digest_of
from meetings.series.errors import SeriesClash
from meetings.series.explaining import skips_of
from meetings.series.plan import SeriesId
from meetings.series.writing import list_series
from meetings.store import Connection
from meetings.store.occurrences import list_held
from meetings.store.submissions import list_dates
from web.answers import redirect
from web.approval.submission_sight import submitted_of
from web.errors import BadForm
from web.input.forms import parse_form
from web.input.once import once
from web.input.typed import parse_page, read_times
from web.pages.booking.approvals_said import seen_waiting
from web.pages.booking.booking import TOLD, beside, form_page, new_sheet
from web.pages.booking.repeating import beside_choices, typed_choices, typed_rule
from web.pages.booking.warned import (
    ACCEPTED,
    Warned,
    ask_first,
    require_all_read,
    require_read,
)
from web.pages.booking.wishing import Typed, problems_of, typed_in
from web.pages.conference.conferences import unit_name
from web.pages.reading import Reader, Texts, after_in, form_of, key_in, number_in, reader_of
from web.pages.sending import send_once
from web.pages.series.seriesview import (
    fields_of_form,
    held_lines,
    planned_lines,
    rule_words,
    skipped_lines,
)
from web.permissions import Permission, may
from web.render import render, same_page
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.scheduling.remembering import office_calendar
from web.series.changes import cancel_series, restore_date
from web.series.forms import RestoreBody, ScopeQuery, SeriesBody
from web.series.seeing_series import see_series
from web.series.series import book_series, plan_series
from web.transactions import connection, transaction
from web.wording.moves import say_fact
from web.wording.sentences import say

routes = Routes()

PAGE = 100


@routes.get("/series", allow=Permission.READ_CONFERENCES)
async def index(request: web.Request) -> web.Response:
    """Show the series of the reader's units."""
    reader = reader_of(request)
    async with connection(request) as conn:
        units, before = reader.units(Permission.READ_CONFERENCES), after_in(request, SeriesId)
        found = await list_series(conn, units, before=before, limit=PAGE + 1)
        hosts = await units_by_ids(conn, {one.wish.host for one in found})
    lines = [
        (
            one.id,
            one.wish.title,
            unit_name(hosts[one.wish.host], reader.speech),
            rule_words(one, reader),
        )
        for one in found[:PAGE]
    ]
    return render(
        request,
        "series-list.html",
        lines=lines,
        may_book=reader.holds(Permission.BOOK),
        next_page=same_page(request, after=found[PAGE - 1].id) if len(found) > PAGE else "",
    )


@routes.post("/series/new", allow=Permission.BOOK)
async def create(request: web.Request) -> web.StreamResponse:
    """Show what the rule comes to; book it when that was seen and agreed to."""
    reader, form = reader_of(request), await form_of(request)
    typed = Typed(values=typed_in(form) | typed_choices(form))
    try:
        body = parse_series(form, reader.day)
        if "book" in form:
            return await book(request, form, body)
        return await preview(request, reader, form, body)
    except Warned:
        return await preview(request, reader, form, parse_series(form, reader.day))
    except BadForm as error:
        wrong = replace(typed, errors=problems_of(request, beside_choices(error, form)))
    except SeriesClash as error:
        wrong = replace(typed, errors={"repeat": say(request, error.code)})
    except TOLD as error:
        wrong = replace(typed, errors={beside(error, typed): say_fact(request, error)})
    return await form_page(request, reader, new_sheet(reader), wrong)


def parse_series(form: Texts, today: date) -> SeriesBody:
    """Return the series as it was typed.

    Raises:
        BadForm: with every field that was wrong.
    """
    times, _ = read_times(form)
    first = times["start"].date() if "start" in times else today
    more, wrong = {"on_holidays": form.get("on_holidays")}, {}
    try:
        more["rrule"] = typed_rule(form, first)
    except BadForm as error:
        wrong = dict(error.problems)
    try:
        return parse_page(SeriesBody, form, more)
    except BadForm as error:
        others = {name: one for name, one in error.problems.items() if name != "rrule"}
        raise BadForm({**others, **wrong} if wrong else error.problems) from None


async def preview(
    request: web.Request, reader: Reader, form: Texts, body: SeriesBody
) -> web.Response:
    """Show the dates to book and those left out; nothing is changed."""
    desk = desk_of(request, reader.actor)
    async with transaction(request) as conn:
        draft = await plan_series(conn, desk, body, office_calendar(request))
        skipped = await skipped_lines(conn, draft.plan.skipped, reader)
        dates = await planned_lines(conn, draft, reader)
        asks = bool(await steps_for(conn, draft.wish.host, draft.wish.kind))
    return render(
        request,
        "series-preview.html",
        asks=asks,
        title=body.title,
        dates=dates,
        accepted=digest_of(draft.against),
        skipped=skipped,
        fields=fields_of_form(form),
        key=token_urlsafe(16),
    )


async def book(request: web.Request, form: Texts, body: SeriesBody) -> web.StreamResponse:
    """Book the series once for this form and lead to it."""
    desk = desk_of(request, reader_of(request).actor)

    async def work(conn: Connection) -> Answer:
        booked = await book_series(conn, desk, body, office_calendar(request))
        if isinstance(booked, Submission):
            return seen_waiting(booked)
        series, draft = booked
        require_all_read(draft.against, form.get(ACCEPTED))
        place = f"/series/{series.id}?said=series-booked"
        return Answer(status=HTTPStatus.SEE_OTHER, headers={"Location": place}, body="")

    answer = await once(request, work, key=key_in(form))
    return redirect(answer.headers["Location"])


@routes.get("/series/{id:[0-9]+}", allow=Permission.READ_CONFERENCES)
async def show(request: web.Request) -> web.Response:
    """Show a series with its dates, what was left out, and what is free again."""
    reader = reader_of(request)
    async with connection(request) as conn:
        seen = await see_series(conn, reader.actor, number_in(request, "id"))
        held = await list_held(conn, seen.series.id)
        skipped = await skipped_lines(
            conn, await skips_of(conn, seen.series, now=reader.now), reader
        )
        submitted = await submitted_of(conn, reader.actor, series=seen.series.id)
        waiting = await list_dates(conn, seen.series.id) if skipped else {}
    return render(
        request,
        "series.html",
        submitted=submitted,
        series=seen.series,
        host=unit_name(seen.host, reader.speech),
        rule=rule_words(seen.series, reader),
        dates=held_lines(seen.series, held, reader),
        skipped=skipped,
        waiting={day.isoformat(): number for day, number in waiting.items()},
        key=token_urlsafe(16),
        may_change=may(reader.actor, Permission.BOOK, seen.host.path),
    )


@routes.post("/series/{id:[0-9]+}/restore", allow=Permission.BOOK)
async def restore(request: web.Request) -> web.StreamResponse:
    """Put a date back that has become free."""
    reader, form = reader_of(request), await form_of(request)
    desk, identity = desk_of(request, reader.actor), number_in(request, "id")
    scope = parse_form(RestoreBody, {"date": form.get("date")})

    async def work(conn: Connection) -> str:
        seen = await see_series(conn, reader.actor, identity, Permission.BOOK)
        restored = await restore_date(conn, desk, seen.series, scope.date)
        if isinstance(restored, Submission):
            return f"/submissions/{restored.id}?said=submitted"
        require_read(restored, form.get(ACCEPTED))
        return f"/series/{identity}?said=date-restored"

    try:
        return await send_once(request, form, work)
    except Warned as warned:
        return await ask_first(request, warned, back=f"/series/{identity}")


@routes.post("/series/{id:[0-9]+}/cancel", allow=Permission.BOOK)
async def cancel(request: web.Request) -> web.StreamResponse:
    """Call every date off that is still to come."""
    reader, form = reader_of(request), await form_of(request)
    desk, identity = desk_of(request, reader.actor), number_in(request, "id")
    scope = parse_form(ScopeQuery, {"reason": form.get("reason")})

    async def work(conn: Connection) -> str:
        seen = await see_series(conn, reader.actor, identity, Permission.BOOK)
        await cancel_series(conn, desk, seen.series, scope=scope, version=None)
        return f"/series/{identity}?said=series-cancelled"

    return await send_once(request, form, work)
