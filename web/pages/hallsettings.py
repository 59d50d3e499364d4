"""Changing how a hall is booked: its buffers, its line, when it cannot be had."""

from __future__ import annotations

from aiohttp import web

from meetings.black_outs import find_black_out
from meetings.directory_errors import StaleRecord
from meetings.ids import BlackOutId
from meetings.model import SiteId
from meetings.resources import Subject, SubjectKind
from meetings.store import Connection
from web import black_outs, hall_terms
from web.answers import redirect
from web.black_outs import BlackOutBody
from web.errors import BadForm, PageNotFound
from web.forms import parse_form
from web.hall_terms import HallBody, hall_of
from web.pages.hallbooking import (
    LONGEST_TYPED,
    TYPED,
    beside,
    typed_black_out,
    typed_terms,
)
from web.pages.reading import Texts, form_of, number_in, reader_of, version_in
from web.pages.sending import send_once
from web.pages.site import PAGE, site_page
from web.pages.wishing import Typed, problems_of
from web.permissions import Permission
from web.routes import Routes
from web.sentences import say
from web.transactions import transaction

routes = Routes()


@routes.post(f"{PAGE}/terms", allow=Permission.MANAGE_RESOURCES)
async def keep(request: web.Request) -> web.StreamResponse:
    """Change the hall's buffers and line."""
    reader, form = reader_of(request), await form_of(request)
    try:
        body = parse_form(HallBody, typed_terms(form))
        async with transaction(request) as conn:
            site = await hall_of(conn, number_in(request, "id"))
            await hall_terms.amend(conn, request, site, body, version=version_in(form))
    except BadForm as error:
        typed = Typed(values=values_in(form), errors=problems_of(request, error))
        return await site_page(request, reader, typed, opened="terms")
    except StaleRecord as error:
        typed = Typed(values=values_in(form), errors={"line": say(request, error.code)})
        return await site_page(request, reader, typed, opened="terms")
    return redirect(f"/sites/{site.id}?said=terms-kept")


@routes.post(f"{PAGE}/black-outs", allow=Permission.MANAGE_RESOURCES)
async def black_out(request: web.Request) -> web.StreamResponse:
    """Say when the hall cannot be had."""
    reader, form = reader_of(request), await form_of(request)
    site = SiteId(number_in(request, "id"))

    async def work(conn: Connection) -> str:
        await hall_of(conn, site)
        await black_outs.add(conn, request, typed(form, site))
        return f"/sites/{site}?said=blacked-out"

    try:
        return await send_once(request, form, work)
    except BadForm as error:
        wrong = Typed(values=values_in(form), errors=problems_of(request, error))
        return await site_page(request, reader, wrong, opened="black-out")


@routes.post(f"{PAGE}/black-outs/{{black:[0-9]+}}/end", allow=Permission.MANAGE_RESOURCES)
async def end(request: web.Request) -> web.StreamResponse:
    """Let the hall be had again; twice is once."""
    reader, site = reader_of(request), SiteId(number_in(request, "id"))
    async with transaction(request) as conn:
        found = await find_black_out(conn, BlackOutId(number_in(request, "black")))
        if found is not None and found.subject != Subject(SubjectKind.SITE, site):
            raise PageNotFound
        if found is not None:
            await black_outs.end(conn, request, found, reader.now)
    return redirect(f"/sites/{site}?said=black-out-ended")


def typed(form: Texts, site: SiteId) -> BlackOutBody:
    """Return the black-out that was typed, or raise BadForm."""
    values = typed_black_out(form, site)
    try:
        return parse_form(BlackOutBody, values)
    except BadForm as error:
        raise beside(error.problems) from None


def values_in(form: Texts) -> dict[str, str]:
    """Return both forms as they were typed."""
    return {name: form.get(name)[:LONGEST_TYPED] for name in TYPED}
