"""Shared lines: which halls are on one, when it cannot be had; added and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from aiohttp import web

from meetings.directory.finding import list_units, sites_by_ids
from meetings.directory.officials import list_lines
from meetings.errors import AlreadyThere, SitesNotFound, UnitNotFound
from meetings.model import LineId, Site, SiteId
from meetings.scheduling.resources import Line, Subject, SubjectKind
from meetings.store import Connection
from web.answers import redirect
from web.errors import BadForm
from web.i18n import N_
from web.input.forms import parse_form
from web.input.typed import number_or_text
from web.pages.booking.wishing import Typed, form_status, problems_of
from web.pages.days import tabs
from web.pages.directory.officials import choices
from web.pages.directory.units import in_tree
from web.pages.halls import black_outs
from web.pages.halls.black_outs import LABELS as BLACK_OUT_LABELS
from web.pages.halls.black_outs import LONGEST_TYPED, black_lines, texts_in
from web.pages.halls.line_halls import offer_to
from web.pages.reading import Reader, Texts, after_in, form_of, number_in, reader_of
from web.pages.sending import send_once
from web.permissions import Permission, may
from web.render import render, same_page
from web.routes import Routes
from web.scheduling import lines
from web.scheduling.lines import LineBody, line_of
from web.transactions import connection, transaction
from web.wording.sentences import say

routes = Routes()

PAGE = "/lines/{id:[0-9]+}"
SHOWN = 100
MOST_NAMES = 6
LABELS: Mapping[str, str] = {
    "unit": N_("Unit"),
    "name": N_("Name of the line"),
    "sites": N_("Halls on the line"),
    **BLACK_OUT_LABELS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line in the list."""

    id: LineId
    name: str
    unit: str
    unit_code: str
    halls: str


@routes.get("/lines", allow=Permission.READ_SITES)
async def index(request: web.Request) -> web.Response:
    """Show the shared lines with their halls, in Vietnamese order."""
    reader, after = reader_of(request), after_in(request, LineId)
    async with connection(request) as conn:
        found = await list_lines(conn, after=after, limit=SHOWN + 1)
        sites = await sites_by_ids(conn, {site for one in found for site in one.sites})
    return render(
        request,
        "lines.html",
        tabs=tabs(request, reader),
        rows=[row(one, sites, reader) for one in found[:SHOWN]],
        next_page=same_page(request, after=found[SHOWN - 1].id) if len(found) > SHOWN else "",
    )


def row(line: Line, sites: Mapping[SiteId, Site], reader: Reader) -> Row:
    """Return a line of the list."""
    labels = [site.label for site in sites.values() if site.id in line.sites]
    return Row(
        id=line.id,
        name=line.name,
        unit=line.unit_name,
        unit_code=line.unit_code,
        halls=reader.speech.listing(labels, most=MOST_NAMES),
    )


@routes.get("/lines/new", allow=Permission.MANAGE_RESOURCES)
async def begin(request: web.Request) -> web.Response:
    """Show an empty form."""
    return await form_page(request, Typed(values={"unit": "", "name": "", "sites": frozenset()}))


@routes.post("/lines", allow=Permission.MANAGE_RESOURCES)
async def add(request: web.Request) -> web.Response:
    """Add a line that these halls share."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection) -> str:
        body = parse_form(LineBody, values_in(form))
        added = await lines.add(conn, request, body, reader.day)
        return f"/lines/{added.id}?said=line-added"

    try:
        return await send_once(request, form, work)
    except (BadForm, AlreadyThere, SitesNotFound, UnitNotFound) as error:
        return await form_page(request, typed_in(request, form, error))


@routes.get(PAGE, allow=Permission.READ_SITES)
async def show(request: web.Request) -> web.Response:
    """Show a line with its halls, and when it cannot be had."""
    return await line_page(request, Typed(values={}))


@routes.post(f"{PAGE}/black-outs", allow=Permission.MANAGE_RESOURCES)
async def black_out(request: web.Request) -> web.Response:
    """Say when the line cannot be had."""
    form = await form_of(request)
    try:
        return await black_outs.black_out(request, form, subject_in(request), page_of(request))
    except BadForm as error:
        typed = Typed(values=texts_in(form), errors=problems_of(request, error))
        return await line_page(request, typed, opened="black-out")


@routes.post(f"{PAGE}/black-outs/{{black:[0-9]+}}/end", allow=Permission.MANAGE_RESOURCES)
async def give_back(request: web.Request) -> web.Response:
    """Let the line be had again; twice is once."""
    return await black_outs.give_back(request, subject_in(request), page_of(request))


@routes.post(f"{PAGE}/forget", allow=Permission.MANAGE_RESOURCES)
async def forget(request: web.Request) -> web.Response:
    """Forget a line; its halls no longer stand in each other's way."""
    async with transaction(request) as conn:
        await lines.forget(conn, request, await line_of(conn, number_in(request, "id")))
    return redirect("/lines?said=line-forgotten")


def subject_in(request: web.Request) -> Subject:
    """Return the line of the address as black-outs name it."""
    return Subject(SubjectKind.LINE, number_in(request, "id"))


def page_of(request: web.Request) -> str:
    """Return where the line is shown."""
    return f"/lines/{number_in(request, 'id')}"


def values_in(form: Texts) -> dict[str, Any]:
    """Return a form as programs write it."""
    sites = [number_or_text(one) for one in form.getall("sites")]
    return {"unit": form.get("unit"), "name": form.get("name"), "sites": sites}


def values_of(line: Line) -> dict[str, Any]:
    """Return a line as its form shows it."""
    sites = frozenset(map(str, line.sites))
    return {"name": line.name, "sites": sites, "mark": lines.mark_of(line)}


def typed_in(request: web.Request, form: Texts, error: Exception) -> Typed:
    """Return the form as it was typed, with what is wrong."""
    values: dict[str, Any] = {name: form.get(name)[:LONGEST_TYPED] for name in ("unit", "name")}
    values["sites"] = frozenset(form.getall("sites"))
    if isinstance(error, BadForm):
        return Typed(values=values, errors=problems_of(request, error))
    places: dict[type, str] = {AlreadyThere: "name", SitesNotFound: "sites", UnitNotFound: "unit"}
    words = say(request, str(getattr(error, "code", "")))
    return Typed(values=values, errors={places[type(error)]: words})


async def form_page(request: web.Request, typed: Typed) -> web.Response:
    """Return the form of a new line, with the halls that the reader looks after."""
    reader, manages = reader_of(request), Permission.MANAGE_RESOURCES
    async with connection(request) as conn:
        units = in_tree(await list_units(conn, on=reader.day))
        offer = await offer_to(conn, reader)
    return render(
        request,
        "line-new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        form=typed,
        labels={name: reader.speech.word(words) for name, words in LABELS.items()},
        units=choices([one for one in units if reader.may(manages, one)], reader),
        offer=offer,
    )


async def line_page(
    request: web.Request, typed: Typed, *, opened: str = "", stale: bool = False
) -> web.Response:
    """Return a line's page, with the form that was sent as typed."""
    reader = reader_of(request)
    async with connection(request) as conn:
        line = await line_of(conn, number_in(request, "id"))
        offer = await offer_to(conn, reader, line.id)
        sites = await sites_by_ids(conn, line.sites)
        black = await black_lines(conn, subject_in(request), reader)
    return render(
        request,
        "line.html",
        status=form_status(wrong=bool(typed.errors), stale=stale),
        stale=stale,
        line=line,
        offer=offer,
        halls=list(sites.values()),
        black_outs=black,
        may_manage=may(reader.actor, Permission.MANAGE_RESOURCES, line.unit_path),
        opened=opened,
        form=replace(typed, values={**values_of(line), **typed.values}),
        labels={name: reader.speech.word(words) for name, words in LABELS.items()},
    )
