"""Contacts on pages: written down beside their unit, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from meetings.directory.duties import Contact
from meetings.directory.errors import StaleRecord
from meetings.directory.finding import unit_by_id
from meetings.errors import UnitNotFound
from meetings.store import Connection
from meetings.store.successions import list_sites_of_unit
from web.answers import redirect
from web.directory import contacts
from web.directory.contacts import ContactBody, ContactChanges
from web.errors import BadForm, PageNotFound
from web.formats import short_date
from web.input.addressed import code_of
from web.input.forms import parse_form
from web.input.typed import day_or_text, number_or_text
from web.pages.booking.wishing import Typed, form_status, problems_of
from web.pages.directory.units import CONTACT_FIELDS, LABELS, PAGE, duties, halls, unit_page
from web.pages.reading import Texts, form_of, number_in, reader_of, version_in
from web.pages.sending import send_once
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import transaction

routes = Routes()

CONTACT = "/contacts/{id:[0-9]+}"
DAYS = ("valid_from", "valid_to")
TYPED_AS = {"name": "contact_name"}
"""The unit's own form has a field of that name already."""


@routes.post(f"{PAGE}/contacts", allow=Permission.MANAGE_DIRECTORY)
async def add(request: web.Request) -> web.Response:
    """Write down whom to call about the unit or one of its halls."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection) -> str:
        body = parse_form(ContactBody, values_in(form, code_of(request)))
        await contacts.add(conn, request, body, reader.day)
        return f"/units/{code_of(request)}?said=contact-added"

    try:
        return await send_once(request, form, work)
    except BadForm as error:
        return await unit_page(request, reader, typed_in(request, form, error), "contact")
    except UnitNotFound as error:
        raise PageNotFound from error


def typed_in(request: web.Request, form: Texts, error: BadForm | StaleRecord) -> Typed:
    """Return the form as it was typed, with what is wrong."""
    values = {name: form.get(name) for name in CONTACT_FIELDS}
    if isinstance(error, StaleRecord):
        return Typed(values=values)
    told = problems_of(request, error)
    errors = {TYPED_AS.get(name, name): words for name, words in told.items()}
    return Typed(values=values, errors=errors, version=version_in(form))


def values_in(form: Texts, unit: str) -> Mapping[str, object]:
    """Return the form as programs write it; empty dates and halls are left out."""
    values: dict[str, object] = {
        name: form.get(name) for name in ("duty", "title", "phone", "email")
    }
    values |= {"unit": unit, "name": form.get("contact_name")}
    if site := form.get("site"):
        values["site"] = number_or_text(site)
    for name in DAYS:
        if typed := form.get(name):
            values[name] = day_or_text(typed)
    return values


@routes.get(CONTACT, allow=Permission.MANAGE_DIRECTORY)
async def show(request: web.Request) -> web.Response:
    """Show a contact's form."""
    async with transaction(request) as conn:
        found = await contacts.owned(conn, request, number_in(request, "id"))
        return await contact_page(conn, request, found, Typed(values=values_of(found)))


@routes.post(CONTACT, allow=Permission.MANAGE_DIRECTORY)
async def amend(request: web.Request) -> web.Response:
    """Change a contact."""
    form = await form_of(request)
    try:
        async with transaction(request) as conn:
            before = await contacts.owned(conn, request, number_in(request, "id"), version_in(form))
            unit = await unit_by_id(conn, before.unit)
            values = dict.fromkeys(("site", *DAYS)) | dict(values_in(form, unit.code))
            body = parse_form(ContactChanges, {k: v for k, v in values.items() if k != "unit"})
            await contacts.amend(conn, request, before, body)
    except (BadForm, StaleRecord) as error:
        async with transaction(request) as conn:
            found = await contacts.owned(conn, request, number_in(request, "id"))
            typed, stale = typed_in(request, form, error), isinstance(error, StaleRecord)
            return await contact_page(conn, request, found, typed, stale=stale)
    return redirect(f"/units/{unit.code}?said=contact-kept")


def values_of(contact: Contact) -> dict[str, str]:
    """Return a contact as its form shows it."""
    days = {name: getattr(contact, name) for name in DAYS}
    return {
        "contact_name": contact.name,
        "title": contact.title,
        "duty": contact.duty.value,
        "phone": contact.phone,
        "email": contact.email,
        "site": str(contact.site or ""),
    } | {name: short_date(day) if day else "" for name, day in days.items()}


async def contact_page(
    conn: Connection,
    request: web.Request,
    contact: Contact,
    typed: Typed,
    *,
    stale: bool = False,
) -> web.Response:
    """Return a contact's page with the form as typed."""
    reader = reader_of(request)
    unit = await unit_by_id(conn, contact.unit)
    sites = await list_sites_of_unit(conn, unit.id, on=reader.day)
    return render(
        request,
        "contact.html",
        status=form_status(wrong=bool(typed.errors), stale=stale),
        stale=stale,
        id=contact.id,
        name=contact.name,
        version=contact.version,
        unit=unit,
        form=typed,
        labels={name: reader.speech.word(words) for name, words in LABELS.items()},
        duties=duties(reader.speech),
        halls=halls(sites),
    )


@routes.post(f"{CONTACT}/forget", allow=Permission.MANAGE_DIRECTORY)
async def forget(request: web.Request) -> web.Response:
    """Forget a contact."""
    async with transaction(request) as conn:
        found = await contacts.owned(conn, request, number_in(request, "id"))
        await contacts.forget(conn, request, found)
        unit = await unit_by_id(conn, found.unit)
    return redirect(f"/units/{unit.code}?said=contact-forgotten")
