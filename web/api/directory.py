"""Units, sites and groups."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.directory.finding import find_sites, list_groups, list_units
from meetings.errors import GroupNotFound
from meetings.model import Group, SiteId
from meetings.office.workdays import local_day
from web.api import views
from web.api.answering import shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import Endpoints, Tells
from web.api.presenting import group_view, site_view, unit_view
from web.api.reading import read_query
from web.input.forms import Body
from web.input.moments import Day
from web.input.words import LINE, GroupCode
from web.keys import CLOCK
from web.permissions import Permission
from web.transactions import connection

routes = Endpoints("directory")

SearchText = Annotated[str, Field(strict=True, max_length=200), LINE]


class DayQuery(Body):
    """As of which day; without one, of today."""

    on: Day | None = None


class SitesQuery(PageQuery):
    """Which sites: `q` is found without diacritics, `group` is the code of a group."""

    on: Day | None = None
    q: SearchText = ""
    group: GroupCode | None = None


@routes.endpoint(
    "GET",
    "/sites",
    allow=Permission.READ_SITES,
    tells=Tells(answer=views.Page[views.SiteView], query=SitesQuery),
)
async def list_sites(request: web.Request) -> web.Response:
    """List the halls in use on a day, in Vietnamese order."""
    query = read_query(request, SitesQuery)
    today = query.on or day_of(request)
    async with connection(request) as conn:
        if query.group is not None:
            check_group(query.group, await list_groups(conn, on=today))
        found = await find_sites(
            conn,
            query.q,
            on=today,
            group=query.group,
            after=None if query.next is None else SiteId(query.next),
            limit=query.limit + 1,
        )
    ids = [int(site.id) for site in found]
    items = [site_view(site) for site in found[: query.limit]]
    return shown(views.Page[views.SiteView](items=items, next=next_of(ids, query.limit)))


def day_of(request: web.Request) -> date:
    """Return today."""
    return local_day(request.config_dict[CLOCK]())


def check_group(code: str, groups: list[Group]) -> None:
    """Raise GroupNotFound for a code that names no group."""
    if code not in {group.code for group in groups}:
        raise GroupNotFound(code)


@routes.endpoint(
    "GET",
    "/units",
    allow=Permission.READ_SITES,
    tells=Tells(answer=views.Page[views.UnitView], query=DayQuery),
)
async def show_units(request: web.Request) -> web.Response:
    """List the units valid on a day, parents before their children."""
    today = read_query(request, DayQuery).on or day_of(request)
    async with connection(request) as conn:
        units = await list_units(conn, on=today)
    return shown(views.Page[views.UnitView](items=[unit_view(unit) for unit in units]))


@routes.endpoint(
    "GET",
    "/groups",
    allow=Permission.READ_SITES,
    tells=Tells(answer=views.Page[views.GroupView], query=DayQuery),
)
async def show_groups(request: web.Request) -> web.Response:
    """List the groups of halls that can be invited by one word, with their size on a day."""
    today = read_query(request, DayQuery).on or day_of(request)
    async with connection(request) as conn:
        groups = await list_groups(conn, on=today)
    return shown(views.Page[views.GroupView](items=[group_view(group) for group in groups]))
