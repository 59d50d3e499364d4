"""The office calendar: the year's days off and days made up, and the hours of both seasons."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from aiohttp import web
from multidict import MultiDict

from meetings.errors import MeetingsError
from meetings.office import keeping as office
from meetings.office.days import DayKind, DayTaken, NoWeekend, SeasonName, StaleEntry
from meetings.store import Connection
from web.directory.officeforms import DayBody, HoursBody, SwapBody
from web.errors import BadForm, Problem
from web.i18n import N_
from web.input.forms import Body, parse_form
from web.input.moments import YEARS, date_problem, read_date, read_time
from web.pages.booking.wishing import Typed, problems_of
from web.pages.directory.officeyear import hours_lines, year_view
from web.pages.reading import Reader, Texts, form_of, number_in, reader_of, version_in
from web.pages.sending import send_once
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording.sentences import say

routes = Routes()

PAGE = "/office-calendar"
YEAR = re.compile(r"[0-9]{4}")
CLOCKS = ("opens", "lunch_begins", "lunch_ends", "closes")
DAYS = ("day", "off", "worked")

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "day": N_("Day"),
        "kind": N_("What is special"),
        "name": N_("Name of the day"),
        "name_en": N_("Name in English"),
        "source": N_("Law or notice"),
        "note": N_("Note"),
        "off": N_("Day off"),
        "worked": N_("Worked instead"),
        "since": N_("From which day"),
        "opens": N_("Opens"),
        "lunch_begins": N_("Lunch begins"),
        "lunch_ends": N_("Lunch ends"),
        "closes": N_("Closes"),
    }
)
KINDS: Mapping[DayKind, str] = MappingProxyType(
    {
        DayKind.HOLIDAY: N_("Public holiday"),
        DayKind.SWAP_OFF: N_("Day off by swap"),
        DayKind.MAKE_UP: N_("Weekend day worked"),
    }
)
SEASONS: Mapping[SeasonName, str] = MappingProxyType(
    {SeasonName.SUMMER: N_("Summer hours"), SeasonName.WINTER: N_("Winter hours")}
)
TYPED = (*LABELS, "season", "year")
FACTS = (DayTaken, NoWeekend, StaleEntry)

Work = Callable[[Connection], Awaitable[object]]


@routes.get(PAGE, allow=Permission.READ_CONFERENCES)
async def index(request: web.Request) -> web.Response:
    """Show a year of the office calendar."""
    return await page(request, reader_of(request), typed(Texts(MultiDict()), {}))


@routes.post(f"{PAGE}/days", allow=Permission.MANAGE_CALENDAR)
async def add(request: web.Request) -> web.StreamResponse:
    """Enter a special day."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection) -> None:
        body = parse_typed(DayBody, form, texts=("kind", "name", "name_en", "source", "note"))
        new = replace(body.new(), confirmed="unconfirmed" not in form)
        await office.add_day(conn, new, by=reader.actor.name)

    return await settle(request, reader, form, work, said="day-entered", field="day")


@routes.post(f"{PAGE}/swaps", allow=Permission.MANAGE_CALENDAR)
async def swap(request: web.Request) -> web.StreamResponse:
    """Swap a working day for a day of a weekend."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection) -> None:
        body = parse_typed(SwapBody, form, texts=("source",))
        await office.swap_days(
            conn, body.off, body.worked, source=body.source, by=reader.actor.name
        )

    return await settle(request, reader, form, work, said="days-swapped", field="worked")


@routes.post(f"{PAGE}/days/{{id:[0-9]+}}/confirm", allow=Permission.MANAGE_CALENDAR)
async def confirm(request: web.Request) -> web.StreamResponse:
    """Let a day that was in doubt count."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection) -> None:
        found = await office.day_by_id(conn, number_in(request, "id"))
        what = replace(found.what, confirmed=True, note="")
        version = version_in(form)
        await office.change_day(conn, found.id, what, version=version, by=reader.actor.name)

    return await settle(request, reader, form, work, said="day-changed", field="day")


@routes.post(f"{PAGE}/days/{{id:[0-9]+}}/remove", allow=Permission.MANAGE_CALENDAR)
async def remove(request: web.Request) -> web.StreamResponse:
    """Make a special day an ordinary one."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection) -> None:
        identity, version = number_in(request, "id"), version_in(form)
        await office.remove_day(conn, identity, version=version, by=reader.actor.name)

    return await settle(request, reader, form, work, said="day-removed", field="day")


@routes.post(f"{PAGE}/hours", allow=Permission.MANAGE_CALENDAR)
async def set_hours(request: web.Request) -> web.StreamResponse:
    """Write the hours of a season."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection) -> None:
        body = parse_hours(form)
        version = version_in(form)
        await office.set_hours(
            conn, body.season, body.hours(), version=version, by=reader.actor.name
        )

    return await settle(request, reader, form, work, said="hours-changed", field="opens")


def parse_typed(model: type[DayBody | SwapBody], form: Texts, *, texts: tuple[str, ...]) -> Any:
    """Return a form whose days were typed as people write them, or raise BadForm."""
    values: dict[str, Any] = {name: form.get(name) for name in texts}
    problems: dict[str, str | Problem] = {}
    for name in DAYS:
        if name in model.model_fields:
            values[name] = read_date(form.get(name))
            if values[name] is None:
                problems[name] = date_problem(form.get(name))
    return parse_rest(model, values, problems)


def parse_hours(form: Texts) -> HoursBody:
    """Return a season's hours as they were typed, or raise BadForm."""
    values: dict[str, Any] = {"season": form.get("season")}
    problems: dict[str, str | Problem] = {}
    match = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})", form.get("since").strip())
    values |= {"day": int(match[1]), "month": int(match[2])} if match else {}
    for name in CLOCKS:
        values[name] = read_time(form.get(name))
        if values[name] is None:
            problems[name] = "bad-clock-time" if form.get(name) else "required"
    found: HoursBody = parse_rest(HoursBody, values, problems)
    return found


def parse_rest(
    model: type[Body], values: dict[str, Any], problems: dict[str, str | Problem]
) -> Any:
    """Return the form, or raise BadForm with what is wrong with any of its fields."""
    try:
        form = parse_form(model, values)
    except BadForm as error:
        found = dict(error.problems) | problems
        for part in ("day", "month") if model is HoursBody else ():
            if found.pop(part, None):
                found["since"] = Problem("bad-day-of-year")
        raise BadForm(found) from None
    if problems:
        raise BadForm(problems)
    return form


async def settle(
    request: web.Request, reader: Reader, form: Texts, work: Work, *, said: str, field: str
) -> web.StreamResponse:
    """Do the work once and show the year again, with what is wrong beside the fields."""
    year = form.get("year")
    place = f"{PAGE}?said={said}" + (f"&year={year}" if YEAR.fullmatch(year) else "")

    async def done(conn: Connection) -> str:
        await work(conn)
        return place

    try:
        return await send_once(request, form, done)
    except BadForm as error:
        return await page(request, reader, typed(form, problems_of(request, error)))
    except FACTS as error:
        wrong = {day_meant(form, error) or field: say(request, error.code)}
        return await page(request, reader, typed(form, wrong))


def day_meant(form: Texts, error: MeetingsError) -> str:
    """Return the field with the day that a fact is about."""
    day = error.day if isinstance(error, DayTaken | NoWeekend) else None
    return next((name for name in DAYS if day and read_date(form.get(name)) == day), "")


def typed(form: Texts, errors: Mapping[str, str]) -> Typed:
    """Return what was typed with what is wrong about it."""
    values: dict[str, Any] = {name: form.get(name) for name in TYPED}
    return Typed(values=values | {"unconfirmed": "unconfirmed" in form}, errors=errors)


async def page(request: web.Request, reader: Reader, form: Typed) -> web.Response:
    """Draw the year."""
    year = year_of(request, reader, form)
    speech = reader.speech
    async with connection(request) as conn:
        days = await office.days_of(conn, year)
        planned = await office.planned_on_days_off(conn, year, reader.now)
        calendar = await office.load_calendar(conn)
        hours = await office.seasons(conn)
    return render(
        request,
        "office-calendar.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        year=year_view(year, days, calendar, reader, KINDS, planned=planned),
        hours=hours_lines(hours, calendar, reader, SEASONS),
        kinds=[(kind.value, speech.word(words)) for kind, words in KINDS.items()],
        labels={name: speech.word(words) for name, words in LABELS.items()},
        form=form,
        may_edit=reader.holds(Permission.MANAGE_CALENDAR),
    )


def year_of(request: web.Request, reader: Reader, form: Typed) -> int:
    """Return the year to show: the one asked for, else this one."""
    text = str(form.values.get("year", "")) or request.query.get("year", "")
    chosen = int(text) if YEAR.fullmatch(text) and text.isascii() else reader.day.year
    return chosen if chosen in YEARS else reader.day.year
