"""All that changed at a hall's devices, newest first, a page at a time."""

from __future__ import annotations

from aiohttp import web

from meetings.directory.finding import site_by_id
from meetings.errors import SitesNotFound
from meetings.model import SiteId
from monitoring.board import history
from web.errors import PageNotFound
from web.pages.reading import number_in, reader_of
from web.pages.views.calendar import first_in
from web.pages.views.entries import change_entry
from web.permissions import Permission
from web.render import render, same_page
from web.routes import Routes
from web.transactions import connection

routes = Routes()

SHOWN = 100


@routes.get("/sites/{id:[0-9]+}/history", allow=Permission.READ_SITES)
async def show(request: web.Request) -> web.Response:
    """Show what changed, and how many changes there are."""
    reader, before = reader_of(request), first_in(request)
    async with connection(request) as conn:
        try:
            site = await site_by_id(conn, SiteId(number_in(request, "id")))
        except SitesNotFound as error:
            raise PageNotFound from error
        found, total = await history(conn, site.id, limit=SHOWN, offset=before)
    behind = before + len(found)
    return render(
        request,
        "site-history.html",
        site=site,
        sentence=reader.speech.tell_many("%(n)s change", "%(n)s changes", total) if found else "",
        lines=[change_entry(one, reader) for one in found],
        next_page=same_page(request, **{"from": behind}) if total > behind else "",
    )
