"""One hall: who it is and how it is booked."""

from __future__ import annotations

from aiohttp import web

from meetings.directory.officials import lines_by_ids
from meetings.idempotency import Answer
from meetings.model import LineId, Site
from meetings.scheduling.halls import terms_of
from meetings.scheduling.policies import policy_of
from meetings.scheduling.reaches import left_behind
from meetings.scheduling.resources import HallTerms
from meetings.store import Connection
from web.api.answering import change, done, etag, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.presenting import site_view
from web.api.problems import RivalView
from web.api.reading import read_body, read_version
from web.api.refusals import rival_views
from web.api.views import SiteView, View
from web.input.addressed import id_of
from web.keys import CLOCK
from web.permissions import Permission
from web.scheduling.hall_terms import HallBody, amend, hall_of
from web.transactions import connection

routes = Endpoints("sites")


class LineName(View):
    """A shared line."""

    id: int
    name: str


class BuffersView(View):
    """What the hall needs before and after a conference, by itself or by the policy above it."""

    set_up_minutes: int
    tear_down_minutes: int


class HallView(SiteView):
    """A hall with how it is booked; what it does not say itself is null. `version` is its ETag.

    `left_behind` are the coming conferences for which it is not held as it needs that now, since
    something else stands in the way.
    """

    line: LineName | None
    set_up_minutes: int | None
    tear_down_minutes: int | None
    in_force: BuffersView
    left_behind: list[RivalView]
    version: int


@routes.endpoint("GET", f"/sites/{ID}", allow=Permission.READ_SITES, tells=Tells(answer=HallView))
async def show(request: web.Request) -> web.Response:
    """Show one hall; its ETag is what a change must name."""
    async with connection(request) as conn:
        site = await hall_of(conn, id_of(request))
        terms = await terms_of(conn, site.id)
        view = await present(conn, request, site, terms)
    return shown(view, headers={"ETag": etag(terms.version)})


@routes.endpoint(
    "PATCH",
    f"/sites/{ID}",
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(answer=HallView, body=HallBody, keyed=True, versioned=True),
)
async def patch(request: web.Request) -> web.Response:
    """Change how a hall is booked; its coming conferences follow where that is free."""
    version, body = read_version(request), await read_body(request, HallBody)

    async def work(conn: Connection) -> Answer:
        site = await hall_of(conn, id_of(request))
        terms = await amend(conn, request, site, body, version=version)
        headers = {"ETag": etag(terms.version)}
        return done(await present(conn, request, site, terms), headers=headers)

    return await change(request, work)


async def present(conn: Connection, request: web.Request, site: Site, terms: HallTerms) -> HallView:
    """Return a hall with the name of its line and what is in force."""
    lines = await lines_by_ids(conn, [terms.line] if terms.line is not None else [])
    line = None if terms.line is None else lines[LineId(terms.line)]
    policy = (await policy_of(conn, site.unit_id)).in_force
    left = await left_behind(conn, [site.id], now=request.config_dict[CLOCK]())
    own, after = terms.set_up_minutes, terms.tear_down_minutes
    return HallView(
        **site_view(site).model_dump(),
        line=line and LineName(id=line.id, name=line.name),
        set_up_minutes=own,
        tear_down_minutes=after,
        in_force=BuffersView(
            set_up_minutes=(policy.set_up_minutes or 0) if own is None else own,
            tear_down_minutes=(policy.tear_down_minutes or 0) if after is None else after,
        ),
        left_behind=await rival_views(conn, request, left),
        version=terms.version,
    )
