"""People, and what everybody did."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.audit import list_audit
from meetings.directory.finding import units_by_ids
from meetings.idempotency import Answer
from meetings.model import Person, PersonId
from meetings.office.workdays import local_day
from meetings.people.grants import list_people
from meetings.store import Connection
from web.access.accounts import LINK_AGE
from web.api import views
from web.api.answering import change, change_secretly, done, shown
from web.api.cursors import PageQuery, next_of
from web.api.directory import day_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.officials import SearchText
from web.api.presenting import audit_view, person_view
from web.api.reading import read_body, read_query
from web.directory.granting import GrantBody, give, take
from web.directory.people import find_invited, is_led, link_for
from web.errors import LedByDirectory
from web.input.addressed import id_of
from web.input.moments import Moment
from web.input.words import LINE
from web.keys import CLOCK
from web.permissions import Permission, require, units_of
from web.transactions import connection

routes = Endpoints("people")

Subject = Annotated[str, Field(strict=True, min_length=1, max_length=200), LINE]


class AuditQuery(PageQuery):
    """Which changes: of one `subject` such as `conference:12`; the newest come first."""

    subject: Subject | None = None


class PeopleQuery(PageQuery):
    """Which people: `q` is found in names and login names, without diacritics."""

    q: SearchText = ""


class SignInView(views.View):
    """A link that works once, until then; an older one of the person is good no more."""

    url: str
    expires_at: Moment


@routes.endpoint(
    "GET",
    "/people",
    allow=Permission.MANAGE_PEOPLE,
    tells=Tells(answer=views.Page[views.PersonView], query=PeopleQuery),
)
async def show_people(request: web.Request) -> web.Response:
    """List the people of one's units and what they may do."""
    query = read_query(request, PeopleQuery)
    async with connection(request) as conn:
        found = await list_people(
            conn,
            units=units_of(require(request), Permission.MANAGE_PEOPLE),
            q=query.q,
            after=None if query.next is None else PersonId(query.next),
            limit=query.limit + 1,
        )
        named = {person.unit_id for person in found}
        named |= {grant.unit for person in found for grant in person.grants}
        units = await units_by_ids(conn, named)
    ids = [int(person.id) for person in found]
    items = [person_view(person, units) for person in found[: query.limit]]
    return shown(views.Page[views.PersonView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "POST",
    f"/people/{ID}/link",
    allow=Permission.MANAGE_PEOPLE,
    tells=Tells(
        answer=SignInView,
        status=HTTPStatus.CREATED,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def invite(request: web.Request) -> web.Response:
    """Make a link by which somebody chooses a password; it is told this once."""
    by, now = require(request).name, request.config_dict[CLOCK]()

    async def work(conn: Connection) -> Answer:
        number, today = PersonId(id_of(request)), local_day(now)
        person = await find_invited(conn, request, number, on=today)
        if await is_led(conn, request, person):
            raise LedByDirectory
        link = await link_for(conn, request, person, by=by, now=now)
        return done(SignInView(url=link, expires_at=now + LINK_AGE), status=HTTPStatus.CREATED)

    return await change_secretly(request, work)


async def person_answer(conn: Connection, person: Person) -> Answer:
    """Return somebody with what they may do now, as the answer to a change."""
    named = {person.unit_id, *(one.unit for one in person.grants)}
    return done(person_view(person, await units_by_ids(conn, named)))


GRANTS = Tells(answer=views.PersonView, body=GrantBody, keyed=True, refusals=(HTTPStatus.CONFLICT,))


@routes.endpoint("POST", f"/people/{ID}/grants", allow=Permission.MANAGE_PEOPLE, tells=GRANTS)
async def give_role(request: web.Request) -> web.Response:
    """Give somebody a role over a unit that one administers; it counts at once."""
    body, today = await read_body(request, GrantBody), day_of(request)

    async def work(conn: Connection) -> Answer:
        person = PersonId(id_of(request))
        return await person_answer(conn, await give(conn, request, person, body, on=today))

    return await change(request, work)


@routes.endpoint(
    "POST", f"/people/{ID}/grants/withdraw", allow=Permission.MANAGE_PEOPLE, tells=GRANTS
)
async def take_role(request: web.Request) -> web.Response:
    """Take a role away; the last who administers everything, and one's own right, stay."""
    body = await read_body(request, GrantBody)

    async def work(conn: Connection) -> Answer:
        person = PersonId(id_of(request))
        return await person_answer(conn, await take(conn, request, person, body))

    return await change(request, work)


@routes.endpoint(
    "GET",
    "/audit",
    allow=Permission.READ_AUDIT,
    tells=Tells(answer=views.Page[views.AuditView], query=AuditQuery),
)
async def show_audit(request: web.Request) -> web.Response:
    """List the changes in one's units, the newest first."""
    query = read_query(request, AuditQuery)
    async with connection(request) as conn:
        found = await list_audit(
            conn,
            units=units_of(require(request), Permission.READ_AUDIT),
            subject=query.subject,
            before=query.next,
            limit=query.limit + 1,
        )
    ids = [entry.id for entry in found]
    items = [audit_view(entry) for entry in found[: query.limit]]
    return shown(views.Page[views.AuditView](items=items, next=next_of(ids, query.limit)))
