"""Deputies: who stands in for whom, and the form that names one."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from meetings.directory.finding import units_by_ids
from meetings.errors import PersonNotFound
from meetings.model import Role
from meetings.people.deputies import Lending, end, list_lendings, may_end
from meetings.people.errors import NotFitAsDeputy, NotYoursToLend
from meetings.people.grants import person_by_id
from meetings.store import Connection
from web.answers import redirect
from web.approval.deputies import DeputyBody, lend_as
from web.errors import BadForm
from web.i18n import N_
from web.input.forms import parse_form
from web.input.typed import day_or_text, number_or_text
from web.pages.booking.wishing import Typed, problems_of
from web.pages.conference.conferences import unit_name
from web.pages.home.mine import person_of
from web.pages.people.people import units_to_choose
from web.pages.people.whom import is_search, people_to_choose, sought_in
from web.pages.reading import Reader, after_in, form_of, number_in, reader_of
from web.pages.sending import send_once
from web.permissions import Permission, units_of
from web.render import render, same_page
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import connection, transaction
from web.wording import phrases
from web.wording.sentences import say

routes = Routes()

PAGE = 50
LABELS = {
    "deputy": N_("Deputy"),
    "role": N_("Role"),
    "unit": N_("Over which unit"),
    "from": N_("From"),
    "until": N_("Until and with"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One lending in the list; the reader may end it where `ends`."""

    id: int
    giver: str
    deputy: str
    role: str
    unit: str
    days: str
    ends: bool


@routes.get("/deputies", allow=Permission.SIGNED_IN)
async def index(request: web.Request) -> web.Response:
    """Show who stands in for whom."""
    return await deputies_page(request, reader_of(request), Typed(values=dict.fromkeys(LABELS, "")))


@routes.post("/deputies", allow=Permission.SIGNED_IN)
async def give(request: web.Request) -> web.StreamResponse:
    """Name a deputy as typed."""
    reader, form = reader_of(request), await form_of(request)
    values = {name: form.get(name) for name in LABELS}
    days = {name: day_or_text(values[name]) for name in ("from", "until")}
    typed = values | days | {"deputy": number_or_text(values["deputy"]) or None}
    if is_search(form):
        return await deputies_page(request, reader, Typed(values=values), sought=sought_in(form))

    async def work(conn: Connection) -> str:
        await lend_as(conn, desk_of(request, reader.actor), parse_form(DeputyBody, typed))
        return "/deputies?said=lent"

    try:
        return await send_once(request, form, work)
    except BadForm as error:
        errors = problems_of(request, error)
        return await deputies_page(request, reader, Typed(values=values, errors=errors))
    except (NotFitAsDeputy, NotYoursToLend, PersonNotFound) as error:
        place = "role" if isinstance(error, NotYoursToLend) else "deputy"
        wrong = Typed(values=values, errors={place: say(request, error.code)})
        return await deputies_page(request, reader, wrong)


@routes.post("/deputies/{id:[0-9]+}/end", allow=Permission.SIGNED_IN)
async def stop(request: web.Request) -> web.StreamResponse:
    """End a deputy's time."""
    reader, now = reader_of(request), reader_of(request).now
    person, units = reader.actor.person, units_of(reader.actor, Permission.MANAGE_PEOPLE)
    number, by = number_in(request, "id"), reader.actor.name
    async with transaction(request) as conn:
        await end(conn, number, person=person, units=units, by=by, now=now)
    return redirect("/deputies?said=lending-ended")


async def deputies_page(
    request: web.Request, reader: Reader, typed: Typed, *, sought: str | None = None
) -> web.Response:
    """Return the list with the form; one can lend only roles of one's own."""
    person, speech = person_of(reader), reader.speech
    admin_of = units_of(reader.actor, Permission.MANAGE_PEOPLE)
    async with connection(request) as conn:
        me = await person_by_id(conn, person)
        own = [one for one in me.grants if one.role is not Role.ADMIN]
        offices = await units_to_choose(conn, reader, frozenset(one.unit for one in own))
        whom = await people_to_choose(
            conn, speech, sought=sought or "", chosen=[typed.values["deputy"]], besides=person
        )
        after = after_in(request, int) or 0
        found = await list_lendings(
            conn, person=person, units=admin_of, after=after, limit=PAGE + 1
        )
        units = await units_by_ids(conn, {one.unit for one in found})
    roles = sorted({one.role for one in own})
    return render(
        request,
        "deputies.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        form=typed,
        labels={name: speech.word(words) for name, words in LABELS.items()},
        roles=[(one.value, speech.word(phrases.ROLES[one])) for one in roles],
        units=[(unit.code, unit_name(unit, speech)) for unit in offices],
        whom=whom,
        typing=bool(typed.errors) or sought is not None,
        lines=[
            line(
                one,
                unit_name(units[one.unit], speech),
                reader,
                ends=may_end(one, person, admin_of),
            )
            for one in found[:PAGE]
        ],
        next_page=same_page(request, after=found[PAGE - 1].id) if len(found) > PAGE else "",
    )


def line(one: Lending, unit: str, reader: Reader, *, ends: bool) -> Line:
    """Return one lending as the list shows it."""
    return Line(
        id=one.id,
        giver=one.giver_name,
        deputy=one.deputy_name,
        role=reader.speech.word(phrases.ROLES[one.role]),
        unit=unit,
        days=f"{one.days.first:%d/%m/%Y} – {one.days.last:%d/%m/%Y}",
        ends=ends,
    )
