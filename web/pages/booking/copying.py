"""Pages for booking like before: one conference on a new day, and the templates of an office."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any

from aiohttp import web

from meetings.content.template_errors import RetiredSites
from meetings.content.templates import remove_template, save_template, templates_of
from meetings.errors import MeetingsError
from meetings.model import Conference, ConferenceId
from meetings.store import Connection
from web.answers import redirect
from web.errors import BadForm
from web.formats import short_date
from web.input.forms import parse_form
from web.input.typed import NEXT_DAY, read_times
from web.pages.booking.warned import ACCEPTED, Warned, ask_first, require_read
from web.pages.booking.wishing import Typed, typed_times, words_of
from web.pages.conference.conferences import find_mine
from web.pages.reading import Texts, after_in, form_of, number_in, reader_of
from web.pages.sending import send_once
from web.permissions import Permission
from web.render import render, url
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.scheduling.copying import CopyBody, TemplateBody, book_template, clone, template_for
from web.transactions import connection, transaction
from web.wording.moves import say_fact
from web.wording.speech import speech_of

routes = Routes()

COPY = "/conferences/{id:[0-9]+}/copy"
TEMPLATES = "/templates"
MOST_NAMES = 12
PAGE = 50
FIELDS = ("title", "date", "start", "end", NEXT_DAY, "name", "without_retired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One template in the list."""

    id: int
    name: str
    title: str
    second: str
    start: str


@routes.get(COPY, allow=Permission.BOOK)
async def ask(request: web.Request) -> web.Response:
    """Show the form for a new day, and the one that keeps a template."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
    return copy_page(request, found.conference, Typed(values=first(found.conference)))


@routes.post(COPY, allow=Permission.BOOK)
async def copy(request: web.Request) -> web.StreamResponse:
    """Book the conference on the day that was typed."""
    reader, form = reader_of(request), await form_of(request)
    desk = desk_of(request, reader.actor)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)

    async def work(conn: Connection) -> Conference:
        return await clone(conn, desk, found.conference, copy_body(form))

    def wrong(typed: Typed) -> web.Response:
        return copy_page(request, found.conference, typed)

    return await settle(request, work, wrong)


@routes.post(f"{COPY}/template", allow=Permission.BOOK)
async def keep(request: web.Request) -> web.StreamResponse:
    """Keep the conference as a template."""
    reader, form = reader_of(request), await form_of(request)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
    given = {"name": form.get("name"), "conference": int(found.conference.id)}

    async def work(conn: Connection) -> str:
        body, by = parse_form(TemplateBody, given), reader.actor.name
        await save_template(conn, found.conference, body.name, by=by, now=reader.now)
        return f"{TEMPLATES}?said=template-saved"

    try:
        return await send_once(request, form, work)
    except (BadForm, MeetingsError) as error:
        typed = first(found.conference) | {"name": form.get("name")}
        return copy_page(
            request, found.conference, Typed(values=typed, errors=told(request, error))
        )


@routes.get(TEMPLATES, allow=Permission.BOOK)
async def index(request: web.Request) -> web.Response:
    """Show the templates of the units one books for."""
    return await templates_page(request, Typed(values={}))


@routes.post(f"{TEMPLATES}/{{id:[0-9]+}}/book", allow=Permission.BOOK)
async def book(request: web.Request) -> web.StreamResponse:
    """Book from a template on the day that was typed."""
    reader, form = reader_of(request), await form_of(request)
    desk, number = desk_of(request, reader.actor), number_in(request, "id")

    async def work(conn: Connection) -> Conference:
        template = await template_for(conn, desk, number)
        return await book_template(conn, desk, template, copy_body(form))

    async def wrong(typed: Typed) -> web.Response:
        return await templates_page(request, typed, number)

    return await settle(request, work, wrong)


@routes.post(f"{TEMPLATES}/{{id:[0-9]+}}/remove", allow=Permission.BOOK)
async def remove(request: web.Request) -> web.StreamResponse:
    """Take a template away."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        found = await template_for(conn, desk_of(request, reader.actor), number_in(request, "id"))
        await remove_template(conn, found, by=reader.actor.name)
    return redirect(f"{TEMPLATES}?said=template-removed")


async def settle(
    request: web.Request,
    work: Callable[[Connection], Awaitable[Conference]],
    wrong: Callable[[Typed], Awaitable[web.Response] | web.Response],
) -> web.StreamResponse:
    """Book once for this form, or show it again with what is in the way."""
    form = await form_of(request)

    async def booked(conn: Connection) -> str:
        after = await work(conn)
        require_read(after, form.get(ACCEPTED))
        return f"/conferences/{after.id}?said=booked"

    try:
        return await send_once(request, form, booked)
    except Warned as warned:
        back = TEMPLATES if request.path.startswith(TEMPLATES) else request.path
        return await ask_first(request, warned, back=back)
    except (BadForm, MeetingsError) as error:
        values = {name: form.get(name)[:300] for name in FIELDS}
        errors = told(request, error)
        if isinstance(error, RetiredSites):
            errors = {"without_retired": errors["start"]}
        page = wrong(Typed(values=values, errors=errors))
        return page if isinstance(page, web.Response) else await page


def copy_body(form: Texts) -> CopyBody:
    """Return the copy that was typed."""
    times, problems = read_times(form)
    if not form.get("end"):
        problems.pop("end", None)
    if problems:
        raise BadForm(problems)
    values: dict[str, Any] = dict(times)
    if title := form.get("title"):
        values["title"] = title
    return parse_form(CopyBody, values | {"without_retired": bool(form.get("without_retired"))})


def told(request: web.Request, error: BadForm | MeetingsError) -> dict[str, str]:
    """Return the words beside each field; a fact about the booking stands beside its start."""
    if isinstance(error, BadForm):
        return words_of(request, error)
    if isinstance(error, RetiredSites):
        names = speech_of(request).listing(error.names, most=MOST_NAMES)
        tell = speech_of(request).tell
        return {"start": tell("Halls no longer in use on that day: %(names)s", names=names)}
    field = "name" if error.code == "template-taken" else "start"
    return {field: say_fact(request, error)}


def first(conference: Conference) -> dict[str, str]:
    """Return what the form shows at first: the same time, the day left open."""
    period = conference.period
    return {
        "title": conference.title,
        **typed_times(period.start, period.end),
        "date": "",
        "name": conference.title[:200],
        "was": short_date(period.start),
    }


def copy_page(request: web.Request, conference: Conference, typed: Typed) -> web.Response:
    """Return the page with both forms."""
    return render(
        request,
        "copy.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        c=conference,
        form=typed,
        key=token_urlsafe(16),
    )


async def templates_page(
    request: web.Request, typed: Typed, chosen: int | ConferenceId = 0
) -> web.Response:
    """Return a page of templates, each with its form, which leads back to the same page."""
    reader, after = reader_of(request), after_in(request, int)
    async with connection(request) as conn:
        books = reader.units(Permission.BOOK)
        found = await templates_of(conn, books, after=after, limit=PAGE + 1)
    rows = [
        Row(
            id=one.id,
            name=one.name,
            title=one.pattern.title,
            second=reader.speech.tell_many("%(n)s hall", "%(n)s halls", len(one.pattern.sites)),
            start=one.pattern.start_clock,
        )
        for one in found[:PAGE]
    ]
    return render(
        request,
        "templates.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        rows=rows,
        form=typed,
        chosen=chosen,
        here=url("", after=after),
        next_page=url(TEMPLATES, after=found[PAGE - 1].id) if len(found) > PAGE else "",
        key=token_urlsafe(16),
    )
