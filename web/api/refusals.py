"""What a refusal tells besides its code: fields at fault, who is in the way, what would work."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings.directory import sites_by_ids, units_by_ids
from meetings.errors import GroupNotFound, NoSeats, SiteBusy, SitesNotFound, TooLate, UnitNotFound
from monitoring.errors import BadTarget
from web.api.presenting import alternative_view, rival_view
from web.api.problems import RivalView
from web.keys import ACTOR
from web.sentences import say
from web.transactions import connection
from web.visibility import known_among


def field(request: web.Request, name: str, error: Exception) -> dict[str, Any]:
    """Return the member that names one field at fault."""
    code = str(getattr(error, "code", "wrong"))
    return {"errors": [{"field": name, "code": code, "message": say(request, code)}]}


async def tell_sites(request: web.Request, error: SitesNotFound) -> dict[str, Any]:
    """Name the sites that do not exist on that day."""
    return field(request, "sites", error) | {"sites": sorted(error.sites)}


async def tell_unit(request: web.Request, error: UnitNotFound) -> dict[str, Any]:
    """Name the unit that does not exist on that day."""
    return field(request, "host", error)


async def tell_group(request: web.Request, error: GroupNotFound) -> dict[str, Any]:
    """Name the group that does not exist."""
    name = "group" if request.method in {"GET", "HEAD"} else "groups"
    return field(request, name, error)


async def tell_time(request: web.Request, error: TooLate) -> dict[str, Any]:
    """Name the time that is over."""
    return field(request, "start", error)


async def tell_seats(_request: web.Request, error: NoSeats) -> dict[str, Any]:
    """Say how many seats were wanted and how many are free."""
    return {"wanted": error.wanted, "free": error.free}


async def tell_target(request: web.Request, error: BadTarget) -> dict[str, Any]:
    """Name every field of a target that cannot be right."""
    return {
        "errors": [
            {"field": name, "code": code, "message": say(request, code)}
            for name, code in error.problems
        ]
    }


async def tell_clash(request: web.Request, error: SiteBusy) -> dict[str, Any]:
    """Name who holds the sites until when, and what would be free instead."""
    rivals = await present_rivals(request, error)
    ways = [alternative_view(alternative) for alternative in error.alternatives]
    return {
        "rivals": [rival.model_dump(mode="json") for rival in rivals],
        "alternatives": [way.model_dump(mode="json") for way in ways],
    }


async def present_rivals(request: web.Request, error: SiteBusy) -> list[RivalView]:
    """Return the rivals as far as the asker may know them."""
    actor = request[ACTOR]
    async with connection(request) as conn:
        sites = await sites_by_ids(conn, {rival.site for rival in error.rivals})
        hosts = await units_by_ids(conn, {rival.host for rival in error.rivals})
        known = await known_among(conn, actor, error.rivals) if actor else frozenset()
    return [
        rival_view(rival, sites[rival.site], hosts[rival.host], known=rival.conference in known)
        for rival in error.rivals
    ]
