"""Flips that nobody was told of, and who is to be told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from meetings.model import SiteId
from meetings.store import Connection
from monitoring.model import Flip, FlipId, Health, Recipient, Untold

# Two who tell at once: the second waits here, and then finds nothing untold.
LOCK_UNTOLD = """
    SELECT id FROM flips WHERE told_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE
"""
# What was told last is the last verdict among the told flips; a flip to unknown is none.
LIST_UNTOLD = """
    SELECT f.id, f.target_id, f.at, f.was, f.now, f.reason, d.demo, d.name AS device,
           s.id AS site_id, s.unit_id, u.full_name AS unit_name, u.name_key AS unit_key,
           CASE WHEN u.kind IN ('commune', 'ward', 'township', 'special-zone') THEN u.name
                ELSE s.name END AS label,
           (SELECT b.now FROM flips b
             WHERE b.target_id = f.target_id AND b.told_at IS NOT NULL AND b.now <> 'unknown'
             ORDER BY b.at DESC, b.id DESC LIMIT 1) AS told
      FROM flips f
      JOIN targets t ON t.id = f.target_id
      JOIN devices d ON d.id = t.device_id
      JOIN sites s ON s.id = d.site_id
      JOIN units u ON u.id = s.unit_id
     WHERE f.id = ANY ($1::bigint[])
     ORDER BY f.at, f.id
"""
SAVE_TOLD = """
    UPDATE flips SET told_at = $2 WHERE id = ANY ($1::bigint[])
"""
LIST_RECIPIENTS = """
    SELECT p.id, p.email, p.locale, array_agg(DISTINCT s.id) AS sites
      FROM sites s
      JOIN units u ON u.id = s.unit_id
      JOIN grants g ON g.unit_id = ANY (u.path) AND g.role IN ('technician', 'admin')
      JOIN people p ON p.id = g.person_id
     WHERE s.id = ANY ($1::bigint[]) AND p.active AND p.email <> ''
     GROUP BY p.id
     ORDER BY p.id
"""


async def lock_untold(conn: Connection, *, limit: int) -> list[FlipId]:
    """Return the oldest flips that nobody was told of, locked until the transaction ends."""
    return [FlipId(row["id"]) for row in await conn.fetch(LOCK_UNTOLD, limit)]


async def list_untold(conn: Connection, flips: Collection[FlipId]) -> list[Untold]:
    """Return those flips with their places, in the order of their times."""
    return [untold_from_row(row) for row in await conn.fetch(LIST_UNTOLD, list(flips))]


def untold_from_row(row: asyncpg.Record) -> Untold:
    """Return a flip with its place."""
    return Untold(
        id=FlipId(row["id"]),
        flip=Flip(
            target=row["target_id"],
            at=row["at"],
            was=Health(row["was"]),
            now=Health(row["now"]),
            reason=row["reason"],
        ),
        told=None if row["told"] is None else Health(row["told"]),
        demo=row["demo"],
        site=row["site_id"],
        label=row["label"],
        unit=row["unit_id"],
        unit_name=row["unit_name"],
        unit_key=row["unit_key"],
        device=row["device"],
    )


async def save_told(conn: Connection, flips: Collection[FlipId], now: datetime) -> None:
    """Note that people were told, or that there was nobody to tell."""
    await conn.execute(SAVE_TOLD, list(flips), now)


async def list_recipients(conn: Connection, sites: Sequence[SiteId]) -> list[Recipient]:
    """Return who is told of any of these sites: technicians and admins with an address."""
    return [
        Recipient(
            person=row["id"],
            email=row["email"],
            locale=row["locale"],
            sites=frozenset(row["sites"]),
        )
        for row in await conn.fetch(LIST_RECIPIENTS, list(sites))
    ]
