"""People and their roles: listed, and added with a sign-in link that is shown once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from meetings.directory.finding import list_units, unit_by_code, units_by_ids
from meetings.errors import LoginTaken
from meetings.idempotency import Answer
from meetings.model import Grant, Person, PersonId, Role, Unit, UnitId
from meetings.people.grants import add_person, list_people
from meetings.store import Connection
from meetings.store.people import count_active, list_waiting
from web.directory.people import invited_of, link_for, managed_of
from web.errors import BadForm
from web.i18n import N_
from web.input.forms import Body, parse_form
from web.input.once import SecretKeeper, once
from web.input.words import Mail, Name, NewLogin, UnitCode
from web.keys import KEYRING
from web.pages.booking.wishing import Typed, problems_of
from web.pages.conference.conferences import unit_name
from web.pages.looks import Chip
from web.pages.reading import (
    Reader,
    Texts,
    after_in,
    form_of,
    key_in,
    reader_of,
    word_in,
)
from web.permissions import Permission, require_over
from web.render import render, url
from web.routes import Routes
from web.transactions import connection
from web.wording import phrases
from web.wording.sentences import say
from web.wording.speech import Speech

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
    login: NewLogin
    email: Mail
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
    managed: bool
    invited: bool
    chip: Chip


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceLink:
    """A sign-in link, to be handed over now."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class May:
    """Whom of a page the reader may change, and for whom they may make a sign-in link."""

    managed: frozenset[PersonId]
    invited: frozenset[PersonId]


@routes.get("/people", allow=Permission.MANAGE_PEOPLE)
async def index(request: web.Request) -> web.Response:
    """Show who can sign in, as what, over which units."""
    return await people_page(request, reader_of(request), Typed(values=dict.fromkeys(FIELDS, "")))


@routes.post("/people", allow=Permission.MANAGE_PEOPLE)
async def add(request: web.Request) -> web.Response:
    """Add somebody, once for this form, and show the sign-in link; it is kept only sealed."""
    reader, form = reader_of(request), await form_of(request)
    typed = Typed(values={name: form.get(name) for name in FIELDS})
    try:
        link = await add_from(request, reader, form)
    except BadForm as error:
        wrong = Typed(values=typed.values, errors=problems_of(request, error))
        return await people_page(request, reader, wrong)
    except LoginTaken as error:
        wrong = Typed(values=typed.values, errors={"login": say(request, error.code)})
        return await people_page(request, reader, wrong)
    empty = Typed(values=dict.fromkeys(FIELDS, ""))
    return await people_page(request, reader, empty, links=[link])


async def add_from(request: web.Request, reader: Reader, form: Texts) -> OnceLink:
    """Add somebody and return their sign-in link."""
    body = parse_form(PersonBody, {name: form.get(name) for name in FIELDS})

    async def work(conn: Connection) -> Answer:
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
        link = await link_for(conn, request, person, by=reader.actor.name, now=reader.now)
        return Answer(status=HTTPStatus.OK, headers={}, body=json.dumps([person.name, link]))

    keeper = SecretKeeper(request.config_dict[KEYRING])
    name, link = json.loads((await once(request, work, key=key_in(form), keeper=keeper)).body)
    return OnceLink(name=name, url=link)


async def people_page(
    request: web.Request, reader: Reader, typed: Typed, *, links: Sequence[OnceLink] = ()
) -> web.Response:
    """Return the list with the form, and with links that are shown this once."""
    roots, q, waiting = reader.units(Permission.MANAGE_PEOPLE), word_in(request), waits_in(request)
    async with connection(request) as conn:
        found = await list_people(
            conn,
            units=roots,
            q=q,
            after=after_in(request, PersonId),
            limit=PAGE + 1,
            waiting=waiting,
        )
        people, active = found[:PAGE], await count_active(conn, roots)
        all_waiting = await list_waiting(conn, roots)
        offices = await units_to_choose(conn, reader, roots)
        units = await units_by_ids(conn, {one.unit for each in people for one in each.grants})
        may = await may_of(conn, people, reader)
    speech = reader.speech
    return render(
        request,
        "people.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        active=active,
        q=q,
        waiting=waiting,
        waits=len(all_waiting),
        waits_here=len(all_waiting & may.invited),
        next_page=url("/people", **(dict(request.query) | {"after": found[PAGE - 1].id}))
        if len(found) > PAGE
        else "",
        links=links,
        all_links=url("/people/links", **dict(request.query)),
        form=typed,
        labels={name: speech.word(words) for name, words in LABELS.items()},
        roles=[(role.value, speech.word(words)) for role, words in phrases.ROLES.items()],
        units=[(unit.code, unit_name(unit, speech)) for unit in offices],
        people=[line(one, units, reader, waiting=all_waiting, may=may) for one in people],
    )


async def may_of(conn: Connection, people: Sequence[Person], reader: Reader) -> May:
    """Return what the reader may do about these people."""
    managed = await managed_of(conn, reader.actor, people)
    invited = await invited_of(conn, reader.actor, managed, on=reader.day)
    return May(
        managed=frozenset(one.id for one in managed), invited=frozenset(one.id for one in invited)
    )


def waits_in(request: web.Request) -> bool:
    """Tell whether only those are asked for who have not chosen a password yet."""
    return request.query.get("waiting", "") == "yes"


async def units_to_choose(conn: Connection, reader: Reader, roots: frozenset[UnitId]) -> list[Unit]:
    """Return the units over which the reader may give a role."""
    return [
        unit for root in sorted(roots) for unit in await list_units(conn, on=reader.day, below=root)
    ]


def line(
    person: Person,
    units: Mapping[UnitId, Unit],
    reader: Reader,
    *,
    waiting: Collection[PersonId],
    may: May,
) -> Line:
    """Return one person's line."""
    speech = reader.speech
    grants = sorted(person.grants, key=lambda grant: (grant.role.value, grant.unit))
    return Line(
        id=person.id,
        name=person.name,
        login=person.login,
        email=person.email,
        roles=[role_words(grant, units, speech) for grant in grants],
        active=person.active,
        self=person.id == reader.actor.person,
        managed=person.id in may.managed,
        invited=person.id in may.invited,
        chip=chip_of(person, speech, waits=person.id in waiting),
    )


def chip_of(person: Person, speech: Speech, *, waits: bool) -> Chip:
    """Say whether somebody can sign in."""
    if not person.active:
        return Chip(state="dim", words=speech.tell("Locked"))
    if waits:
        return Chip(state="warn", words=speech.tell("No password yet"))
    return Chip(state="ok", words=speech.tell("May sign in"))


def role_words(grant: Grant, units: Mapping[UnitId, Unit], speech: Speech) -> str:
    """Say as what, and over which unit."""
    return f"{speech.word(phrases.ROLES[grant.role])} · {unit_name(units[grant.unit], speech)}"
