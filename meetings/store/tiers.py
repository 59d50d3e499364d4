"""Tiers of a conference: read and written as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from meetings.content.tier_rules import Tier
from meetings.model import ConferenceId
from meetings.store import Connection

LIST_TIERS = """
    SELECT level, name, host, chair, site_ids, lower(during) AS from_minute,
           upper(during) AS to_minute, papers_down_to
      FROM conference_tiers WHERE conference_id = $1 ORDER BY level
"""
DELETE_TIERS = "DELETE FROM conference_tiers WHERE conference_id = $1"
INSERT_TIER = """
    INSERT INTO conference_tiers (conference_id, level, name, host, chair, site_ids, during,
                                  papers_down_to)
    VALUES ($1, $2, $3, $4, $5, $6,
            CASE WHEN $7::int IS NULL THEN NULL ELSE int4range($7::int, $8::int) END, $9)
"""


async def list_tiers(conn: Connection, conference: ConferenceId) -> list[Tier]:
    """Return the tiers of a conference, the highest first."""
    return [
        Tier(
            level=row["level"],
            name=row["name"],
            host=row["host"],
            chair=row["chair"],
            sites=frozenset(row["site_ids"]),
            from_minute=row["from_minute"],
            to_minute=row["to_minute"],
            papers_down_to=row["papers_down_to"],
        )
        for row in await conn.fetch(LIST_TIERS, conference)
    ]


async def save_tiers(conn: Connection, conference: ConferenceId, tiers: Sequence[Tier]) -> None:
    """Write the tiers in place of those before."""
    await conn.execute(DELETE_TIERS, conference)
    rows = [
        (
            conference,
            one.level,
            one.name,
            one.host,
            one.chair,
            sorted(one.sites),
            one.from_minute,
            one.to_minute,
            one.papers_down_to,
        )
        for one in tiers
    ]
    await conn.executemany(INSERT_TIER, rows)
