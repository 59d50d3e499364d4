"""Conferences as lists: in order of time, narrowed by who may see them, counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from meetings.model import Conference, ConferenceId, SiteId, State, UnitId
from meetings.store import Connection
from meetings.store.conferences import CONFERENCE, conference_from_row

AT_ONCE = 500

LIST_TITLES = """
    SELECT id, title FROM conferences WHERE id = ANY ($1::bigint[])
"""
# $3: only conferences hosted in, or inviting a site of, one of these subtrees; a draft invites
# nobody yet.
NARROWED = f"""
    SELECT {CONFERENCE}
      FROM conferences c
      JOIN units h ON h.id = c.host_unit_id
     WHERE ($1::timestamptz IS NULL OR upper(c.period) > $1)
       AND ($2::timestamptz IS NULL OR lower(c.period) < $2)
       AND ($3::bigint[] IS NULL OR h.path && $3 OR (c.state <> 'draft' AND EXISTS (
            SELECT FROM invitations i
              JOIN sites s ON s.id = i.site_id
              JOIN units u ON u.id = s.unit_id
             WHERE i.conference_id = c.id AND u.path && $3)))
       AND ($4::text[] IS NULL OR c.state = ANY ($4))
       AND position($5 IN c.folded) > 0
       AND ($6::bigint IS NULL OR EXISTS (
            SELECT FROM invitations i WHERE i.conference_id = c.id AND i.site_id = $6))
"""  # noqa: S608 - no value is spliced
LIST_CONFERENCES = f"""
    {NARROWED}
       AND ($7::bigint IS NULL OR (lower(c.period), c.id) >
            (SELECT lower(a.period), a.id FROM conferences a WHERE a.id = $7))
     ORDER BY lower(c.period), c.id
     LIMIT $8
"""  # noqa: S608 - no value is spliced
LIST_CONFERENCES_NEWEST_FIRST = f"""
    {NARROWED}
       AND ($7::bigint IS NULL OR (lower(c.period), c.id) <
            (SELECT lower(a.period), a.id FROM conferences a WHERE a.id = $7))
     ORDER BY lower(c.period) DESC, c.id DESC
     LIMIT $8
"""  # noqa: S608 - no value is spliced
COUNT_BY_STATE = """
    SELECT state, count(*) AS conferences FROM conferences GROUP BY state
"""


async def list_conferences(
    conn: Connection,
    *,
    after_moment: datetime | None,
    before_moment: datetime | None,
    units: Collection[UnitId] | None,
    states: Collection[State] | None,
    folded: str,
    site: SiteId | None,
    after: ConferenceId | None,
    limit: int,
    newest_first: bool,
) -> list[Conference]:
    """Return conferences that touch `[after_moment, before_moment)`, in order of their start."""
    rows = await conn.fetch(
        LIST_CONFERENCES_NEWEST_FIRST if newest_first else LIST_CONFERENCES,
        after_moment,
        before_moment,
        None if units is None else list(units),
        None if states is None else [state.value for state in states],
        folded,
        site,
        after,
        limit,
    )
    return [conference_from_row(row) for row in rows]


async def every_conference(
    conn: Connection,
    *,
    after_moment: datetime | None,
    before_moment: datetime | None = None,
    units: Collection[UnitId],
    states: Collection[State] | None = None,
) -> list[Conference]:
    """Return as `list_conferences` all there are, of one moment, some at a time."""
    named = None if states is None else [state.value for state in states]
    bounds = (after_moment, before_moment, list(units), named, "", None, None, None)
    async with conn.transaction():
        rows = conn.cursor(LIST_CONFERENCES, *bounds, prefetch=AT_ONCE)
        return [conference_from_row(row) async for row in rows]


async def count_by_state(conn: Connection) -> dict[State, int]:
    """Return how many conferences are in each state; states without any are left out."""
    rows = await conn.fetch(COUNT_BY_STATE)
    return {State(row["state"]): row["conferences"] for row in rows}


async def list_titles(
    conn: Connection, conferences: Collection[ConferenceId]
) -> dict[ConferenceId, str]:
    """Return how these are called; whoever asks knows that their reader may see it."""
    if not conferences:
        return {}
    rows = await conn.fetch(LIST_TITLES, list(conferences))
    return {ConferenceId(row["id"]): row["title"] for row in rows}
