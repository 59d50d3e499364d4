"""The agenda's page: points are added, moved and taken away by plain buttons, then saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from meetings.content.agenda import Plan, warnings
from meetings.content.planning import CHANGEABLE, plan_agenda, plan_segments
from meetings.directory.officials import list_officials
from meetings.errors import MeetingsError, StaleVersion
from meetings.model import OfficialId, Period
from meetings.store import Connection
from web.answers import redirect
from web.content.planned import PlanBody
from web.content.tiering import seen_plan
from web.errors import BadForm
from web.formats import local_day
from web.input.forms import parse_form
from web.pages.booking.chairing import MOST, boxes_of
from web.pages.booking.wishing import form_status, words_of
from web.pages.conference.conferences import Found, find, find_mine
from web.pages.conference.plan_lines import lines, part_lines, tier_lines
from web.pages.conference.plan_rows import (
    COLUMNS,
    PARTS,
    Row,
    filled,
    items_in,
    moved,
    parts_in,
    rows_in,
    rows_of,
)
from web.pages.reading import Reader, Texts, form_of, reader_of, version_in
from web.pages.troubles import AGENDA, troubles
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording import content_phrases
from web.wording.moves import say_fact

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/agenda"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A conference, its plan as far as the reader may see it, and officials by their titles."""

    found: Found
    plan: Plan
    officials: Mapping[str, OfficialId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The rows of the form; drawn again, it stays of the version that was looked at."""

    rows: list[Row]
    parts: list[Row]
    version: int


@routes.get(PAGE, allow=Permission.READ_CONFERENCES)
async def show(request: web.Request) -> web.Response:
    """Show the agenda, with its form to those who may change it."""
    reader = reader_of(request)
    async with connection(request) as conn:
        sight = await look(conn, await find(conn, request, reader), reader)
    rows, parts = rows_of(sight.plan, sight.found.conference)
    version = sight.found.conference.version
    return page(request, reader, sight, Filled(rows=rows or [{}], parts=parts, version=version))


async def look(conn: Connection, found: Found, reader: Reader) -> Sight:
    """Return what the page is made from."""
    return Sight(
        found=found,
        plan=await seen_plan(conn, reader.actor, found),
        officials=await officials_on(conn, found.conference.period),
    )


@routes.post(PAGE, allow=Permission.BOOK)
async def change(request: web.Request) -> web.StreamResponse:
    """Save the agenda, or add, move and take away a row of the form."""
    reader, form = reader_of(request), await form_of(request)
    rows, parts, version = rows_in(form, COLUMNS), rows_in(form, PARTS), version_in(form)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        sight = await look(conn, found, reader)
    if (wish := form.get("do")) != "save":
        rows, parts = moved(rows, wish, "row"), moved(parts, wish, "part")
        return page(request, reader, sight, Filled(rows=rows, parts=parts, version=version))
    typed = Filled(rows=filled(rows), parts=filled(parts), version=version)
    try:
        await save(request, reader, sight, form)
    except StaleVersion as error:
        return page(request, reader, sight, replace(typed, version=error.version), stale=True)
    except BadForm as error:
        return page(request, reader, sight, typed, wrong=words_of(request, error))
    except MeetingsError as error:
        return page(request, reader, sight, typed, wrong={"agenda": say_fact(request, error)})
    return redirect(f"/conferences/{found.conference.id}/agenda?said=agenda-saved")


async def save(request: web.Request, reader: Reader, sight: Sight, form: Texts) -> None:
    """Write agenda and segments as typed, both or none."""
    conference, version = sight.found.conference, version_in(form)
    points = recognised(items_in(form, conference.period.start), sight.officials)
    parts = parts_in(form, conference.period.start)
    body = parse_form(PlanBody, {"items": points, "segments": parts})
    by, now = reader.actor.name, reader.now
    items = [item.item(conference.period) for item in body.items]
    segments = [one.segment(conference.period) for one in body.segments]
    async with transaction(request) as conn:
        after = await plan_agenda(conn, conference.id, items, version=version, by=by, now=now)
        await plan_segments(conn, conference.id, segments, version=after, by=by, now=now)


async def officials_on(conn: Connection, period: Period) -> dict[str, OfficialId]:
    """Return the officials of that day by what they are called, with the unit where several are."""
    found = await list_officials(conn, on=local_day(period.start), limit=MOST)
    return {one.words: one.id for one in boxes_of(found)}


def recognised(
    points: Sequence[dict[str, Any]], known: Mapping[str, OfficialId]
) -> list[dict[str, Any]]:
    """Return the points with an official where the words are exactly what one is called."""
    return [one | {"presenter_id": known.get(one["presenter"].strip())} for one in points]


def page(
    request: web.Request,
    reader: Reader,
    sight: Sight,
    typed: Filled,
    *,
    wrong: dict[str, str] | None = None,
    stale: bool = False,
) -> web.Response:
    """Return the page with these rows in its form, of the version that was looked at."""
    found, plan = sight.found, sight.plan
    conference, speech = found.conference, reader.speech
    return render(
        request,
        "agenda.html",
        status=form_status(wrong=bool(wrong), stale=stale),
        c=conference,
        version=typed.version,
        stale=stale,
        when=speech.span(conference.period),
        lines=lines(plan, conference, speech),
        part_lines=part_lines(plan, conference, speech),
        odd=[
            speech.word(content_phrases.PLAN_WARNINGS[one])
            for one in warnings(plan, conference.period)
        ],
        officials=list(sight.officials),
        may_change=found.is_mine(reader, Permission.BOOK)
        and (bool(wrong) or conference.state in CHANGEABLE),
        rows=typed.rows,
        parts=typed.parts,
        modes=[(one.value, speech.word(words)) for one, words in content_phrases.SEGMENTS.items()],
        wrong=wrong or {},
        troubles=troubles(wrong or {}, AGENDA, speech, whole="points"),
        tiers=tier_lines(plan, conference, speech),
        tier_choices=[(str(one.level), one.name) for one in plan.tiers],
    )
