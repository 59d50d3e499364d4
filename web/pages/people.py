"""People and their roles: added with a sign-in link that is shown once, locked, let in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.directory import list_units, unit_by_code, units_by_ids
from meetings.errors import LoginTaken
from meetings.model import Grant, Person, PersonId, Role, Unit, UnitId
from meetings.people import add_person, allow, disallow, list_people, person_by_id
from meetings.store import Connection
from meetings.store.enrolment import find_key
from meetings.store.people import count_active
from web import phrases
from web.accounts import make_one_time_link
from web.answers import redirect
from web.errors import BadForm
from web.forms import Body, parse_form
from web.i18n import N_
from web.keys import PROVER, SETTINGS
from web.pages.conferences import unit_name
from web.pages.looks import Chip
from web.pages.reading import Reader, Texts, after_in, form_of, number_in, reader_of, word_in
from web.pages.speech import Speech
from web.pages.wishing import Typed, problems_of
from web.permissions import Permission, require_over
from web.render import render, same_page
from web.routes import Routes
from web.sentences import say
from web.store.sessions import delete_sessions_of
from web.transactions import connection, transaction
from web.words import LINE, Name, UnitCode

routes = Routes()

PAGE = 100
FIELDS = ("name", "login", "email", "role", "unit")

LABELS: Mapping[str, str] = {
    "name": N_("Name"),
    "login": N_("Login name"),
    "email": N_("E-mail"),
    "role": N_("Role"),
    "unit": N_("Over which unit"),
}


class PersonBody(Body):
    """Somebody new, with one role over one unit."""

    name: Name
    login: Annotated[str, LINE, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9.-]{1,59}$")]
    email: Annotated[
        str, LINE, Field(strict=True, max_length=200, pattern=r"^([^@\s,;<>]+@[^@\s,;<>]+)?$")
    ]
    role: Role
    unit: UnitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One person in the list."""

    id: PersonId
    name: str
    login: str
    email: str
    roles: Sequence[str]
    active: bool
    self: bool
    chip: Chip


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceLink:
    """A sign-in link, to be handed over now."""

    name: str
    url: str


@routes.get("/people", allow=Permission.MANAGE_PEOPLE)
async def index(request: web.Request) -> web.Response:
    """Show who can sign in, as what, over which units."""
    return await people_page(request, reader_of(request), Typed(values=dict.fromkeys(FIELDS, "")))


@routes.post("/people", allow=Permission.MANAGE_PEOPLE)
async def add(request: web.Request) -> web.Response:
    """Add somebody and show the sign-in link, this once."""
    reader, form = reader_of(request), await form_of(request)
    typed = Typed(values={name: form.get(name) for name in FIELDS})
    try:
        person, secret = await add_from(request, reader, form)
    except BadForm as error:
        wrong = Typed(values=typed.values, errors=problems_of(request, error))
        return await people_page(request, reader, wrong)
    except LoginTaken as error:
        wrong = Typed(values=typed.values, errors={"login": say(request, error.code)})
        return await people_page(request, reader, wrong)
    empty = Typed(values=dict.fromkeys(FIELDS, ""))
    return await people_page(request, reader, empty, link=once_link(request, person, secret))


async def add_from(request: web.Request, reader: Reader, form: Texts) -> tuple[Person, str]:
    """Return the new person and the secret of the sign-in link."""
    body = parse_form(PersonBody, {name: form.get(name) for name in FIELDS})
    async with transaction(request) as conn:
        unit = await unit_by_code(conn, body.unit, reader.day)
        require_over(request, Permission.MANAGE_PEOPLE, unit.path)
        person = await add_person(
            conn,
            login=body.login,
            name=body.name,
            unit=unit.id,
            email=body.email,
            grants=[Grant(role=body.role, unit=unit.id)],
            by=reader.actor.name,
        )
        return person, await make_one_time_link(
            conn, person.id, by=reader.actor.name, now=reader.now
        )


@routes.post("/people/{id:[0-9]+}/link", allow=Permission.MANAGE_PEOPLE)
async def invite(request: web.Request) -> web.StreamResponse:
    """Make a new sign-in link and show it, this once."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        person = await find_person(conn, request)
        if request.config_dict[PROVER] is not None and await find_key(conn, person.login):
            return redirect("/people?said=directory-person")
        secret = await make_one_time_link(conn, person.id, by=reader.actor.name, now=reader.now)
    empty = Typed(values=dict.fromkeys(FIELDS, ""))
    return await people_page(request, reader, empty, link=once_link(request, person, secret))


@routes.post("/people/{id:[0-9]+}/deactivate", allow=Permission.MANAGE_PEOPLE)
async def deactivate(request: web.Request) -> web.StreamResponse:
    """Sign somebody out everywhere and let them in no more."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        person = await find_person(conn, request)
        if person.id != reader.actor.person:
            await disallow(conn, person.id, by=reader.actor.name)
            await delete_sessions_of(conn, person.id)
    return redirect("/people?said=deactivated")


@routes.post("/people/{id:[0-9]+}/activate", allow=Permission.MANAGE_PEOPLE)
async def activate(request: web.Request) -> web.StreamResponse:
    """Let somebody in again."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        person = await find_person(conn, request)
        await allow(conn, person.id, by=reader.actor.name)
    return redirect("/people?said=activated")


async def find_person(conn: Connection, request: web.Request) -> Person:
    """Return the person of the address, if the reader manages all that they may do.

    Raises:
        PersonNotFound: there is none of that id.
        Forbidden: the person, or a role of theirs, is outside the reader's subtrees.
    """
    person = await person_by_id(conn, PersonId(number_in(request, "id")))
    units = await units_by_ids(conn, {person.unit_id, *(one.unit for one in person.grants)})
    for unit in units.values():
        require_over(request, Permission.MANAGE_PEOPLE, unit.path)
    return person


def once_link(request: web.Request, person: Person, secret: str) -> OnceLink:
    """Return the link to hand over."""
    base = request.config_dict[SETTINGS].base_url
    return OnceLink(name=person.name, url=f"{base}/welcome/{secret}")


async def people_page(
    request: web.Request, reader: Reader, typed: Typed, *, link: OnceLink | None = None
) -> web.Response:
    """Return the list with the form."""
    roots, q = reader.units(Permission.MANAGE_PEOPLE), word_in(request)
    after = after_in(request, PersonId)
    async with connection(request) as conn:
        found = await list_people(conn, units=roots, q=q, after=after, limit=PAGE + 1)
        people, active = found[:PAGE], await count_active(conn, roots)
        offices = await units_to_choose(conn, reader, roots)
        granted = {one.unit for person in people for one in person.grants}
        units = await units_by_ids(conn, granted)
    speech = reader.speech
    return render(
        request,
        "people.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        active=active,
        q=q,
        next_page=same_page(request, after=found[PAGE - 1].id) if len(found) > PAGE else "",
        link=link,
        form=typed,
        labels={name: speech.word(words) for name, words in LABELS.items()},
        roles=[(role.value, speech.word(words)) for role, words in phrases.ROLES.items()],
        units=[(unit.code, unit_name(unit, speech)) for unit in offices],
        people=[line(person, units, reader) for person in people],
    )


async def units_to_choose(conn: Connection, reader: Reader, roots: frozenset[UnitId]) -> list[Unit]:
    """Return the units over which the reader may give a role."""
    return [
        unit for root in sorted(roots) for unit in await list_units(conn, on=reader.day, below=root)
    ]


def line(person: Person, units: Mapping[UnitId, Unit], reader: Reader) -> Line:
    """Return one person's line."""
    speech = reader.speech
    grants = sorted(person.grants, key=lambda grant: (grant.role.value, grant.unit))
    state = ("ok", speech.tell("May sign in")) if person.active else ("dim", speech.tell("Locked"))
    return Line(
        id=person.id,
        name=person.name,
        login=person.login,
        email=person.email,
        roles=[role_words(grant, units, speech) for grant in grants],
        active=person.active,
        self=person.id == reader.actor.person,
        chip=Chip(state=state[0], words=state[1]),
    )


def role_words(grant: Grant, units: Mapping[UnitId, Unit], speech: Speech) -> str:
    """Say as what, and over which unit."""
    return f"{speech.word(phrases.ROLES[grant.role])} · {unit_name(units[grant.unit], speech)}"
