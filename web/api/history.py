"""The history of a conference: every version, what changed, and who was told which."""

from __future__ import annotations

from aiohttp import web

from meetings.approval.versions import Telling, Told, Version, differences, without
from meetings.letters.inviting import history_of
from meetings.model import ConferenceId, State
from web.access.visibility import see
from web.api import views
from web.api.answering import shown
from web.api.endpoints import ID, Endpoints, Tells
from web.input.addressed import id_of
from web.input.moments import Moment
from web.permissions import Permission, may, require
from web.transactions import connection

routes = Endpoints("history")


class ChangeView(views.View):
    """One thing that changed; of `sites` and `delegates`, the ids that went and that came.

    Halls of tiers that the reader does not see are left out; such a main hall is nothing.
    """

    field: str
    before: str
    after: str


class ToldView(views.View):
    """Who was sent what about a version; `sent_at` is null until the mail has left."""

    person: int
    name: str
    what: Telling
    at: Moment
    sent_at: Moment | None


class VersionView(views.View):
    """What one version changed, by whom; who was told of it is for the host's eyes."""

    version: int
    at: Moment
    by: str
    state: State
    changes: list[ChangeView]
    told: list[ToldView]


@routes.endpoint(
    "GET",
    f"/conferences/{ID}/history",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.Page[VersionView]),
)
async def show(request: web.Request) -> web.Response:
    """Show every version of a conference, the first one first."""
    actor = require(request)
    async with connection(request) as conn:
        seen = await see(conn, actor, ConferenceId(id_of(request)))
        versions, told = await history_of(conn, seen.conference.id)
    mine = may(actor, Permission.BOOK, seen.host.path)
    versions = [without(one, seen.hidden) for one in versions]
    older = [None, *versions[:-1]]
    items = [
        version_view(before, after, told if mine else [])
        for before, after in zip(older, versions, strict=False)
    ]
    return shown(views.Page[VersionView](items=items))


def version_view(before: Version | None, after: Version, told: list[Told]) -> VersionView:
    """Return one version."""
    changes = differences(before, after) if before else ()
    return VersionView(
        version=after.version,
        at=after.at,
        by=after.by,
        state=after.state,
        changes=[
            ChangeView(field=one.field, before=one.before, after=one.after) for one in changes
        ],
        told=[told_view(one) for one in told if one.version == after.version],
    )


def told_view(told: Told) -> ToldView:
    """Return one telling."""
    return ToldView(
        person=told.person, name=told.name, what=told.what, at=told.at, sent_at=told.sent_at
    )
