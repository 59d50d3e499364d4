"""Which series somebody may know: those hosted in their subtree."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.directory.finding import unit_by_id
from meetings.model import Unit
from meetings.series.errors import SeriesNotFound
from meetings.series.plan import Series, SeriesId
from meetings.series.writing import series_by_id
from meetings.store import Connection
from web.access.actors import Actor
from web.errors import Forbidden
from web.permissions import Permission, may


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSeries:
    """A series that somebody may know, with the unit that hosts it."""

    series: Series
    host: Unit


async def see_series(
    conn: Connection,
    actor: Actor,
    series: int,
    permission: Permission = Permission.READ_CONFERENCES,
) -> SeenSeries:
    """Return a series to somebody who acts for its host.

    Raises:
        SeriesNotFound: there is none of that id, or none for this actor.
        Forbidden: it may be known, and the permission does not reach its host.
    """
    found = await series_by_id(conn, SeriesId(series))
    host = await unit_by_id(conn, found.wish.host)
    if not may(actor, Permission.READ_CONFERENCES, host.path):
        raise SeriesNotFound(series)
    if not may(actor, permission, host.path):
        raise Forbidden(permission.value)
    return SeenSeries(series=found, host=host)
