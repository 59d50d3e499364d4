"""A conference of several tiers, from the centre to the communes, as one record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from meetings.content.planning import lock_changeable, tell_planned
from meetings.content.tier_rules import Tier, hidden_halls, level_of, levels_of_readers
from meetings.directory.finding import unit_by_id
from meetings.errors import SitesNotFound
from meetings.model import Conference, ConferenceId, PersonId, Site, SiteId, UnitId
from meetings.store import Connection
from meetings.store import tiers as store
from meetings.store.line_tests import find_main
from meetings.store.people import list_people_by_ids

__all__ = ["Tier"]


async def tiers_of(conn: Connection, conference: ConferenceId) -> list[Tier]:
    """Return the tiers of a conference, the highest first; none for one that has no tiers."""
    return await store.list_tiers(conn, conference)


async def hidden_from(
    conn: Connection, units: Collection[UnitId], conferences: Iterable[ConferenceId]
) -> Mapping[ConferenceId, frozenset[SiteId]]:
    """Return which halls are not named to who reads conferences over these units.

    Of a conference all of whose halls are named there is nothing.
    """
    return {
        one.conference: hidden
        for one in await store.list_tiered(conn, units, conferences)
        if (hidden := hidden_halls(level_of(one.tiers, one.own), one.tiers))
    }


async def hidden_for(
    conn: Connection,
    people: Collection[PersonId],
    conference: Conference,
    halls: Mapping[SiteId, Site],
) -> Mapping[PersonId, frozenset[SiteId]]:
    """Return which halls of a conference are not named to each of these people.

    A test of lines has the tiers of the conference it is for.
    """
    tiers = await tiers_of(conn, await find_main(conn, conference.id) or conference.id)
    if not tiers:
        return {}
    levels = levels_of_readers(
        tiers,
        (await unit_by_id(conn, conference.host)).path,
        {hall: site.unit_path for hall, site in halls.items()},
        {
            person.id: {one.unit for one in person.grants}
            for person in await list_people_by_ids(conn, people)
        },
    )
    hidden = {level: hidden_halls(level, tiers) for level in set(levels.values())}
    return {person: hidden[level] for person, level in levels.items()}


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
