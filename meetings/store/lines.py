"""Shared lines: reading them with their halls, adding them, forgetting them."""

from __future__ import annotations

from collections.abc import Collection

import asyncpg

from meetings.ids import LineId, SiteId, UnitId
from meetings.names import sort_key
from meetings.scheduling.resources import Line
from meetings.store import Connection

LIST_LINES = """
    SELECT l.id, l.name, u.id AS unit_id, u.code AS unit_code, u.name AS unit_name,
           u.path AS unit_path,
           ARRAY(SELECT s.id FROM sites s WHERE s.line_id = l.id ORDER BY s.id) AS site_ids
      FROM lines l
      JOIN units u ON u.id = l.unit_id
     WHERE ($1::bigint[] IS NULL OR l.id = ANY ($1))
       AND ($2::bigint[] IS NULL OR u.path && $2)
       AND ($3::bigint IS NULL OR (l.name_key, l.id) >
            (SELECT a.name_key, a.id FROM lines a WHERE a.id = $3))
     ORDER BY l.name_key, l.id
     LIMIT $4
"""
LIST_NAMES_OF_HALLS = """
    SELECT s.id, l.name FROM sites s JOIN lines l ON l.id = s.line_id
     WHERE s.id = ANY ($1::bigint[]) AND l.id IS DISTINCT FROM $2
"""
# Whoever else moves one of these halls to another line waits until the transaction ends.
LOCK_HALLS = """
    SELECT line_id FROM sites WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
LOCK_LINE = """
    SELECT id FROM lines WHERE id = $1 FOR NO KEY UPDATE
"""
SAVE_NAME = """
    UPDATE lines SET name = $2, name_key = $3 WHERE id = $1
"""
INSERT_LINE = """
    INSERT INTO lines (unit_id, name, name_key) VALUES ($1, $2, $3)
        ON CONFLICT (unit_id, name) DO NOTHING
    RETURNING id
"""
SAVE_LINE_SITES = """
    UPDATE sites SET line_id = CASE WHEN id = ANY ($2::bigint[]) THEN $1::bigint END
     WHERE line_id = $1 OR id = ANY ($2::bigint[])
"""
DELETE_LINE = """
    WITH freed AS (UPDATE sites SET line_id = NULL WHERE line_id = $1),
    held AS (DELETE FROM line_holds WHERE line_id = $1),
    black AS (DELETE FROM black_outs WHERE line_id = $1)
    DELETE FROM lines WHERE id = $1
"""


def line_from_row(row: asyncpg.Record) -> Line:
    """Return the line of a row that joins the unit as above."""
    return Line(
        id=row["id"],
        unit_id=row["unit_id"],
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        unit_path=tuple(row["unit_path"]),
        name=row["name"],
        sites=frozenset(row["site_ids"]),
    )


async def list_lines(
    conn: Connection,
    *,
    ids: Collection[LineId] | None = None,
    units: Collection[UnitId] | None = None,
    after: LineId | None = None,
    limit: int | None = None,
) -> list[Line]:
    """Return the lines in Vietnamese order; `units` are subtrees."""
    chosen = [None if one is None else list(one) for one in (ids, units)]
    return [line_from_row(row) for row in await conn.fetch(LIST_LINES, *chosen, after, limit)]


async def list_names_of_halls(
    conn: Connection, sites: Collection[SiteId], *, besides: LineId | None = None
) -> dict[SiteId, str]:
    """Return what the line of each of these halls is called, where it is on another than that."""
    rows = await conn.fetch(LIST_NAMES_OF_HALLS, list(sites), besides)
    return {SiteId(row["id"]): row["name"] for row in rows}


async def lock_lines_of(conn: Connection, sites: Collection[SiteId]) -> frozenset[LineId]:
    """Return the lines that these halls are on; they stay there until the transaction ends."""
    rows = await conn.fetch(LOCK_HALLS, list(sites))
    return frozenset(LineId(row["line_id"]) for row in rows if row["line_id"] is not None)


async def lock_line(conn: Connection, line: LineId) -> None:
    """Let nobody else change the line until the transaction ends."""
    await conn.execute(LOCK_LINE, line)


async def save_name(conn: Connection, line: LineId, name: str) -> bool:
    """Call a line otherwise; False where its unit has another one of that name."""
    try:
        async with conn.transaction():
            await conn.execute(SAVE_NAME, line, name, sort_key(name))
    except asyncpg.UniqueViolationError:
        return False
    return True


async def insert_line(conn: Connection, unit: UnitId, name: str) -> LineId | None:
    """Add a line and return its id, None where the unit has one of that name."""
    identity: int | None = await conn.fetchval(INSERT_LINE, unit, name, sort_key(name))
    return None if identity is None else LineId(identity)


async def save_line_sites(conn: Connection, line: LineId, sites: Collection[SiteId]) -> None:
    """Let exactly these halls share the line."""
    await conn.execute(SAVE_LINE_SITES, line, list(sites))


async def delete_line(conn: Connection, line: LineId) -> None:
    """Forget a line; its halls have none from now on."""
    await conn.execute(DELETE_LINE, line)
