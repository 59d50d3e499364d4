"""Contacts on pages: written down beside their unit, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from meetings.directory import unit_by_id
from meetings.errors import UnitNotFound
from web import contacts
from web.answers import redirect
from web.api.reading import code_of
from web.contacts import ContactBody
from web.errors import BadForm, PageNotFound
from web.forms import parse_form
from web.moments import read_date
from web.pages.reading import Texts, form_of, number_in, reader_of
from web.pages.units import CONTACT_FIELDS, PAGE, unit_page
from web.pages.wishing import Typed, problems_of
from web.permissions import Permission
from web.routes import Routes
from web.transactions import transaction

routes = Routes()

TYPED_AS = {"name": "contact_name"}
"""The unit's own form has a field of that name already."""


@routes.post(f"{PAGE}/contacts", allow=Permission.MANAGE_DIRECTORY)
async def add(request: web.Request) -> web.Response:
    """Write down whom to call about the unit or one of its halls."""
    reader, form = reader_of(request), await form_of(request)
    try:
        async with transaction(request) as conn:
            body = parse_form(ContactBody, values_in(form, code_of(request)))
            await contacts.add(conn, request, body, reader.day)
    except BadForm as error:
        values = {name: form.get(name) for name in CONTACT_FIELDS}
        found = problems_of(request, error)
        wrong = Typed(
            values=values, errors={TYPED_AS.get(name, name): words for name, words in found.items()}
        )
        return await unit_page(request, reader, wrong, "contact")
    except UnitNotFound as error:
        raise PageNotFound from error
    return redirect(f"/units/{code_of(request)}?said=contact-added")


def values_in(form: Texts, unit: str) -> Mapping[str, object]:
    """Return the form as programs write it; empty dates and halls are left out."""
    values: dict[str, object] = {
        name: form.get(name) for name in ("duty", "title", "phone", "email")
    }
    values |= {"unit": unit, "name": form.get("contact_name")}
    if site := form.get("site"):
        values["site"] = int(site) if site.isascii() and site.isdigit() else site
    for name in ("valid_from", "valid_to"):
        if typed := form.get(name):
            day = read_date(typed)
            values[name] = day.isoformat() if day else typed
    return values


@routes.post("/contacts/{id:[0-9]+}/forget", allow=Permission.MANAGE_DIRECTORY)
async def forget(request: web.Request) -> web.Response:
    """Forget a contact."""
    async with transaction(request) as conn:
        found = await contacts.owned(conn, request, number_in(request, "id"))
        await contacts.forget(conn, request, found)
        unit = await unit_by_id(conn, found.unit)
    return redirect(f"/units/{unit.code}?said=contact-forgotten")
