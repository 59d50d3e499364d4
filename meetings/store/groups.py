"""Groups of halls: by rule, or as a list."""

from __future__ import annotations

from datetime import date

from meetings.directory.errors import GroupExists
from meetings.directory.groupings import Grouping
from meetings.errors import GroupNotFound
from meetings.model import SiteId, UnitKind
from meetings.store import Connection

GET_GROUP = """
    SELECT g.code, g.name, g.name_en, g.kinds, g.tags, g.version,
           CASE WHEN $2::date IS NULL THEN g.below_id ELSE unit_on(g.below_id, $2) END AS below_id,
           ARRAY(
           SELECT m.site_id FROM site_group_members m
            WHERE m.group_code = g.code ORDER BY m.site_id) AS sites
      FROM site_groups g WHERE g.code = $1
"""
LOCK_GROUP = """
    SELECT code FROM site_groups WHERE code = $1 FOR UPDATE
"""
INSERT_GROUP = """
    INSERT INTO site_groups (code, name, name_en, kinds, below_id, tags)
    VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (code) DO NOTHING
    RETURNING code
"""
SAVE_GROUP = """
    UPDATE site_groups
       SET name = $2, name_en = $3, kinds = $4, below_id = $5, tags = $6, version = $7
     WHERE code = $1
"""
DELETE_MEMBERS = """
    DELETE FROM site_group_members WHERE group_code = $1 AND site_id <> ALL ($2::bigint[])
"""
INSERT_MEMBERS = """
    INSERT INTO site_group_members (group_code, site_id)
    SELECT $1, site FROM unnest($2::bigint[]) AS site
        ON CONFLICT DO NOTHING
"""
DELETE_GROUP = """
    DELETE FROM site_groups WHERE code = $1
"""


async def get_group(
    conn: Connection, code: str, *, on: date | None = None, lock: bool = False
) -> Grouping:
    """Return the group; locked, it is this transaction's until the end.

    With a day it is below the unit that stands on that day where the group's stood.
    """
    if lock:
        await conn.execute(LOCK_GROUP, code)
    row = await conn.fetchrow(GET_GROUP, code, on)
    if row is None:
        raise GroupNotFound(code)
    return Grouping(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        kinds=frozenset(map(UnitKind, row["kinds"])),
        below=row["below_id"],
        tags=frozenset(row["tags"]),
        sites=frozenset(map(SiteId, row["sites"])),
        version=row["version"],
    )


async def insert_group(conn: Connection, group: Grouping) -> None:
    """Add a group, or raise GroupExists."""
    rule = (sorted(group.kinds), group.below, sorted(group.tags))
    values = (group.code, group.name, group.name_en, *rule)
    if await conn.fetchval(INSERT_GROUP, *values) is None:
        raise GroupExists(group.code)
    await conn.execute(INSERT_MEMBERS, group.code, sorted(group.sites))


async def save_group(conn: Connection, group: Grouping) -> None:
    """Write a group that was locked."""
    rule = (sorted(group.kinds), group.below, sorted(group.tags))
    values = (group.code, group.name, group.name_en, *rule, group.version)
    await conn.execute(SAVE_GROUP, *values)
    await conn.execute(DELETE_MEMBERS, group.code, sorted(group.sites))
    await conn.execute(INSERT_MEMBERS, group.code, sorted(group.sites))


async def delete_group(conn: Connection, code: str) -> None:
    """Forget a group; its halls stay."""
    await conn.execute(DELETE_GROUP, code)
