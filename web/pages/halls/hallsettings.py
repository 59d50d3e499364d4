"""Changing how a hall is booked: its buffers, its line, when it cannot be had."""

from __future__ import annotations

from aiohttp import web

from meetings.directory.errors import StaleRecord
from meetings.scheduling.resources import Subject, SubjectKind
from web.answers import redirect
from web.errors import BadForm
from web.input.forms import parse_form
from web.pages.booking.wishing import Typed, problems_of
from web.pages.halls import black_outs
from web.pages.halls.black_outs import LONGEST_TYPED
from web.pages.halls.hallbooking import TYPED, typed_terms
from web.pages.halls.site import PAGE, site_page
from web.pages.reading import Texts, form_of, number_in, reader_of, version_in
from web.permissions import Permission
from web.routes import Routes
from web.scheduling import hall_terms
from web.scheduling.hall_terms import HallBody, hall_of
from web.transactions import transaction
from web.wording.sentences import say

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
        errors, version = problems_of(request, error), version_in(form)
        typed = Typed(values=values_in(form), errors=errors, version=version)
        return await site_page(request, reader, typed, opened="terms")
    except StaleRecord as error:
        typed = Typed(values=values_in(form), errors={"line": say(request, error.code)})
        return await site_page(request, reader, typed, opened="terms")
    return redirect(f"/sites/{site.id}?said=terms-kept")


@routes.post(f"{PAGE}/black-outs", allow=Permission.MANAGE_RESOURCES)
async def black_out(request: web.Request) -> web.StreamResponse:
    """Say when the hall cannot be had."""
    reader, form = reader_of(request), await form_of(request)
    try:
        return await black_outs.black_out(request, form, subject_in(request), page_of(request))
    except BadForm as error:
        wrong = Typed(values=values_in(form), errors=problems_of(request, error))
        return await site_page(request, reader, wrong, opened="black-out")


@routes.post(f"{PAGE}/black-outs/{{black:[0-9]+}}/end", allow=Permission.MANAGE_RESOURCES)
async def end(request: web.Request) -> web.StreamResponse:
    """Let the hall be had again; twice is once."""
    return await black_outs.give_back(request, subject_in(request), page_of(request))


def subject_in(request: web.Request) -> Subject:
    """Return the hall of the address as black-outs name it."""
    return Subject(SubjectKind.SITE, number_in(request, "id"))


def page_of(request: web.Request) -> str:
    """Return where the hall is shown."""
    return f"/sites/{number_in(request, 'id')}"


def values_in(form: Texts) -> dict[str, str]:
    """Return both forms as they were typed."""
    return {name: form.get(name)[:LONGEST_TYPED] for name in TYPED}
