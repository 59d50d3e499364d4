"""Favourites: the halls and groups that one keeps at hand, and the halls used last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from meetings.directory.finding import site_by_id
from meetings.errors import GroupNotFound, SitesNotFound
from meetings.idempotency import Answer
from meetings.model import PersonId, SiteId
from meetings.store import Connection
from meetings.store.favourites import (
    delete_favourite,
    insert_favourite,
    list_favourite_groups,
    list_favourite_sites,
    list_recent_sites,
)
from meetings.store.groups import get_group
from web.api import views
from web.api.answering import GONE, change, shown
from web.api.directory import day_of
from web.api.endpoints import CODE, ID, Endpoints, Tells
from web.api.presenting import site_view
from web.errors import PageNotFound
from web.input.addressed import code_of, id_of
from web.permissions import Permission, require
from web.transactions import connection

routes = Endpoints("favourites")

CHANGES = Tells(status=HTTPStatus.NO_CONTENT, keyed=True)
SITE, GROUP = "site", "group"


class FavouriteGroupView(views.View):
    """A group that one keeps at hand."""

    code: str
    name: str
    name_en: str


class FavouritesView(views.View):
    """What is at hand for one person; `recent` are the main halls of what they booked last."""

    sites: list[views.SiteView]
    groups: list[FavouriteGroupView]
    recent: list[views.SiteView]


@routes.endpoint(
    "GET", "/favourites", allow=Permission.READ_SITES, tells=Tells(answer=FavouritesView)
)
async def show(request: web.Request) -> web.Response:
    """Tell one's own favourites, and the halls that one used last; a token has no favourites."""
    actor, today = require(request), day_of(request)
    async with connection(request) as conn:
        person = actor.person
        sites = await list_favourite_sites(conn, person, today) if person else []
        groups = await list_favourite_groups(conn, person) if person else []
        recent = await list_recent_sites(conn, actor.name, today)
    view = FavouritesView(
        sites=[site_view(one) for one in sites],
        groups=[FavouriteGroupView(code=c, name=n, name_en=e) for c, n, e in groups],
        recent=[site_view(one) for one in recent],
    )
    return shown(view)


def person_of(request: web.Request) -> PersonId:
    """Return who asks, or raise PageNotFound for a token, which keeps nothing at hand."""
    person = require(request).person
    if person is None:
        raise PageNotFound
    return person


async def keep(
    request: web.Request, kind: str, ref: str, *, found: Callable[[Connection], Awaitable[object]]
) -> web.Response:
    """Make a favourite of what is `found`; one that is there stays."""
    person = person_of(request)

    async def work(conn: Connection) -> Answer:
        try:
            await found(conn)
        except (SitesNotFound, GroupNotFound) as error:
            raise PageNotFound from error
        await insert_favourite(conn, person, kind, ref)
        return GONE

    return await change(request, work)


async def drop(request: web.Request, kind: str, ref: str) -> web.Response:
    """Make it a favourite no more, whether it is one or not."""
    person = person_of(request)

    async def work(conn: Connection) -> Answer:
        await delete_favourite(conn, person, kind, ref)
        return GONE

    return await change(request, work)


@routes.endpoint("PUT", f"/favourites/sites/{ID}", allow=Permission.READ_SITES, tells=CHANGES)
async def keep_site(request: web.Request) -> web.Response:
    """Put a hall among one's favourites; one that is there stays."""
    site = SiteId(id_of(request))
    return await keep(request, SITE, str(site), found=lambda conn: site_by_id(conn, site))


@routes.endpoint("DELETE", f"/favourites/sites/{ID}", allow=Permission.READ_SITES, tells=CHANGES)
async def drop_site(request: web.Request) -> web.Response:
    """Take a hall out of one's favourites, whether it is there or not."""
    return await drop(request, SITE, str(id_of(request)))


@routes.endpoint("PUT", f"/favourites/groups/{CODE}", allow=Permission.READ_SITES, tells=CHANGES)
async def keep_group(request: web.Request) -> web.Response:
    """Put a group among one's favourites; one that is there stays."""
    code = code_of(request)
    return await keep(request, GROUP, code, found=lambda conn: get_group(conn, code))


@routes.endpoint("DELETE", f"/favourites/groups/{CODE}", allow=Permission.READ_SITES, tells=CHANGES)
async def drop_group(request: web.Request) -> web.Response:
    """Take a group out of one's favourites, whether it is there or not."""
    return await drop(request, GROUP, code_of(request))
