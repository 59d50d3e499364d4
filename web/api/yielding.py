"""Conferences that give way to another, as far as the asker may know them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from meetings.approval.errors import DisplacementRefused
from meetings.directory.finding import units_by_ids
from meetings.model import Conference
from meetings.store import Connection
from web.access.actors import Actor
from web.access.visibility import known_of
from web.api.presenting import unit_name
from web.api.problems import YieldingView
from web.permissions import require
from web.transactions import connection


async def yielding_views(
    conn: Connection, actor: Actor, found: Sequence[Conference]
) -> list[YieldingView]:
    """Return each with its holder and period; named only where the actor may know it."""
    hosts = await units_by_ids(conn, {one.host for one in found})
    known = await known_of(conn, actor, found, hosts)
    return [
        YieldingView(
            conference=one.id if one.id in known else None,
            title=one.title if one.id in known else None,
            host=unit_name(hosts[one.host]),
            start=one.period.start,
            end=one.period.end,
            urgency=one.urgency,
        )
        for one in found
    ]


async def tell_displacement(request: web.Request, error: DisplacementRefused) -> dict[str, Any]:
    """Tell who would give way, who would not, and the digest of the answer."""
    actor = require(request)
    async with connection(request) as conn:
        displaced = await yielding_views(conn, actor, error.displaced)
        protected = await yielding_views(conn, actor, error.protected)
    return {
        "displaced": [one.model_dump(mode="json") for one in displaced],
        "protected": [one.model_dump(mode="json") for one in protected],
        "digest": error.digest,
    }
