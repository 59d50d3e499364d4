"""What a unit starts from where nobody says otherwise."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from meetings.idempotency import Answer
from meetings.kinds import Visibility
from meetings.scheduling.defaults import Defaults, UnitDefaults, defaults_of
from meetings.store import Connection
from web.api.answering import change, done, etag, shown
from web.api.directory import day_of
from web.api.endpoints import CODE, Endpoints, Tells
from web.api.reading import read_body, read_version
from web.api.views import View
from web.directory.defaults import DefaultsBody, amend
from web.directory.reforms import unit_over
from web.input.addressed import code_of
from web.input.moments import Clock
from web.permissions import Permission
from web.transactions import connection

routes = Endpoints("units")
PLACE = f"/units/{CODE}/defaults"


class DefaultsTerms(View):
    """When lines are tested, who learns titles, and how documents are signed."""

    line_test_days: int | None
    line_test_at: Clock | None
    line_test_minutes: int | None
    visibility: Visibility | None
    signed_for: str
    signed_as: str
    signed_by: str


class DefaultsView(View):
    """What a unit says itself, null where it asks above; and what is in force there."""

    own: DefaultsTerms
    in_force: DefaultsTerms
    version: int


def terms_view(terms: Defaults) -> DefaultsTerms:
    """Return terms as the API shows them."""
    return DefaultsTerms(**asdict(terms))


def defaults_view(found: UnitDefaults) -> DefaultsView:
    """Return a unit's defaults as the API shows them."""
    return DefaultsView(
        own=terms_view(found.own), in_force=terms_view(found.in_force), version=found.version
    )


@routes.endpoint("GET", PLACE, allow=Permission.MANAGE_RESOURCES, tells=Tells(answer=DefaultsView))
async def show_defaults(request: web.Request) -> web.Response:
    """Show what a unit starts from; null in `in_force` is as the product has it."""
    async with connection(request) as conn:
        code, on = code_of(request), day_of(request)
        unit = await unit_over(conn, request, code, Permission.MANAGE_RESOURCES, on)
        found = await defaults_of(conn, unit.id)
    return shown(defaults_view(found), headers={"ETag": etag(found.version)})


@routes.endpoint(
    "PATCH",
    PLACE,
    allow=Permission.MANAGE_RESOURCES,
    tells=Tells(answer=DefaultsView, body=DefaultsBody, keyed=True, versioned=True),
)
async def change_them(request: web.Request) -> web.Response:
    """Change what a unit starts from; what is booked stays as it is."""
    version, body = read_version(request), await read_body(request, DefaultsBody)

    async def work(conn: Connection) -> Answer:
        on = day_of(request)
        found = await amend(conn, request, code_of(request), body, version=version, on=on)
        return done(defaults_view(found), headers={"ETag": etag(found.version)})

    return await change(request, work)
