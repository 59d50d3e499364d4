"""Links: each site's own way in, shown, made anew and taken back; each of these is audited."""

from __future__ import annotations

from aiohttp import web

from meetings.idempotency import Answer
from meetings.links.invitations import ShownLink, reset_link, revoke_link, show_links
from meetings.model import Conference, ConferenceId, SiteId
from meetings.store import Connection
from web.access.visibility import see_for
from web.api import views
from web.api.answering import change, change_secretly, done, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_optional_body
from web.input.addressed import id_of
from web.input.forms import Body, Id
from web.keys import SETTINGS
from web.permissions import Permission, require
from web.scheduling.booking import Desk, desk_of
from web.transactions import transaction

routes = Endpoints("links")

LINKS = f"/conferences/{ID}/links"


class SiteBody(Body):
    """Which site's link."""

    site: Id


class SomeSiteBody(Body):
    """Which site's link; none means every site's."""

    site: Id | None = None


def link_url(request: web.Request, secret: str) -> str:
    """Return the address that a hall opens."""
    return f"{request.config_dict[SETTINGS].base_url}/j/{secret}"


def link_view(request: web.Request, link: ShownLink) -> views.LinkView:
    """Return a link with its address."""
    return views.LinkView(
        site=link.site.id,
        label=link.site.label,
        url=link_url(request, link.secret),
        generation=link.generation,
        revoked=link.revoked,
    )


async def view_links(
    conn: Connection, request: web.Request, desk: Desk, conference: Conference
) -> views.LinksView:
    """Return every link, and note that somebody looked."""
    links = await show_links(
        conn, conference, desk.link_key, desk.actor.name, older=desk.older_keys
    )
    return views.LinksView(items=[link_view(request, link) for link in links])


@routes.endpoint("GET", LINKS, allow=Permission.SHOW_LINKS, tells=Tells(answer=views.LinksView))
async def show(request: web.Request) -> web.Response:
    """List each hall's own link; the look is audited."""
    desk = desk_of(request, require(request))
    async with transaction(request) as conn:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.SHOW_LINKS)
        view = await view_links(conn, request, desk, seen.conference)
    return shown(view)


@routes.endpoint(
    "POST",
    f"{LINKS}/reset",
    allow=Permission.SHOW_LINKS,
    tells=Tells(answer=views.LinksView, body=SomeSiteBody, body_needed=False, keyed=True),
)
async def reset(request: web.Request) -> web.Response:
    """Make new links for one hall or all; the old ones open nothing any more."""
    desk = desk_of(request, require(request))
    body = await read_optional_body(request, SomeSiteBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.SHOW_LINKS)
        chosen = seen.conference.sites if body.site is None else (SiteId(body.site),)
        for site in chosen:
            await reset_link(conn, seen.conference.id, site, desk.link_key, by=desk.actor.name)
        view = await view_links(conn, request, desk, seen.conference)
        items = [link for link in view.items if link.site in chosen]
        return done(views.LinksView(items=items))

    return await change_secretly(request, work)


@routes.endpoint(
    "POST",
    f"{LINKS}/revoke",
    allow=Permission.SHOW_LINKS,
    tells=Tells(answer=views.RevokedView, body=SiteBody, keyed=True),
)
async def revoke(request: web.Request) -> web.Response:
    """Take a hall's link back: it opens nothing until it is made anew."""
    desk = desk_of(request, require(request))
    body = await read_body(request, SiteBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.SHOW_LINKS)
        conference, site = seen.conference.id, SiteId(body.site)
        generation = await revoke_link(conn, conference, site, by=desk.actor.name, now=desk.now)
        return done(views.RevokedView(site=site, generation=generation, revoked=True))

    return await change(request, work)
