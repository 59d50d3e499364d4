"""Tags of a hall on its page: by them groups find it."""

from __future__ import annotations

from aiohttp import web

from meetings.audit import record
from meetings.directory.finding import site_by_id
from meetings.errors import SitesNotFound
from meetings.model import SiteId
from meetings.store.sites import list_tags, save_tags
from web.answers import redirect
from web.directory.groups import Tags
from web.errors import BadForm, PageNotFound
from web.input.forms import Body, parse_form
from web.input.words import tags_in
from web.pages.booking.wishing import Typed, problems_of
from web.pages.halls.site import site_page
from web.pages.reading import form_of, number_in, reader_of
from web.permissions import Permission, require_over
from web.routes import Routes
from web.transactions import transaction

routes = Routes()


class TagsBody(Body):
    """All tags that a hall carries."""

    tags: Tags


@routes.post("/sites/{id:[0-9]+}/tags", allow=Permission.MANAGE_DIRECTORY)
async def keep(request: web.Request) -> web.Response:
    """Let the hall carry exactly these tags."""
    site, typed = SiteId(number_in(request, "id")), (await form_of(request)).get("tags")
    try:
        tags = parse_form(TagsBody, {"tags": tags_in(typed)}).tags
    except BadForm as error:
        wrong = Typed(values={"tags": typed}, errors=problems_of(request, error))
        return await site_page(request, reader_of(request), wrong, opened="tags")
    async with transaction(request) as conn:
        try:
            found = await site_by_id(conn, site)
        except SitesNotFound as error:
            raise PageNotFound from error
        actor = require_over(request, Permission.MANAGE_DIRECTORY, found.unit_path)
        wanted = tuple(sorted(set(tags)))
        if wanted != await list_tags(conn, site):
            await save_tags(conn, site, wanted)
            await record(
                conn,
                actor=actor.name,
                action="site.change",
                subject=f"site:{site}",
                unit=found.unit_id,
                detail={"tags": list(wanted)},
                news=("directory",),
            )
    return redirect(f"/sites/{site}?said=tags-kept")
