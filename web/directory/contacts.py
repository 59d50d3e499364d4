"""Contacts, alike from pages and programs: read, allowed, done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from aiohttp import web
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.directory.contacts import add_contact, change_contact, forget_contact, locked_contact
from meetings.directory.duties import Contact, ContactId, Duty, NewContact, is_mail_address
from meetings.directory.finding import site_by_id, unit_by_code, unit_by_id
from meetings.errors import SitesNotFound
from meetings.model import SiteId, Unit
from meetings.store import Connection
from web.errors import BadForm
from web.input.forms import Body, Id, said_in
from web.input.moments import Day
from web.input.words import LINE, Name, ShortText, UnitCode
from web.permissions import Permission, require, require_over


def check_mail(text: str) -> str:
    """Return an address that mail can be sent to, or none at all."""
    if text and not is_mail_address(text):
        raise PydanticCustomError("bad-address", "no mail address")
    return text


Phone = Annotated[
    str, Field(strict=True, max_length=40, pattern=r"^[0-9+(][0-9 ().+/x-]*$|^$"), LINE
]
Mail = Annotated[str, Field(strict=True, max_length=200), LINE, AfterValidator(check_mail)]


class ContactBody(Body):
    """Somebody to call about a unit, or about one hall of it."""

    unit: UnitCode
    site: Id | None = None
    duty: Duty
    name: Name
    title: ShortText = ""
    phone: Phone = ""
    email: Mail = ""
    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse somebody who cannot be reached, and an end before the start."""
        if not self.phone and not self.email:
            raise PydanticCustomError("required", "no way to reach them", {"field": "phone"})
        check_dates(self.valid_from, self.valid_to)
        return self


class ContactChanges(Body):
    """What is to be different; a field left out stays, a hall or a day of null is taken away."""

    site: Id | None = None
    duty: Duty | None = None
    name: Name | None = None
    title: ShortText | None = None
    phone: Phone | None = None
    email: Mail | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


def check_dates(start: date | None, end: date | None) -> None:
    """Raise what is wrong between two days, about the later one."""
    if ends_too_soon(start, end):
        context = {"field": "valid_to", "code": "end-before-start"}
        raise PydanticCustomError("between-fields", "{code}", context)


def ends_too_soon(start: date | None, end: date | None) -> bool:
    """Tell whether there is no day between the two; without one of them there is no end."""
    return start is not None and end is not None and end <= start


async def add(conn: Connection, request: web.Request, body: ContactBody, on: date) -> Contact:
    """Add a contact to a unit over which the actor keeps the directory.

    Raises:
        UnitNotFound: there is no such unit on that day.
        BadForm: the hall is none of the unit's.
    """
    unit = await unit_by_code(conn, body.unit, on)
    require_over(request, Permission.MANAGE_DIRECTORY, unit.path)
    if body.site is not None:
        await check_site(conn, unit, body.site)
    return await add_contact(conn, new_contact(body, unit), by=require(request).name)


async def check_site(conn: Connection, unit: Unit, site: int) -> None:
    """Raise BadForm for a hall of another unit."""
    try:
        found = await site_by_id(conn, SiteId(site))
    except SitesNotFound as error:
        raise BadForm({"site": error.code}) from error
    if found.unit_id != unit.id:
        raise BadForm({"site": "not-a-choice"})


def new_contact(body: ContactBody, unit: Unit) -> NewContact:
    """Return what a form says."""
    site = None if body.site is None else SiteId(body.site)
    values: dict[str, Any] = body.model_dump(exclude={"unit", "site"})
    return NewContact(unit=unit.id, site=site, **values)


async def owned(
    conn: Connection, request: web.Request, contact: int, version: int | None = None
) -> Contact:
    """Return a contact, locked, to somebody who keeps its unit's directory.

    Raises:
        ContactNotFound, StaleRecord: as `locked_contact`.
        Forbidden: its unit lies outside the actor's subtrees.
    """
    found = await locked_contact(conn, ContactId(contact))
    unit = await unit_by_id(conn, found.unit)
    require_over(request, Permission.MANAGE_DIRECTORY, unit.path)
    return await locked_contact(conn, found.id, version)


async def amend(
    conn: Connection, request: web.Request, before: Contact, body: ContactChanges
) -> Contact:
    """Change a contact that was locked.

    Raises:
        BadForm: what is left is no contact.
    """
    values = said_in(body, clearing=("site", "valid_from", "valid_to"))
    if values.get("site") is not None:
        await check_site(conn, await unit_by_id(conn, before.unit), values["site"])
    after = replace(before, **values)
    if not after.phone and not after.email:
        raise BadForm({"phone": "required"})
    if ends_too_soon(after.valid_from, after.valid_to):
        raise BadForm({"valid_to": "end-before-start"})
    return await change_contact(conn, before, after, by=require(request).name)


async def forget(conn: Connection, request: web.Request, contact: Contact) -> None:
    """Forget a contact that was locked."""
    await forget_contact(conn, contact, by=require(request).name)
