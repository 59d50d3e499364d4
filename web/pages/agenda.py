"""The agenda's page: points are added, moved and taken away by plain buttons, then saved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import zip_longest
from typing import Any

from aiohttp import web

from meetings.agenda import Plan, timed, warnings
from meetings.errors import MeetingsError
from meetings.model import Conference
from meetings.planning import plan_agenda, plan_of, plan_segments
from web import content_phrases
from web.answers import redirect
from web.errors import BadForm
from web.formats import clock_time, local_day
from web.forms import parse_form
from web.moments import on_the_clock, read_time
from web.pages.conferences import Found, find, find_mine
from web.pages.plan_lines import lines, part_lines, tier_lines
from web.pages.reading import Reader, Texts, form_of, reader_of, version_in
from web.permissions import Permission
from web.planned import AgendaBody, SegmentsBody
from web.render import render
from web.routes import Routes
from web.sentences import say
from web.tiering import seen_plan
from web.transactions import connection, transaction
from web.typed import number_or_text
from web.visibility import Seen

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/agenda"
COLUMNS = ("title", "minutes", "at", "presenter", "mode", "tier")
PARTS = ("part_mode", "part_from", "part_to", "part_upstream", "part_tier")
MOST_ROWS = 100
Row = dict[str, str]


@routes.get(PAGE, allow=Permission.READ_CONFERENCES)
async def show(request: web.Request) -> web.Response:
    """Show the agenda, with its form to those who may change it."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find(conn, request, reader)
        seen = Seen(conference=found.conference, host=found.host)
        plan = await seen_plan(conn, reader.actor, seen)
    rows, parts = rows_of(plan, found.conference)
    return page(request, reader, found, plan, rows=rows or [{}], parts=parts)


@routes.post(PAGE, allow=Permission.BOOK)
async def change(request: web.Request) -> web.StreamResponse:
    """Save the agenda, or add, move and take away a row of the form."""
    reader, form = reader_of(request), await form_of(request)
    rows, parts = rows_in(form, COLUMNS), rows_in(form, PARTS)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        plan = await plan_of(conn, found.conference.id)
        if (wish := form.get("do")) != "save":
            rows, parts = moved(rows, wish, "row"), moved(parts, wish, "part")
            return page(request, reader, found, plan, rows=rows, parts=parts)
    try:
        await save(request, reader, found, form)
    except BadForm as error:
        wrong = {
            name: say(request, one.code, **dict(one.values)) for name, one in error.problems.items()
        }
        return page(request, reader, found, plan, rows=rows, parts=parts, wrong=wrong)
    except MeetingsError as error:
        wrong = {"agenda": say(request, error.code)}
        return page(request, reader, found, plan, rows=rows, parts=parts, wrong=wrong)
    return redirect(f"/conferences/{found.conference.id}/agenda?said=agenda-saved")


async def save(request: web.Request, reader: Reader, found: Found, form: Texts) -> None:
    """Write agenda and segments as typed, both or none."""
    period, version = found.conference.period, version_in(form)
    body = parse_form(AgendaBody, {"items": items_in(form, period.start)})
    parts = parse_form(SegmentsBody, {"segments": parts_in(form, period.start)})
    by, now = reader.actor.name, reader.now
    items = [item.item(period) for item in body.items]
    segments = [one.segment(period) for one in parts.segments]
    async with transaction(request) as conn:
        after = await plan_agenda(conn, found.conference.id, items, version=version, by=by, now=now)
        await plan_segments(conn, found.conference.id, segments, version=after, by=by, now=now)


def rows_in(form: Texts, columns: Sequence[str]) -> list[Row]:
    """Return the rows of the form as they were typed."""
    cells = [form.getall(name) for name in columns]
    rows = zip_longest(*cells, fillvalue="")
    return [dict(zip(columns, row, strict=True)) for row in list(rows)[:MOST_ROWS]]


def moved(rows: list[Row], wish: str, name: str) -> list[Row]:
    """Return the rows after a button was pressed: one added, taken away, or a place higher."""
    match = re.fullmatch(r"(add|remove|up)-(row|part)(?:-([0-9]{1,3}))?", wish)
    if match is None or match[2] != name:
        return rows
    at = int(match[3] or 0)
    if match[1] == "add":
        return [*rows, {}]
    if match[1] == "remove":
        return rows[:at] + rows[at + 1 :]
    if not 0 < at < len(rows):
        return rows
    return [*rows[: at - 1], rows[at], rows[at - 1], *rows[at + 1 :]]


def items_in(form: Texts, start: datetime) -> list[dict[str, Any]]:
    """Return the points as the API's JSON would say them; empty rows are left out."""
    return [
        {
            "title": row["title"],
            "minutes": number_or_text(row["minutes"]) if row["minutes"] else 0,
            "at": moment_in(row["at"], start),
            "presenter": row["presenter"],
            "mode": row["mode"] or None,
            "tier": number_or_text(row["tier"]) if row["tier"] else None,
        }
        for row in rows_in(form, COLUMNS)
        if any(value for name, value in row.items() if name != "tier")
    ]


def parts_in(form: Texts, start: datetime) -> list[dict[str, Any]]:
    """Return the segments as the API's JSON would say them; empty rows are left out."""
    return [
        {
            "mode": row["part_mode"],
            "start": moment_in(row["part_from"], start),
            "end": moment_in(row["part_to"], start),
            "upstream": row["part_upstream"],
            "tier": number_or_text(row["part_tier"]) if row["part_tier"] else None,
        }
        for row in rows_in(form, PARTS)
        if row["part_from"] or row["part_to"] or row["part_upstream"]
    ]


def moment_in(typed: str, start: datetime) -> datetime | str | None:
    """Return the clock time on the conference's day, on the next one if it lies well before."""
    at = read_time(typed)
    if at is None:
        return typed or None
    moment = on_the_clock(local_day(start), at)
    return moment + timedelta(days=1) if start - moment > timedelta(hours=12) else moment


def rows_of(plan: Plan, conference: Conference) -> tuple[list[Row], list[Row]]:
    """Return the rows of the form that show a plan."""
    start = conference.period.start
    rows = [
        {
            "title": one.item.title,
            "minutes": str(one.item.minutes),
            "at": "" if one.item.at_minute is None else clock_time(one.period.start),
            "presenter": one.item.presenter,
            "mode": one.item.mode or "",
            "tier": str(one.item.tier or ""),
        }
        for one in timed(plan.items, start)
    ]
    parts = [
        {
            "part_mode": one.mode.value,
            "part_from": clock_time(start + timedelta(minutes=one.from_minute)),
            "part_to": clock_time(start + timedelta(minutes=one.to_minute)),
            "part_upstream": one.upstream,
            "part_tier": str(one.tier or ""),
        }
        for one in plan.segments
    ]
    return rows, parts


def page(
    request: web.Request,
    reader: Reader,
    found: Found,
    plan: Plan,
    *,
    rows: list[Row],
    parts: list[Row],
    wrong: dict[str, str] | None = None,
) -> web.Response:
    """Return the page with these rows in its form."""
    conference, speech = found.conference, reader.speech
    return render(
        request,
        "agenda.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        c=conference,
        when=speech.span(conference.period),
        lines=lines(plan, conference, speech),
        part_lines=part_lines(plan, conference, speech),
        odd=[
            speech.word(content_phrases.PLAN_WARNINGS[one])
            for one in warnings(plan, conference.period)
        ],
        may_change=found.is_mine(reader, Permission.BOOK),
        rows=rows,
        parts=parts,
        modes=[(one.value, speech.word(words)) for one, words in content_phrases.SEGMENTS.items()],
        wrong=wrong or {},
        tiers=tier_lines(plan, conference, speech),
        tier_choices=[(str(one.level), one.name) for one in plan.tiers],
    )
