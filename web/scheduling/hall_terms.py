"""How halls are booked, alike from the page and from programs: what is sent, whose it may be."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings.directory.finding import site_by_id
from meetings.directory.officials import lines_by_ids
from meetings.errors import SitesNotFound
from meetings.model import LineId, Site, SiteId
from meetings.scheduling.halls import change_terms, locked_terms
from meetings.scheduling.resources import HallTerms
from meetings.store import Connection
from web.errors import BadForm, PageNotFound
from web.input.forms import Body, Id
from web.keys import CLOCK
from web.permissions import Permission, require_over
from web.scheduling.policies import Minutes


class HallBody(Body):
    """How a hall is booked; a field left out stays, null is no line or what the policy says."""

    line: Id | None = None
    set_up_minutes: Minutes | None = None
    tear_down_minutes: Minutes | None = None


async def hall_of(conn: Connection, site: int) -> Site:
    """Return the hall of an address, in use or retired, or raise PageNotFound."""
    try:
        return await site_by_id(conn, SiteId(site))
    except SitesNotFound as error:
        raise PageNotFound from error


async def amend(
    conn: Connection, request: web.Request, site: Site, body: HallBody, *, version: int | None
) -> HallTerms:
    """Change how a hall is booked; to join or leave a line is also for who looks after that.

    Raises:
        Forbidden: the hall or a line belongs to somebody else.
        BadForm: there is no such line.
        StaleRecord: somebody else changed the hall first.
    """
    actor = require_over(request, Permission.MANAGE_RESOURCES, site.unit_path)
    changes: dict[str, Any] = body.model_dump(exclude_unset=True)
    before = await locked_terms(conn, site.id, None)
    if "line" in changes and changes["line"] != before.line:
        wanted = {LineId(one) for one in (changes["line"], before.line) if one is not None}
        lines = await lines_by_ids(conn, wanted)
        if wanted != lines.keys():
            raise BadForm({"line": "not-a-choice"})
        for line in lines.values():
            require_over(request, Permission.MANAGE_RESOURCES, line.unit_path)
    now = request.config_dict[CLOCK]()
    return await change_terms(conn, site, changes, version=version, by=actor.name, now=now)
