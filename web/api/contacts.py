"""Contacts: whom to call about a unit or a hall."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from aiohttp import web

from meetings.directory.duties import Contact, Duty
from meetings.directory.finding import unit_by_code, units_by_ids
from meetings.idempotency import Answer
from meetings.model import Unit
from meetings.store import Connection
from meetings.store.contacts import list_contacts
from web.api import views
from web.api.answering import GONE, change, done, etag, shown
from web.api.cursors import PageQuery, next_of
from web.api.directory import day_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.presenting import unit_name
from web.api.reading import read_body, read_query, read_version
from web.directory import contacts
from web.directory.contacts import ContactBody, ContactChanges
from web.input.addressed import PREFIX, id_of
from web.input.moments import Day
from web.input.typed import TypedId
from web.input.words import UnitCode
from web.permissions import Permission
from web.transactions import connection

routes = Endpoints("contacts")


class ContactView(views.View):
    """Somebody to call; `on_duty` is about the day asked for, or today."""

    id: int
    unit: views.UnitName
    site: int | None
    duty: Duty
    name: str
    title: str
    phone: str
    email: str
    valid_from: date | None
    valid_to: date | None
    on_duty: bool
    version: int


class ContactsQuery(PageQuery):
    """Whose: of a `unit` and everything below it, of a `site`, with a `duty`, `on` a day."""

    on: Day | None = None
    unit: UnitCode | None = None
    site: TypedId | None = None
    duty: Duty | None = None


def contact_view(contact: Contact, unit: Unit, on: date) -> ContactView:
    """Return a contact as it is told."""
    return ContactView(
        id=contact.id,
        unit=unit_name(unit),
        site=contact.site,
        duty=contact.duty,
        name=contact.name,
        title=contact.title,
        phone=contact.phone,
        email=contact.email,
        valid_from=contact.valid_from,
        valid_to=contact.valid_to,
        on_duty=contact.is_on_duty(on),
        version=contact.version,
    )


async def told(
    conn: Connection, contact: Contact, on: date, *, status: HTTPStatus = HTTPStatus.OK
) -> Answer:
    """Return a contact with its version, and its address when it is new."""
    unit = (await units_by_ids(conn, [contact.unit]))[contact.unit]
    headers = {"ETag": etag(contact.version)}
    if status is HTTPStatus.CREATED:
        headers["Location"] = f"{PREFIX}/contacts/{contact.id}"
    return done(contact_view(contact, unit, on), status=status, headers=headers)


@routes.endpoint(
    "GET",
    "/contacts",
    allow=Permission.READ_SITES,
    tells=Tells(answer=views.Page[ContactView], query=ContactsQuery),
)
async def list_them(request: web.Request) -> web.Response:
    """List whom to call."""
    query = read_query(request, ContactsQuery)
    today = query.on or day_of(request)
    async with connection(request) as conn:
        below = await unit_by_code(conn, query.unit, today) if query.unit else None
        found = await list_contacts(
            conn,
            on=query.on,
            below=below.id if below else None,
            site=query.site,
            duty=query.duty,
            after=query.next or 0,
            limit=query.limit + 1,
        )
        units = await units_by_ids(conn, {one.unit for one in found})
    items = [contact_view(one, units[one.unit], today) for one in found[: query.limit]]
    ids = [int(one.id) for one in found]
    return shown(views.Page[ContactView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "POST",
    "/contacts",
    allow=Permission.MANAGE_DIRECTORY,
    tells=Tells(answer=ContactView, status=HTTPStatus.CREATED, body=ContactBody, keyed=True),
)
async def add(request: web.Request) -> web.Response:
    """Write down whom to call."""
    body, today = await read_body(request, ContactBody), day_of(request)

    async def work(conn: Connection) -> Answer:
        added = await contacts.add(conn, request, body, today)
        return await told(conn, added, today, status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "PATCH",
    f"/contacts/{ID}",
    allow=Permission.MANAGE_DIRECTORY,
    tells=Tells(answer=ContactView, body=ContactChanges, keyed=True, versioned=True),
)
async def amend(request: web.Request) -> web.Response:
    """Change a contact."""
    version, body = read_version(request), await read_body(request, ContactChanges)

    async def work(conn: Connection) -> Answer:
        before = await contacts.owned(conn, request, id_of(request), version)
        after = await contacts.amend(conn, request, before, body)
        return await told(conn, after, day_of(request))

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/contacts/{ID}",
    allow=Permission.MANAGE_DIRECTORY,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True, versioned=True),
)
async def forget(request: web.Request) -> web.Response:
    """Forget a contact; its name and numbers are gone."""
    version = read_version(request)

    async def work(conn: Connection) -> Answer:
        found = await contacts.owned(conn, request, id_of(request), version)
        await contacts.forget(conn, request, found)
        return GONE

    return await change(request, work)
