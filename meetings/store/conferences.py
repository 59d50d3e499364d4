"""Conferences with their invitations: reading one, listing many, writing what was decided."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import asyncpg

from meetings.errors import ConferenceNotFound
from meetings.model import Conference, ConferenceId, Kind, Period, SiteId, State, UnitId, Wish
from meetings.names import fold
from meetings.store import Connection

GET_CONFERENCE = """
    SELECT c.id, c.title, c.kind, c.state, c.host_unit_id, c.chair, c.main_site_id, c.note,
           lower(c.period) AS starts_at, upper(c.period) AS ends_at, c.version, c.cancel_reason,
           c.ended_at, c.created_by, c.demo, c.changed_at,
           ARRAY(SELECT i.site_id FROM invitations i
                  WHERE i.conference_id = c.id ORDER BY i.site_id) AS site_ids
      FROM conferences c
     WHERE c.id = $1
"""
LOCK_CONFERENCE = """
    SELECT id FROM conferences WHERE id = $1 FOR NO KEY UPDATE
"""
# $3: only conferences hosted in, or inviting a site of, one of these subtrees.
LIST_CONFERENCES = """
    SELECT c.id, c.title, c.kind, c.state, c.host_unit_id, c.chair, c.main_site_id, c.note,
           lower(c.period) AS starts_at, upper(c.period) AS ends_at, c.version, c.cancel_reason,
           c.ended_at, c.created_by, c.demo, c.changed_at,
           ARRAY(SELECT i.site_id FROM invitations i
                  WHERE i.conference_id = c.id ORDER BY i.site_id) AS site_ids
      FROM conferences c
      JOIN units h ON h.id = c.host_unit_id
     WHERE ($1::timestamptz IS NULL OR upper(c.period) > $1)
       AND ($2::timestamptz IS NULL OR lower(c.period) < $2)
       AND ($3::bigint[] IS NULL OR h.path && $3 OR EXISTS (
            SELECT FROM invitations i
              JOIN sites s ON s.id = i.site_id
              JOIN units u ON u.id = s.unit_id
             WHERE i.conference_id = c.id AND u.path && $3))
       AND ($4::text[] IS NULL OR c.state = ANY ($4))
       AND position($5 IN c.folded) > 0
       AND ($6::bigint IS NULL OR EXISTS (
            SELECT FROM invitations i WHERE i.conference_id = c.id AND i.site_id = $6))
       AND ($7::bigint IS NULL OR (lower(c.period), c.id) >
            (SELECT lower(a.period), a.id FROM conferences a WHERE a.id = $7))
     ORDER BY lower(c.period), c.id
     LIMIT $8
"""
LIST_CONFERENCES_NEWEST_FIRST = """
    SELECT c.id, c.title, c.kind, c.state, c.host_unit_id, c.chair, c.main_site_id, c.note,
           lower(c.period) AS starts_at, upper(c.period) AS ends_at, c.version, c.cancel_reason,
           c.ended_at, c.created_by, c.demo, c.changed_at,
           ARRAY(SELECT i.site_id FROM invitations i
                  WHERE i.conference_id = c.id ORDER BY i.site_id) AS site_ids
      FROM conferences c
      JOIN units h ON h.id = c.host_unit_id
     WHERE ($1::timestamptz IS NULL OR upper(c.period) > $1)
       AND ($2::timestamptz IS NULL OR lower(c.period) < $2)
       AND ($3::bigint[] IS NULL OR h.path && $3 OR EXISTS (
            SELECT FROM invitations i
              JOIN sites s ON s.id = i.site_id
              JOIN units u ON u.id = s.unit_id
             WHERE i.conference_id = c.id AND u.path && $3))
       AND ($4::text[] IS NULL OR c.state = ANY ($4))
       AND position($5 IN c.folded) > 0
       AND ($6::bigint IS NULL OR EXISTS (
            SELECT FROM invitations i WHERE i.conference_id = c.id AND i.site_id = $6))
       AND ($7::bigint IS NULL OR (lower(c.period), c.id) <
            (SELECT lower(a.period), a.id FROM conferences a WHERE a.id = $7))
     ORDER BY lower(c.period) DESC, c.id DESC
     LIMIT $8
"""
COUNT_BY_STATE = """
    SELECT state, count(*) AS conferences FROM conferences GROUP BY state
"""
LIST_TO_BEGIN = """
    SELECT id FROM conferences
     WHERE state = 'confirmed' AND lower(period) <= $1 AND upper(period) > $1
     ORDER BY id
"""
INSERT_CONFERENCE = """
    WITH c AS (
        INSERT INTO conferences (title, folded, kind, state, host_unit_id, chair, main_site_id,
                                 period, note, created_by, demo, changed_at)
        VALUES ($1, $2, $3, 'confirmed', $4, $5, $6, tstzrange($7, $8), $9, $10, $11, $13)
        RETURNING id, period),
    i AS (INSERT INTO invitations (conference_id, site_id)
          SELECT c.id, site FROM c, unnest($12::bigint[]) AS site),
    h AS (INSERT INTO holds (conference_id, site_id, during, firm)
          SELECT c.id, site, c.period, TRUE FROM c, unnest($12::bigint[]) AS site)
    SELECT id FROM c
"""
SAVE_CONFERENCE = """
    UPDATE conferences
       SET title = $2, folded = $3, kind = $4, chair = $5, main_site_id = $6,
           period = tstzrange($7, $8), note = $9, state = $10, cancel_reason = $11, ended_at = $12,
           version = $13, changed_at = $14
     WHERE id = $1
"""
DELETE_INVITATIONS = """
    DELETE FROM invitations WHERE conference_id = $1 AND site_id <> ALL ($2::bigint[])
"""
INSERT_INVITATIONS = """
    INSERT INTO invitations (conference_id, site_id)
    SELECT $1, site FROM unnest($2::bigint[]) AS site
        ON CONFLICT DO NOTHING
"""


def conference_from_row(row: asyncpg.Record) -> Conference:
    """Return the conference of a row that spells the columns out as above."""
    return Conference(
        id=row["id"],
        title=row["title"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        host=row["host_unit_id"],
        chair=row["chair"],
        main_site=row["main_site_id"],
        sites=tuple(row["site_ids"]),
        period=Period(row["starts_at"], row["ends_at"]),
        note=row["note"],
        version=row["version"],
        cancel_reason=row["cancel_reason"],
        ended_at=row["ended_at"],
        created_by=row["created_by"],
        demo=row["demo"],
        changed_at=row["changed_at"],
    )


async def get_conference(conn: Connection, conference: ConferenceId) -> Conference:
    """Return the conference, or raise ConferenceNotFound."""
    row = await conn.fetchrow(GET_CONFERENCE, conference)
    if row is None:
        raise ConferenceNotFound(conference)
    return conference_from_row(row)


async def lock_conference(conn: Connection, conference: ConferenceId) -> Conference:
    """Return the conference, locked until the transaction ends.

    The lock is a statement of its own: a statement that waited for a lock still sees the
    invitations as they were before it waited.
    """
    await conn.execute(LOCK_CONFERENCE, conference)
    return await get_conference(conn, conference)


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


async def count_by_state(conn: Connection) -> dict[State, int]:
    """Return how many conferences are in each state; states without any are left out."""
    rows = await conn.fetch(COUNT_BY_STATE)
    return {State(row["state"]): row["conferences"] for row in rows}


async def list_to_begin(conn: Connection, now: datetime) -> list[ConferenceId]:
    """Return the confirmed conferences whose time has come."""
    return [row["id"] for row in await conn.fetch(LIST_TO_BEGIN, now)]


async def insert_conference(
    conn: Connection, wish: Wish, *, by: str, now: datetime
) -> ConferenceId:
    """Write a confirmed conference with its invitations and firm holds in one statement."""
    identity: int = await conn.fetchval(
        INSERT_CONFERENCE,
        wish.title,
        fold(f"{wish.title} {wish.chair}"),
        wish.kind.value,
        wish.host,
        wish.chair,
        wish.main_site,
        wish.period.start,
        wish.period.end,
        wish.note,
        by,
        wish.demo,
        sorted(wish.sites),
        now,
    )
    return ConferenceId(identity)


async def save_conference(conn: Connection, conference: Conference) -> None:
    """Write the conference's own columns, its version included; not its sites."""
    await conn.execute(
        SAVE_CONFERENCE,
        conference.id,
        conference.title,
        fold(f"{conference.title} {conference.chair}"),
        conference.kind.value,
        conference.chair,
        conference.main_site,
        conference.period.start,
        conference.period.end,
        conference.note,
        conference.state.value,
        conference.cancel_reason,
        conference.ended_at,
        conference.version,
        conference.changed_at,
    )


async def save_invitations(conn: Connection, conference: Conference) -> None:
    """Invite exactly the conference's sites; links of those left out go with them."""
    await conn.execute(DELETE_INVITATIONS, conference.id, list(conference.sites))
    await conn.execute(INSERT_INVITATIONS, conference.id, list(conference.sites))
