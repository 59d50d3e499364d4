"""Booking policies: what units book by, and who says so."""

from __future__ import annotations

from aiohttp import web
from pydantic import Field

from meetings.directory.finding import units_by_ids
from meetings.idempotency import Answer
from meetings.model import Unit, UnitId
from meetings.scheduling.halls import BUFFERS
from meetings.scheduling.policies import TERMS, PolicyTerms, Standing, list_policies, policy_of
from meetings.scheduling.reaches import left_behind, list_sites_below
from meetings.store import Connection
from web.api import views
from web.api.answering import change, done, etag, shown
from web.api.cursors import PageQuery, next_of
from web.api.directory import day_of
from web.api.endpoints import CODE, Endpoints, Tells
from web.api.presenting import unit_name
from web.api.problems import RivalView
from web.api.reading import read_body, read_query, read_version
from web.api.refusals import rival_views
from web.directory.reforms import unit_of
from web.input.addressed import code_of
from web.keys import CLOCK
from web.permissions import Permission, require, units_of
from web.scheduling.policies import PolicyBody, amend
from web.transactions import connection

routes = Endpoints("policies")


class TermView(views.View):
    """A number that is in force, and the unit that says it; null is without limit, or nobody."""

    value: int | None
    said_by: views.UnitName | None


class TermsView(views.View):
    """What is in force at a unit."""

    horizon_days: TermView
    most_open: TermView
    invite_lead_days: TermView
    set_up_minutes: TermView
    tear_down_minutes: TermView


class PolicyView(views.View):
    """What a unit says for itself and those below it, null where the unit above says it."""

    unit: views.UnitName
    horizon_days: int | None
    most_open: int | None
    invite_lead_days: int | None
    set_up_minutes: int | None
    tear_down_minutes: int | None
    version: int


class StandingView(PolicyView):
    """A unit's own policy with what is in force there; `version` is its ETag, 0 is none yet.

    `left_behind`, told of a change, are the coming conferences for which halls below are not held
    as they need it now, since something else stands in the way.
    """

    in_force: TermsView
    left_behind: list[RivalView] = Field(default_factory=list)


@routes.endpoint(
    "GET",
    "/policies",
    allow=Permission.READ_SITES,
    tells=Tells(answer=views.Page[PolicyView], query=PageQuery),
)
async def list_them(request: web.Request) -> web.Response:
    """List the units of one's subtrees that say something themselves."""
    query = read_query(request, PageQuery)
    units = units_of(require(request), Permission.READ_SITES)
    after = None if query.next is None else UnitId(query.next)
    async with connection(request) as conn:
        found = await list_policies(conn, units, after=after, limit=query.limit + 1)
        named = await units_by_ids(conn, {one.unit for one in found})
    items = [
        PolicyView(unit=unit_name(named[one.unit]), version=one.version, **terms_of(one.terms))
        for one in found[: query.limit]
    ]
    ids = [int(one.unit) for one in found]
    return shown(views.Page[PolicyView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "GET",
    f"/policies/{CODE}",
    allow=Permission.READ_SITES,
    tells=Tells(answer=StandingView),
)
async def show(request: web.Request) -> web.Response:
    """Show what a unit books by; the ETag is what a change must name."""
    async with connection(request) as conn:
        unit = await unit_of(conn, code_of(request), day_of(request))
        found = await policy_of(conn, unit.id)
        view = await present(conn, unit, found)
    return shown(view, headers={"ETag": etag(found.own.version)})


@routes.endpoint(
    "PATCH",
    f"/policies/{CODE}",
    allow=Permission.MANAGE_POLICIES,
    tells=Tells(answer=StandingView, body=PolicyBody, keyed=True, versioned=True),
)
async def patch(request: web.Request) -> web.Response:
    """Change what a unit and those below it book by; what is booked stays booked.

    Halls are held for it as they need it now, where that is free.
    """
    version, body = read_version(request), await read_body(request, PolicyBody)
    now = request.config_dict[CLOCK]()

    async def work(conn: Connection) -> Answer:
        unit, found = await amend(
            conn, request, code_of(request), body, version=version, on=day_of(request)
        )
        headers = {"ETag": etag(found.own.version)}
        view = await present(conn, unit, found)
        if BUFFERS & body.model_fields_set:
            left = await left_behind(conn, await list_sites_below(conn, unit.id), now=now)
            behind = await rival_views(conn, request, left)
            view = view.model_copy(update={"left_behind": behind})
        return done(view, headers=headers)

    return await change(request, work)


def terms_of(terms: PolicyTerms) -> dict[str, int | None]:
    """Return the terms by their names."""
    return {name: getattr(terms, name) for name in TERMS}


async def present(conn: Connection, unit: Unit, found: Standing) -> StandingView:
    """Return a unit's policy with the names of the units that say what is in force."""
    named = await units_by_ids(conn, set(found.said_by.values()))
    said = {name: unit_name(named[who]) for name, who in found.said_by.items()}
    return StandingView(
        unit=unit_name(unit),
        version=found.own.version,
        in_force=TermsView(
            **{
                name: TermView(value=value, said_by=said.get(name))
                for name, value in terms_of(found.in_force).items()
            }
        ),
        **terms_of(found.own.terms),
    )
