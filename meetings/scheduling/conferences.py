"""Reading conferences: one, many, and those whose time has come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType

from meetings.model import Conference, ConferenceId, SiteId, State, UnitId
from meetings.names import fold
from meetings.store import Connection, listing
from meetings.store import conferences as store


async def conference_by_id(conn: Connection, conference: ConferenceId) -> Conference:
    """Return the conference, or raise ConferenceNotFound."""
    return await store.get_conference(conn, conference)


async def conferences_by_ids(
    conn: Connection, conferences: Collection[ConferenceId]
) -> list[Conference]:
    """Return the conferences of these ids; unknown ids are left out."""
    return await store.list_by_ids(conn, conferences) if conferences else []


async def list_conferences(
    conn: Connection,
    *,
    after_moment: datetime | None = None,
    before_moment: datetime | None = None,
    units: Collection[UnitId] | None = None,
    states: Collection[State] | None = None,
    q: str = "",
    site: SiteId | None = None,
    after: ConferenceId | None = None,
    limit: int = 200,
    newest_first: bool = False,
) -> list[Conference]:
    """Return conferences that touch `[after_moment, before_moment)`, in order of their start.

    `units` leaves those hosted in, or inviting a site of, one of these subtrees; `site` those
    that invite it.  Diacritics in `q` do not matter.  `after` is the last one of the page before.
    """
    return await listing.list_conferences(
        conn,
        after_moment=after_moment,
        before_moment=before_moment,
        units=units,
        states=states,
        folded=fold(q),
        site=site,
        after=after,
        limit=limit,
        newest_first=newest_first,
    )


async def count_by_state(conn: Connection) -> Mapping[State, int]:
    """Return how many conferences there are in every state."""
    found = await listing.count_by_state(conn)
    return MappingProxyType({state: found.get(state, 0) for state in State})
