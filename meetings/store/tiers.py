"""Tiers of a conference: read and written as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import asyncpg

from meetings.content.tier_rules import Tier
from meetings.model import ConferenceId, SiteId, UnitId
from meetings.store import Connection

LIST_TIERS = """
    SELECT level, name, host, chair, site_ids, lower(during) AS from_minute,
           upper(during) AS to_minute, papers_down_to
      FROM conference_tiers WHERE conference_id = $1 ORDER BY level
"""
# $1: over whose subtrees the reader acts; who reads for the host stands above all tiers.  A test of
# lines is a conference of its own and has the tiers of the one it is for.
LIST_TIERED = """
    SELECT c.id, t.level, t.name, t.host, t.chair, t.site_ids, lower(t.during) AS from_minute,
           upper(t.during) AS to_minute, t.papers_down_to,
           ARRAY(SELECT i.site_id
                   FROM invitations i
                   JOIN sites s ON s.id = i.site_id
                   JOIN units u ON u.id = s.unit_id
                  WHERE i.conference_id = c.id AND u.path && $1::bigint[]) AS own
      FROM conferences c
      JOIN units h ON h.id = c.host_unit_id
      LEFT JOIN line_tests l ON l.rehearsal_id = c.id
      JOIN conference_tiers t ON t.conference_id = coalesce(l.conference_id, c.id)
     WHERE c.id = ANY ($2::bigint[]) AND NOT h.path && $1::bigint[]
     ORDER BY c.id, t.level
"""
DELETE_TIERS = "DELETE FROM conference_tiers WHERE conference_id = $1"
INSERT_TIER = """
    INSERT INTO conference_tiers (conference_id, level, name, host, chair, site_ids, during,
                                  papers_down_to)
    VALUES ($1, $2, $3, $4, $5, $6,
            CASE WHEN $7::int IS NULL THEN NULL ELSE int4range($7::int, $8::int) END, $9)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiered:
    """A conference of several tiers for a reader below its host, whose `own` halls are in it."""

    conference: ConferenceId
    tiers: Sequence[Tier]
    own: frozenset[SiteId]


async def list_tiers(conn: Connection, conference: ConferenceId) -> list[Tier]:
    """Return the tiers of a conference, the highest first."""
    return [_tier_from_row(row) for row in await conn.fetch(LIST_TIERS, conference)]


async def list_tiered(
    conn: Connection, units: Collection[UnitId], conferences: Iterable[ConferenceId]
) -> list[Tiered]:
    """Return those of the conferences that have tiers and are hosted outside these subtrees."""
    rows = await conn.fetch(LIST_TIERED, list(units), list(conferences))
    return [
        Tiered(
            conference=conference,
            tiers=[_tier_from_row(row) for row in found],
            own=frozenset(found[0]["own"]),
        )
        for conference, group in groupby(rows, key=lambda row: row["id"])
        if (found := list(group))
    ]


def _tier_from_row(row: asyncpg.Record) -> Tier:
    return Tier(
        level=row["level"],
        name=row["name"],
        host=row["host"],
        chair=row["chair"],
        sites=frozenset(row["site_ids"]),
        from_minute=row["from_minute"],
        to_minute=row["to_minute"],
        papers_down_to=row["papers_down_to"],
    )


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
