"""The units: a tree as of any day, and each with what it was, became, and has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from aiohttp import web

from meetings.directory.finding import list_units
from meetings.errors import UnitNotFound
from meetings.model import Site, Unit
from meetings.names import fold
from meetings.reforms.lineage import Lineage, lineage
from meetings.scheduling.resources import Official
from web.errors import PageNotFound
from web.formats import short_date
from web.i18n import N_
from web.input.addressed import code_of
from web.pages.booking.wishing import Typed
from web.pages.conference.callers import all_callers
from web.pages.conference.conferences import unit_name
from web.pages.days import DayField, day_field, tabs
from web.pages.looks import Tab
from web.pages.reading import Reader, reader_of, word_in
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording import directory_phrases, phrases
from web.wording.speech import Speech

routes = Routes()

PAGE = "/units/{code:[^/]{1,60}}"
FIELDS = ("from", "name", "kind", "into", "new_name", "new_kind")
CONTACT_FIELDS = (
    "contact_name",
    "duty",
    "title",
    "phone",
    "email",
    "site",
    "valid_from",
    "valid_to",
)
LABELS = {
    "contact_name": N_("Name"),
    "duty": N_("Duty"),
    "title": N_("Position"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "site": N_("Hall"),
    "valid_from": N_("First day"),
    "valid_to": N_("First day no more"),
    "from": N_("From which day on"),
    "name": N_("New name"),
    "kind": N_("Kind of unit"),
    "into": N_("Into the unit of code"),
    "new_name": N_("Name, if a new unit begins"),
    "new_kind": N_("Its kind"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A unit in a list."""

    name: str
    url: str
    kind: str
    code: str
    dates: str
    depth: int


@routes.get("/units", allow=Permission.READ_SITES)
async def index(request: web.Request) -> web.Response:
    """Show the tree of units as of a day, or those whose name matches."""
    reader = reader_of(request)
    day, q = day_field(request, reader), word_in(request)
    async with connection(request) as conn:
        found = in_tree(await list_units(conn, on=day.day))
    wanted = fold(q)
    shown = [unit for unit in found if wanted in fold(f"{unit.full_name} {unit.code}")]
    return render(
        request,
        "units.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if day.wrong else HTTPStatus.OK,
        tabs=tabs(request, reader, day),
        day=day,
        q=q,
        sentence=reader.speech.tell_many("%(n)s unit", "%(n)s units", len(shown)),
        rows=[line(unit, day, reader.speech, flat=bool(wanted)) for unit in shown],
    )


def in_tree(units: Sequence[Unit]) -> list[Unit]:
    """Return the units with each below its parent, in the order given otherwise."""
    below: dict[int | None, list[Unit]] = {}
    ids = {unit.id for unit in units}
    for unit in units:
        below.setdefault(unit.parent_id if unit.parent_id in ids else None, []).append(unit)
    found: list[Unit] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        unit = waiting.pop()
        found.append(unit)
        waiting += reversed(below.get(unit.id, []))
    return found


def line(unit: Unit, day: DayField, speech: Speech, *, flat: bool = True) -> Line:
    """Return a unit's line; the link goes to a day on which it is valid."""
    return Line(
        name=unit_name(unit, speech),
        url=url_of(unit, day),
        kind=speech.word(phrases.UNIT_KINDS[unit.kind]),
        code=unit.code,
        dates=dates_of(unit, speech),
        depth=0 if flat else len(unit.path) - 1,
    )


def url_of(unit: Unit, day: DayField) -> str:
    """Return the unit's page, as of the page's day or of the unit's own last one."""
    path = f"/units/{unit.code}"
    if unit.is_valid(day.day):
        return day.link(path)
    own = unit.valid_from or date.fromordinal((unit.valid_to or day.day).toordinal() - 1)
    return f"{path}?on={own.isoformat()}"


def dates_of(found: Unit | Official, speech: Speech) -> str:
    """Say since when and until when."""
    start = short_date(found.valid_from) if found.valid_from else ""
    last = short_date(date.fromordinal(found.valid_to.toordinal() - 1)) if found.valid_to else ""
    if start and last:
        return speech.tell("%(start)s – %(end)s", start=start, end=last)
    if last:
        return speech.tell("until %(end)s", end=last)
    return speech.tell("since %(start)s", start=start) if start else ""


@routes.get(PAGE, allow=Permission.READ_SITES)
async def show(request: web.Request) -> web.Response:
    """Show one unit."""
    return await unit_page(request, reader_of(request), Typed(values=dict.fromkeys(FIELDS, "")))


async def unit_page(
    request: web.Request, reader: Reader, typed: Typed, opened: str = ""
) -> web.Response:
    """Return the unit's page with the forms as typed."""
    day = day_field(request, reader)
    async with connection(request) as conn:
        try:
            found = await lineage(conn, code_of(request), day.day)
        except UnitNotFound as error:
            raise PageNotFound from error
        told = await all_callers(conn, found.unit.id, reader.speech, on=day.day)
    speech = reader.speech
    above = found.above[-1] if found.above else found.unit
    return render(
        request,
        "unit.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        day=day,
        unit=line(found.unit, day, speech),
        here=found.unit.is_valid(day.day),
        crumbs=[Tab(url=url_of(one, day), words=one.name, current=False) for one in found.above],
        sites=found.sites,
        callers=told,
        may_keep=reader.may(Permission.MANAGE_DIRECTORY, found.unit),
        duties=duties(speech),
        halls=halls(found.sites),
        lists=lists_of(found, day, speech),
        may_set=reader.may(Permission.MANAGE_RESOURCES, found.unit)
        and found.unit.is_valid(reader.day),
        may_reform=found.unit.valid_to is None and reader.may(Permission.MANAGE_DIRECTORY, above),
        form=typed,
        opened=opened,
        labels={name: speech.word(words) for name, words in LABELS.items()},
        kinds=[("", "–")]
        + [(kind, speech.word(words)) for kind, words in phrases.UNIT_KINDS.items()],
    )


def duties(speech: Speech) -> list[tuple[str, str]]:
    """Return what a contact can be called for."""
    return [(duty, speech.word(words)) for duty, words in directory_phrases.DUTIES.items()]


def halls(sites: Sequence[Site]) -> list[tuple[str, str]]:
    """Return the halls that a contact can be of, or of none."""
    return [("", "–"), *((str(site.id), site.name) for site in sites)]


def lists_of(found: Lineage, day: DayField, speech: Speech) -> list[tuple[str, Sequence[Line]]]:
    """Return the lists of other units, each with its heading, without the empty ones."""
    parts = (
        (speech.tell("Came from"), found.before),
        (speech.tell("Became"), found.after),
        (speech.tell("Units below"), found.below),
        (speech.tell("Had the same code"), found.namesakes),
    )
    return [(head, [line(one, day, speech) for one in units]) for head, units in parts if units]
