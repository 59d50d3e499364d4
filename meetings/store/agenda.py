"""Agenda items and segments: read and written as a whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from meetings.content.agenda import AgendaItem, Plan, Segment, SegmentMode
from meetings.model import ConferenceId
from meetings.store import Connection
from meetings.store.tiers import list_tiers

LIST_ITEMS = """
    SELECT title, minutes, at_minute, presenter, mode, tier, official_id
      FROM agenda_items
     WHERE conference_id = $1 ORDER BY position
"""
LIST_SEGMENTS = """
    SELECT mode, lower(during) AS from_minute, upper(during) AS to_minute, upstream, tier
      FROM segments
     WHERE conference_id = $1 ORDER BY position
"""
DELETE_ITEMS = "DELETE FROM agenda_items WHERE conference_id = $1"
DELETE_SEGMENTS = "DELETE FROM segments WHERE conference_id = $1"
INSERT_ITEM = """
    INSERT INTO agenda_items (conference_id, position, title, minutes, at_minute, presenter, mode,
                              tier, official_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
INSERT_SEGMENT = """
    INSERT INTO segments (conference_id, position, mode, during, upstream, tier)
    VALUES ($1, $2, $3, int4range($4, $5), $6, $7)
"""
RAISE_VERSIONS = """
    UPDATE conferences SET version = version + 1, changed_at = $2 WHERE id = ANY ($1::bigint[])
"""


async def get_plan(conn: Connection, conference: ConferenceId) -> Plan:
    """Return what is planned; nothing, for a conference without a plan."""
    items = await conn.fetch(LIST_ITEMS, conference)
    segments = await conn.fetch(LIST_SEGMENTS, conference)
    return Plan(
        items=tuple(
            AgendaItem(
                title=row["title"],
                minutes=row["minutes"],
                at_minute=row["at_minute"],
                presenter=row["presenter"],
                official=row["official_id"],
                mode=SegmentMode(row["mode"]) if row["mode"] else None,
                tier=row["tier"],
            )
            for row in items
        ),
        segments=tuple(
            Segment(
                mode=SegmentMode(row["mode"]),
                from_minute=row["from_minute"],
                to_minute=row["to_minute"],
                upstream=row["upstream"],
                tier=row["tier"],
            )
            for row in segments
        ),
        tiers=tuple(await list_tiers(conn, conference)),
    )


async def save_items(
    conn: Connection, conference: ConferenceId, items: Sequence[AgendaItem]
) -> None:
    """Write the agenda in place of the one before."""
    await conn.execute(DELETE_ITEMS, conference)
    rows = [
        (
            conference,
            at,
            one.title,
            one.minutes,
            one.at_minute,
            one.presenter,
            one.mode,
            one.tier,
            one.official,
        )
        for at, one in enumerate(items)
    ]
    await conn.executemany(INSERT_ITEM, rows)


async def save_segments(
    conn: Connection, conference: ConferenceId, segments: Sequence[Segment]
) -> None:
    """Write the segments in place of those before."""
    await conn.execute(DELETE_SEGMENTS, conference)
    rows = [
        (conference, at, one.mode, one.from_minute, one.to_minute, one.upstream, one.tier)
        for at, one in enumerate(segments)
    ]
    await conn.executemany(INSERT_SEGMENT, rows)


async def raise_versions(
    conn: Connection, conferences: Collection[ConferenceId], now: datetime
) -> None:
    """Give each of these locked conferences its next version."""
    await conn.execute(RAISE_VERSIONS, list(conferences), now)
