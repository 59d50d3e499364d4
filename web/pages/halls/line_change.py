"""Changing a shared line on its own page: what it is called, and which halls are on it."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from meetings.directory.errors import StaleRecord
from meetings.errors import AlreadyThere, SitesNotFound
from web.answers import redirect
from web.errors import BadForm
from web.input.forms import parse_form
from web.pages.halls.line_halls import offered_to
from web.pages.halls.lines import PAGE, line_page, typed_in, values_in
from web.pages.reading import Texts, form_of, number_in, reader_of
from web.permissions import Permission
from web.routes import Routes
from web.scheduling import lines
from web.scheduling.lines import LineChanges, line_of
from web.transactions import transaction

routes = Routes()


@routes.post(PAGE, allow=Permission.MANAGE_RESOURCES)
async def amend(request: web.Request) -> web.Response:
    """Change a line's name and halls; what was typed stays where that cannot be."""
    form = await form_of(request)
    try:
        await keep(request, form)
    except StaleRecord:
        typed = replace(typed_in(request, form, BadForm({})), errors={})
        return await line_page(request, typed, opened="change", stale=True)
    except (BadForm, AlreadyThere, SitesNotFound) as error:
        typed = typed_in(request, form, error)
        typed = replace(typed, values={**typed.values, "mark": form.get("mark")})
        return await line_page(request, typed, opened="change")
    return redirect(f"/lines/{number_in(request, 'id')}?said=line-kept")


async def keep(request: web.Request, form: Texts) -> None:
    """Write the line as typed; halls that others look after, or are retired, stay on it."""
    reader = reader_of(request)
    sent = values_in(form)
    body = parse_form(LineChanges, {name: sent[name] for name in ("name", "sites")})
    async with transaction(request) as conn:
        line = await line_of(conn, number_in(request, "id"))
        offered = {one.id for one in await offered_to(conn, reader)}
        mark = form.get("mark")
        await lines.amend(conn, request, line, body, offered=offered, mark=mark)
