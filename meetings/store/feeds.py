"""Telling whether a person's feed changed without reading what is in it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from meetings.model import UnitId
from meetings.store import Connection

GET_MARK = """
    SELECT md5(coalesce(string_agg(c.id || ':' || c.version, ',' ORDER BY c.id), ''))
      FROM conferences c
      JOIN units h ON h.id = c.host_unit_id
     WHERE c.period && tstzrange($1, $2)
       AND (h.path && $3::bigint[] OR EXISTS (
            SELECT FROM invitations i
              JOIN sites s ON s.id = i.site_id
              JOIN units u ON u.id = s.unit_id
             WHERE i.conference_id = c.id AND u.path && $3))
"""


async def get_mark(
    conn: Connection, units: Collection[UnitId], after: datetime, before: datetime
) -> str:
    """Return what changes whenever a conference of these subtrees is added or changed."""
    mark: str = await conn.fetchval(GET_MARK, after, before, list(units))
    return mark
