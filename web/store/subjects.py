"""Which units a record belongs to, by the word before its id in an address."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from meetings.model import UnitId
from meetings.store import Connection

LIST_PATHS: Mapping[str, str] = MappingProxyType(
    {
        "units": "SELECT path FROM units WHERE code = $1",
        "policies": "SELECT path FROM units WHERE code = $1",
        "sites": "SELECT u.path FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1",
        "lines": "SELECT u.path FROM lines l JOIN units u ON u.id = l.unit_id WHERE l.id = $1",
        "people": "SELECT u.path FROM people p JOIN units u ON u.id = p.unit_id WHERE p.id = $1",
        "officials": """
            SELECT u.path FROM officials o JOIN units u ON u.id = o.unit_id WHERE o.id = $1
        """,
        "contacts": """
            SELECT u.path FROM contacts c JOIN units u ON u.id = c.unit_id WHERE c.id = $1
        """,
        "corrections": """
            SELECT u.path FROM corrections c JOIN units u ON u.id = c.unit_id WHERE c.id = $1
        """,
        "approval-chains": """
            SELECT u.path FROM approval_chains c JOIN units u ON u.id = c.unit_id WHERE c.id = $1
        """,
        "templates": """
            SELECT u.path FROM templates t JOIN units u ON u.id = t.unit_id WHERE t.id = $1
        """,
        "series": """
            SELECT u.path FROM series s JOIN units u ON u.id = s.host_unit_id WHERE s.id = $1
        """,
        "polls": """
            SELECT u.path
              FROM polls p
              JOIN templates t ON t.id = p.template_id
              LEFT JOIN poll_units a ON a.poll_id = p.id
              JOIN units u ON u.id IN (t.unit_id, a.unit_id)
             WHERE p.id = $1
        """,
    }
)
# Groups belong to everybody: to all that nothing stands above.
LIST_ROOTS = """
    SELECT path FROM units WHERE parent_id IS NULL AND upper_inf(valid)
"""


async def list_paths(conn: Connection, kind: str, key: int | str) -> list[tuple[UnitId, ...]]:
    """Return the paths to the units of a record: none where there is none, many of one code."""
    return [tuple(row["path"]) for row in await conn.fetch(LIST_PATHS[kind], key)]


async def list_roots(conn: Connection) -> list[tuple[UnitId, ...]]:
    """Return the paths to the units that nothing stands above."""
    return [tuple(row["path"]) for row in await conn.fetch(LIST_ROOTS)]
