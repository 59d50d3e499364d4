"""One person: locked, let in again, and roles given and taken one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from meetings.directory.finding import units_by_ids
from meetings.errors import LastAdmin, UnitNotFound
from meetings.model import PersonId, Role
from meetings.people.grants import allow
from web.answers import redirect
from web.directory.granting import GrantBody, give, is_roles_led, take
from web.directory.people import find_person, lock_out
from web.errors import BadForm, NotOneself, RolesLed
from web.input.forms import parse_form
from web.pages.booking.wishing import Typed, problems_of
from web.pages.conference.conferences import unit_name
from web.pages.people.people import LABELS, role_words, units_to_choose
from web.pages.reading import Reader, form_of, number_in, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.statuses import STATUS
from web.transactions import connection, transaction
from web.wording import phrases
from web.wording.sentences import say

routes = Routes()

PAGE = "/people/{id:[1-9][0-9]{0,8}}"
FIELDS = ("role", "unit")
EMPTY = Typed(values=dict.fromkeys(FIELDS, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A role that somebody holds.

    What the directory service says `stays`, and one's own right to administer.
    """

    role: str
    unit: str
    words: str
    stays: bool


@routes.get(PAGE, allow=Permission.MANAGE_PEOPLE)
async def show(request: web.Request) -> web.Response:
    """Show somebody with what they may do."""
    return await person_page(request, reader_of(request), EMPTY)


@routes.post(f"{PAGE}/grants", allow=Permission.MANAGE_PEOPLE)
async def add(request: web.Request) -> web.StreamResponse:
    """Give a role."""
    reader, form = reader_of(request), await form_of(request)
    values, person = {name: form.get(name) for name in FIELDS}, person_in(request)
    try:
        async with transaction(request) as conn:
            await find_person(conn, request, person)
            await give(conn, request, person, parse_form(GrantBody, values), on=reader.day)
    except BadForm as error:
        wrong = problems_of(request, error)
    except UnitNotFound as error:
        wrong = {"unit": say(request, error.code)}
    except RolesLed as error:
        return await refused(request, error)
    else:
        return redirect(f"/people/{person}?said=role-given")
    return await person_page(request, reader, Typed(values=values, errors=wrong))


@routes.post(f"{PAGE}/grants/withdraw", allow=Permission.MANAGE_PEOPLE)
async def remove(request: web.Request) -> web.StreamResponse:
    """Take a role away."""
    form, person = await form_of(request), person_in(request)
    values = {name: form.get(name) for name in FIELDS}
    try:
        async with transaction(request) as conn:
            await find_person(conn, request, person)
            await take(conn, request, person, parse_form(GrantBody, values))
    except (LastAdmin, NotOneself, RolesLed) as error:
        return await refused(request, error)
    return redirect(f"/people/{person}?said=role-taken")


@routes.post("/people/{id:[0-9]+}/deactivate", allow=Permission.MANAGE_PEOPLE)
async def deactivate(request: web.Request) -> web.StreamResponse:
    """Sign somebody out everywhere and let them in no more."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        person = await find_person(conn, request, person_in(request))
        if person.id != reader.actor.person:
            await lock_out(conn, person.id, by=reader.actor.name)
    return redirect("/people?said=deactivated")


@routes.post("/people/{id:[0-9]+}/activate", allow=Permission.MANAGE_PEOPLE)
async def activate(request: web.Request) -> web.StreamResponse:
    """Let somebody in again."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        person = await find_person(conn, request, person_in(request))
        await allow(conn, person.id, by=reader.actor.name)
    return redirect("/people?said=activated")


async def refused(
    request: web.Request, error: LastAdmin | NotOneself | RolesLed
) -> web.StreamResponse:
    """Return the person's page with why something cannot be done, whatever is typed."""
    wrong, status = say(request, error.code), STATUS[type(error)]
    return await person_page(request, reader_of(request), EMPTY, wrong=wrong, status=status)


def person_in(request: web.Request) -> PersonId:
    """Return whom the address names."""
    return PersonId(number_in(request, "id"))


async def person_page(
    request: web.Request,
    reader: Reader,
    typed: Typed,
    *,
    wrong: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> web.Response:
    """Return the person's page with the form as typed, and why something could not be done."""
    speech, roots = reader.speech, reader.units(Permission.MANAGE_PEOPLE)
    async with connection(request) as conn:
        person = await find_person(conn, request, person_in(request))
        units = await units_by_ids(conn, {person.unit_id, *(one.unit for one in person.grants)})
        offices = await units_to_choose(conn, reader, roots)
        led = await is_roles_led(conn, request, person)
    myself = person.id == reader.actor.person
    labels: Mapping[str, str] = {name: speech.word(LABELS[name]) for name in FIELDS}
    return render(
        request,
        "person.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else status,
        person=person,
        home=unit_name(units[person.unit_id], speech),
        held=[
            Held(
                role=one.role.value,
                unit=units[one.unit].code,
                words=role_words(one, units, speech),
                stays=led or (myself and one.role is Role.ADMIN),
            )
            for one in sorted(person.grants, key=lambda one: (one.role.value, one.unit))
        ],
        led=led,
        form=typed,
        labels=labels,
        roles=[(role.value, speech.word(words)) for role, words in phrases.ROLES.items()],
        units=[(unit.code, unit_name(unit, speech)) for unit in offices],
        wrong=wrong,
    )
