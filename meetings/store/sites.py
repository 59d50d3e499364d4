"""Halls as records of their own: written, renamed, ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from meetings.model import COMMUNE_KINDS, LineId, SiteId, Unit, UnitId
from meetings.names import fold, sort_key
from meetings.store import Connection

LIST_SITES = """
    SELECT s.id, u.code AS unit, s.name, s.phone, s.gateway, lower(s.valid) AS valid_from,
           upper(s.valid) AS valid_to, s.unit_id, s.tags, s.line_id AS line,
           s.set_up_minutes, s.tear_down_minutes
      FROM sites s
      JOIN units u ON u.id = s.unit_id
     WHERE s.valid @> $1::date AND u.valid @> $1::date
     ORDER BY u.code, s.name_key, s.id
"""
INSERT_SITE = """
    INSERT INTO sites (unit_id, name, name_key, folded, phone, valid, gateway, tags)
    VALUES ($1, $2, $3, $4, $5, daterange($6, $7), $8, $9)
        ON CONFLICT (unit_id, name) DO NOTHING
    RETURNING id
"""
SAVE_SITE = """
    UPDATE sites SET name = $2, name_key = $3, folded = $4, phone = $5, valid = daterange($6, $7),
           gateway = $8, tags = $9
     WHERE id = $1
"""
GET_TAGS = """
    SELECT tags FROM sites WHERE id = $1
"""
SAVE_TAGS = """
    UPDATE sites SET tags = $2 WHERE id = $1
"""
LOCK_SITE = """
    SELECT id FROM sites WHERE id = $1 FOR UPDATE
"""
IS_PROMISED = """
    SELECT EXISTS (
        SELECT FROM invitations i JOIN conferences c ON c.id = i.conference_id
         WHERE i.site_id = $1 AND (lower(c.period) < $2 OR upper(c.period) > $3)
           AND c.state IN ('draft', 'requested', 'confirmed', 'live'))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecord:
    """A hall as it is kept; `meetings.scheduling.halls` writes its line and what it needs."""

    id: SiteId
    unit: str
    unit_id: UnitId
    name: str
    phone: str
    valid_from: date | None
    valid_to: date | None
    gateway: str = ""
    tags: tuple[str, ...] = ()
    line: LineId | None = None
    set_up_minutes: int | None = None
    tear_down_minutes: int | None = None


async def list_site_records(conn: Connection, on: date) -> list[SiteRecord]:
    """Return the halls in use on that day, by the codes of their units."""
    rows = await conn.fetch(LIST_SITES, on)
    return [SiteRecord(**{**dict(row), "tags": tuple(row["tags"])}) for row in rows]


async def insert_site(
    conn: Connection, unit: Unit, site: SiteRecord, *, valid: tuple[date | None, date | None]
) -> SiteId | None:
    """Add a hall; None when the unit has one of that name."""
    key, searched = _key(unit, site.name), _searched(unit, site.name)
    values = (unit.id, site.name, key, searched, site.phone, *valid, site.gateway, list(site.tags))
    added: SiteId | None = await conn.fetchval(INSERT_SITE, *values)
    return added


async def save_site(conn: Connection, unit: Unit, site: SiteRecord) -> bool:
    """Write a hall anew, found and sorted by its new name; False where another one has it."""
    key, searched = _key(unit, site.name), _searched(unit, site.name)
    dates = (site.valid_from, site.valid_to)
    values = (site.id, site.name, key, searched, site.phone, *dates, site.gateway, list(site.tags))
    try:
        async with conn.transaction():
            await conn.execute(SAVE_SITE, *values)
    except asyncpg.UniqueViolationError:
        return False
    return True


async def list_tags(conn: Connection, site: SiteId) -> tuple[str, ...]:
    """Return the tags of a hall, in the order of the alphabet."""
    return tuple(await conn.fetchval(GET_TAGS, site) or ())


async def save_tags(conn: Connection, site: SiteId, tags: Collection[str]) -> None:
    """Let a hall carry exactly these tags."""
    await conn.execute(SAVE_TAGS, site, sorted(set(tags)))


async def lock_site(conn: Connection, site: SiteId) -> None:
    """Wait for bookings of the hall that are under way; later ones wait for us."""
    await conn.execute(LOCK_SITE, site)


async def is_promised(
    conn: Connection,
    site: SiteId,
    *,
    before: datetime | None = None,
    after: datetime | None = None,
) -> bool:
    """Tell whether the hall is invited to a conference that begins before, or ends after."""
    return bool(await conn.fetchval(IS_PROMISED, site, before, after))


def _key(unit: Unit, name: str) -> str:
    return sort_key(unit.name if unit.kind in COMMUNE_KINDS else name)


def _searched(unit: Unit, name: str) -> str:
    return fold(f"{unit.full_name} {name} {unit.code}")
