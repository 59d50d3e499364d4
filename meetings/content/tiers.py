"""A conference of several tiers, from the centre to the communes, as one record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetings.content.planning import lock_changeable, tell_planned
from meetings.content.tier_rules import Tier
from meetings.errors import SitesNotFound
from meetings.model import ConferenceId
from meetings.store import Connection
from meetings.store import tiers as store

__all__ = ["Tier"]


async def tiers_of(conn: Connection, conference: ConferenceId) -> list[Tier]:
    """Return the tiers of a conference, the highest first; none for one that has no tiers."""
    return await store.list_tiers(conn, conference)


async def plan_tiers(
    conn: Connection,
    conference: ConferenceId,
    tiers: Sequence[Tier],
    *,
    version: int | None,
    by: str,
    now: datetime,
) -> int:
    """Write the tiers in place of those before; return the conference's new version.

    Raises:
        StaleVersion, IllegalMove: as for the agenda.
        SitesNotFound: a tier has sites that are not invited.
    """
    found = await lock_changeable(conn, conference, version)
    strange = frozenset().union(*(tier.sites for tier in tiers)) - set(found.sites)
    if strange:
        raise SitesNotFound(strange)
    await store.save_tiers(conn, conference, tiers)
    return await tell_planned(conn, found, "tiers.plan", by=by, now=now, tiers=len(tiers))
