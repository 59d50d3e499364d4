"""Who became whom, and every unit that ever carried a code."""

from __future__ import annotations

from datetime import date

from meetings.model import Site, Unit, UnitId
from meetings.store import Connection
from meetings.store.directory import SITE, UNIT, site_from_row, unit_from_row

LIST_SUCCESSORS = f"""
    SELECT {UNIT}
      FROM unit_successions x
      JOIN units u ON u.id = x.new_id
     WHERE x.old_id = $1
     ORDER BY u.name_key, u.id
"""  # noqa: S608 - no value is spliced
LIST_UNITS_OF_CODE = f"""
    SELECT {UNIT}
      FROM units u WHERE code = $1 ORDER BY lower(valid) NULLS FIRST
"""  # noqa: S608 - no value is spliced
LIST_SUCCESSIONS = """
    SELECT x.old_id, x.new_id
      FROM unit_successions x
      JOIN units o ON o.id = x.old_id
      JOIN units n ON n.id = x.new_id
     ORDER BY (o.code <> n.code), n.name_key, n.id
"""
LIST_SITES_OF_UNIT = f"""
    SELECT {SITE}
      FROM sites s
      JOIN units u ON u.id = s.unit_id
     WHERE s.unit_id = $1 AND s.valid @> $2::date
     ORDER BY s.name_key, s.id
"""  # noqa: S608 - no value is spliced


async def list_successors(conn: Connection, unit: UnitId) -> list[Unit]:
    """Return the units that this one became."""
    return [unit_from_row(row) for row in await conn.fetch(LIST_SUCCESSORS, unit)]


async def list_units_of_code(conn: Connection, code: str) -> list[Unit]:
    """Return every unit that ever carried the code, the earliest first."""
    return [unit_from_row(row) for row in await conn.fetch(LIST_UNITS_OF_CODE, code)]


async def list_successions(conn: Connection) -> list[tuple[UnitId, UnitId]]:
    """Return who became whom; of several successors, the one that keeps the code comes first."""
    return [(row["old_id"], row["new_id"]) for row in await conn.fetch(LIST_SUCCESSIONS)]


async def list_sites_of_unit(conn: Connection, unit: UnitId, *, on: date) -> list[Site]:
    """Return the unit's own halls of that day."""
    return [site_from_row(row) for row in await conn.fetch(LIST_SITES_OF_UNIT, unit, on)]
