"""What the board shows: which hall can be reached, since when, why not, and whom it hurts next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from meetings.errors import SitesNotFound
from meetings.model import SiteId, UnitId
from meetings.office.workdays import local_day
from meetings.store import Connection
from monitoring.model import BoardRow, Happening, Health, SiteHealth
from monitoring.store.board import list_board
from monitoring.store.watches import count_targets, list_happenings

__all__ = ["board", "count_states", "count_targets", "history", "site_health"]

USUAL_HISTORY = 50


async def board(
    conn: Connection, now: datetime, *, units: Collection[UnitId] | None = None
) -> list[BoardRow]:
    """Return every hall in use of these subtrees (None: of all), in Vietnamese order."""
    return await list_board(conn, now, on=local_day(now), units=units)


async def site_health(conn: Connection, site: SiteId, now: datetime) -> SiteHealth:
    """Return how one hall is.

    Raises:
        SitesNotFound: there is none of that id in use.
    """
    rows = await list_board(conn, now, on=local_day(now), site=site)
    if not rows:
        raise SitesNotFound(frozenset({site}))
    return rows[0].health


async def history(
    conn: Connection, site: SiteId, *, limit: int = USUAL_HISTORY, offset: int = 0
) -> tuple[list[Happening], int]:
    """Return what changed at a hall, newest first, and how many changes there are in all."""
    return await list_happenings(conn, site, limit=limit, offset=offset)


def count_states(rows: Collection[BoardRow]) -> dict[Health, int]:
    """Return how many halls are in each state; every state is there."""
    return {state: sum(row.health.state is state for row in rows) for state in Health}
