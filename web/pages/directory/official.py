"""One official on its page: added, changed, in office no more."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from meetings.directory.errors import OfficialInUse, StaleRecord
from meetings.directory.finding import list_units
from meetings.directory.officials import USUAL_RANK, officials_by_ids
from meetings.errors import AlreadyThere, UnitNotFound
from meetings.model import OfficialId
from meetings.scheduling.resources import Official, Subject, SubjectKind
from meetings.store import Connection
from web.answers import redirect
from web.directory import officials
from web.directory.officials import OfficialBody, OfficialChanges
from web.errors import BadForm, PageNotFound
from web.formats import short_date
from web.i18n import N_
from web.input.forms import parse_form
from web.input.typed import day_or_text, number_or_text
from web.pages.booking.wishing import Typed, form_status, problems_of
from web.pages.directory.in_use import uses_of
from web.pages.directory.officials import choices
from web.pages.directory.units import in_tree
from web.pages.halls import black_outs
from web.pages.halls.black_outs import LABELS as BLACK_OUT_LABELS
from web.pages.halls.black_outs import black_lines, texts_in
from web.pages.reading import Texts, form_of, number_in, reader_of, version_in
from web.pages.sending import send_once
from web.permissions import Permission, may
from web.render import render
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording.sentences import say

routes = Routes()

PAGE = "/officials/{id:[0-9]+}"
DAYS = ("valid_from", "valid_to")
TEXTS = ("unit", "title", "name", "rank", *DAYS)
LABELS: Mapping[str, str] = {
    "unit": N_("Unit"),
    "title": N_("Position"),
    "name": N_("Who holds it"),
    "rank": N_("Order of precedence"),
    "valid_from": N_("First day"),
    "valid_to": N_("First day no more"),
    **BLACK_OUT_LABELS,
}


@routes.get("/officials/new", allow=Permission.MANAGE_RESOURCES)
async def begin(request: web.Request) -> web.Response:
    """Show an empty form, of the unit that the address names."""
    values = dict.fromkeys(TEXTS, "") | {
        "unit": request.query.get("unit", ""),
        "rank": str(USUAL_RANK),
    }
    async with connection(request) as conn:
        return await form_page(conn, request, Typed(values=values))


@routes.post("/officials", allow=Permission.MANAGE_RESOURCES)
async def add(request: web.Request) -> web.Response:
    """Add an official, once for this form."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection) -> str:
        body = parse_form(OfficialBody, values_in(form) | {"unit": form.get("unit")})
        await officials.add(conn, request, body, reader.day)
        return "/officials?said=official-kept"

    try:
        return await send_once(request, form, work)
    except (BadForm, AlreadyThere, UnitNotFound) as error:
        async with connection(request) as conn:
            return await form_page(conn, request, typed_in(request, form, error))


@routes.get(PAGE, allow=Permission.MANAGE_RESOURCES)
async def show(request: web.Request) -> web.Response:
    """Show an official's form to whoever looks after the unit."""
    async with connection(request) as conn:
        found = await seen(conn, request)
        return await form_page(conn, request, Typed(values=values_of(found)), found)


async def seen(conn: Connection, request: web.Request) -> Official:
    """Return the official in the address.

    Raises:
        PageNotFound: there is none, or its unit is looked after by others.
    """
    wanted = OfficialId(number_in(request, "id"))
    found = (await officials_by_ids(conn, [wanted])).get(wanted)
    actor = reader_of(request).actor
    if found is None or not may(actor, Permission.MANAGE_RESOURCES, found.unit_path):
        raise PageNotFound
    return found


@routes.post(PAGE, allow=Permission.MANAGE_RESOURCES)
async def amend(request: web.Request) -> web.Response:
    """Change an official."""
    form = await form_of(request)
    try:
        async with transaction(request) as conn:
            before = await officials.owned(
                conn, request, number_in(request, "id"), version_in(form)
            )
            body = parse_form(OfficialChanges, values_in(form))
            await officials.amend(conn, request, before, body)
    except (BadForm, AlreadyThere, OfficialInUse, StaleRecord) as error:
        async with connection(request) as conn:
            found = await seen(conn, request)
            return await form_page(conn, request, typed_in(request, form, error), found, why=error)
    return redirect("/officials?said=official-kept")


@routes.post(f"{PAGE}/end", allow=Permission.MANAGE_RESOURCES)
async def end(request: web.Request) -> web.Response:
    """Let an official be in office no more from today on; twice is once."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        found = await officials.owned(conn, request, number_in(request, "id"))
        try:
            await officials.end(conn, request, found, reader.day)
        except OfficialInUse as error:
            return await form_page(conn, request, Typed(values=values_of(found)), found, why=error)
    return redirect("/officials?said=official-ended")


@routes.post(f"{PAGE}/black-outs", allow=Permission.MANAGE_RESOURCES)
async def black_out(request: web.Request) -> web.Response:
    """Say when the official cannot be asked."""
    form = await form_of(request)
    try:
        return await black_outs.black_out(request, form, subject_in(request), page_of(request))
    except BadForm as error:
        async with connection(request) as conn:
            found = await seen(conn, request)
            values = values_of(found) | texts_in(form)
            typed = Typed(values=values, errors=problems_of(request, error))
            return await form_page(conn, request, typed, found, opened="black-out")


@routes.post(f"{PAGE}/black-outs/{{black:[0-9]+}}/end", allow=Permission.MANAGE_RESOURCES)
async def give_back(request: web.Request) -> web.Response:
    """Let the official be asked again; twice is once."""
    return await black_outs.give_back(request, subject_in(request), page_of(request))


def subject_in(request: web.Request) -> Subject:
    """Return the official of the address as black-outs name it."""
    return Subject(SubjectKind.OFFICIAL, number_in(request, "id"))


def page_of(request: web.Request) -> str:
    """Return where the official is shown."""
    return f"/officials/{number_in(request, 'id')}"


def values_in(form: Texts) -> dict[str, Any]:
    """Return a form as programs write it; empty days are open ends."""
    values: dict[str, Any] = {name: form.get(name) for name in ("title", "name")}
    values["rank"] = number_or_text(form.get("rank").strip())
    return values | {name: day_or_text(form.get(name)) or None for name in DAYS}


def typed_in(request: web.Request, form: Texts, error: Exception) -> Typed:
    """Return the form as it was typed, with what is wrong."""
    values = {name: form.get(name) for name in TEXTS}
    if isinstance(error, StaleRecord):
        return Typed(values=values)
    version = version_in(form)
    if isinstance(error, BadForm):
        return Typed(values=values, errors=problems_of(request, error), version=version)
    place = "unit" if isinstance(error, UnitNotFound) else "title"
    if isinstance(error, OfficialInUse):
        place = error.field
    words = say(request, str(getattr(error, "code", "")))
    return Typed(values=values, errors={place: words}, version=version)


def values_of(official: Official) -> dict[str, str]:
    """Return an official as its form shows it."""
    days = {name: getattr(official, name) for name in DAYS}
    return {
        "unit": official.unit_code,
        "title": official.title,
        "name": official.name,
        "rank": str(official.rank),
    } | {name: short_date(day) if day else "" for name, day in days.items()}


async def form_page(
    conn: Connection,
    request: web.Request,
    typed: Typed,
    official: Official | None = None,
    *,
    opened: str = "",
    why: Exception | None = None,
) -> web.Response:
    """Return the form of a new official or of one that is there; `why` it was not taken."""
    reader, stale = reader_of(request), isinstance(why, StaleRecord)
    units = [
        unit
        for unit in in_tree(await list_units(conn, on=reader.day))
        if reader.may(Permission.MANAGE_RESOURCES, unit)
    ]
    subject = Subject(SubjectKind.OFFICIAL, official.id) if official else None
    return render(
        request,
        "official.html",
        status=HTTPStatus.CONFLICT
        if isinstance(why, OfficialInUse)
        else form_status(wrong=bool(typed.errors), stale=stale),
        uses=await uses_of(conn, request, why.seats if isinstance(why, OfficialInUse) else ()),
        stale=stale,
        official=official,
        in_office=official is not None
        and (official.valid_to is None or official.valid_to > reader.day),
        black_outs=await black_lines(conn, subject, reader) if subject else [],
        opened=opened,
        form=typed,
        labels={name: reader.speech.word(words) for name, words in LABELS.items()},
        units=choices(units, reader),
    )
