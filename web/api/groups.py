"""Groups of halls: made, changed, given up."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.directory.groupings import Grouping
from meetings.errors import GroupNotFound
from meetings.idempotency import Answer
from meetings.model import UnitKind
from meetings.office.workdays import local_day
from meetings.store import Connection
from meetings.store.groups import get_group
from web.api import views
from web.api.answering import GONE, change, done, etag, shown
from web.api.directory import day_of
from web.api.endpoints import CODE, Endpoints, Tells
from web.api.reading import read_body, read_version
from web.directory import groups
from web.directory.groups import GroupBody, GroupChanges
from web.errors import PageNotFound
from web.input.addressed import PREFIX, code_of
from web.keys import CLOCK
from web.permissions import Permission
from web.transactions import connection

routes = Endpoints("groups")


class GroupingView(views.View):
    """A group with its rule and its list; `below` is the id of a unit."""

    code: str
    name: str
    name_en: str
    kinds: list[UnitKind]
    below: int | None
    tags: list[str]
    sites: list[int]
    version: int


def grouping_view(group: Grouping) -> GroupingView:
    """Return a group as it is told."""
    return GroupingView(
        code=group.code,
        name=group.name,
        name_en=group.name_en,
        kinds=sorted(group.kinds),
        below=group.below,
        tags=sorted(group.tags),
        sites=sorted(group.sites),
        version=group.version,
    )


def told(group: Grouping, *, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return a group with its version."""
    headers = {"ETag": etag(group.version)}
    if status is HTTPStatus.CREATED:
        headers["Location"] = f"{PREFIX}/groups/{group.code}"
    return done(grouping_view(group), status=status, headers=headers)


@routes.endpoint(
    "GET", f"/groups/{CODE}", allow=Permission.READ_SITES, tells=Tells(answer=GroupingView)
)
async def show(request: web.Request) -> web.Response:
    """Show one group; its ETag is what a change must name."""
    today = local_day(request.config_dict[CLOCK]())
    async with connection(request) as conn:
        try:
            found = await get_group(conn, code_of(request), on=today)
        except GroupNotFound as error:
            raise PageNotFound from error
    return shown(grouping_view(found), headers={"ETag": etag(found.version)})


@routes.endpoint(
    "POST",
    "/groups",
    allow=Permission.MANAGE_DIRECTORY,
    tells=Tells(
        answer=GroupingView,
        status=HTTPStatus.CREATED,
        body=GroupBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def add(request: web.Request) -> web.Response:
    """Make a group."""
    body = await read_body(request, GroupBody)

    async def work(conn: Connection) -> Answer:
        added = await groups.add(conn, request, body, day_of(request))
        return told(added, status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "PATCH",
    f"/groups/{CODE}",
    allow=Permission.MANAGE_DIRECTORY,
    tells=Tells(answer=GroupingView, body=GroupChanges, keyed=True, versioned=True),
)
async def amend(request: web.Request) -> web.Response:
    """Change a group."""
    version, body = read_version(request), await read_body(request, GroupChanges)

    async def work(conn: Connection) -> Answer:
        code, today = code_of(request), day_of(request)
        return told(await groups.amend(conn, request, code, body, version=version, on=today))

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/groups/{CODE}",
    allow=Permission.MANAGE_DIRECTORY,
    tells=Tells(
        status=HTTPStatus.NO_CONTENT,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.UNPROCESSABLE_ENTITY,),
    ),
)
async def forget(request: web.Request) -> web.Response:
    """Give a group up; conferences keep the halls that were invited by it."""
    version = read_version(request)

    async def work(conn: Connection) -> Answer:
        code, today = code_of(request), day_of(request)
        await groups.forget(conn, request, code, version=version, on=today)
        return GONE

    return await change(request, work)
