"""Spares: halls that could stand in for those that are taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from meetings.ids import SiteId
from meetings.model import Wish
from meetings.store import Connection

# In place of a hall another one of the same unit: the people of a commune do not travel to a
# neighbour.  The chair does: in place of the main hall also one of the host, of the units above
# it, the nearest first, or of the offices at the seat of its province.
# What is wanted is a query: it is hashed, while an array is searched from its beginning each time.
LIST_SPARES = """
    WITH main AS MATERIALIZED (
        SELECT a.id, a.unit_id, h.path
          FROM sites a JOIN units h ON h.id = $4
         WHERE a.id = $3 AND a.id = ANY ($1::bigint[])),
    places AS (
        SELECT a.id, a.unit_id, 0 AS far FROM sites a WHERE a.id = ANY ($1::bigint[])
         UNION ALL
        SELECT m.id, u.id, 1 + cardinality(m.path) - cardinality(u.path)
          FROM main m JOIN units u ON u.id = ANY (m.path)
         WHERE u.id <> m.unit_id
         UNION ALL
        SELECT m.id, u.id, 100
          FROM main m
          JOIN units p ON p.id = ANY (m.path) AND p.kind = 'province'
          JOIN units u ON u.path @> ARRAY[p.id] AND u.parent_id = p.id
         WHERE u.kind IN ('office', 'department')
           AND u.id <> m.unit_id AND u.id <> ALL (m.path))
    SELECT p.id AS taken, s.id AS spare
      FROM places p JOIN sites s ON s.unit_id = p.unit_id
     WHERE s.valid @> $5::date AND s.id NOT IN (SELECT unnest($2::bigint[]))
     ORDER BY p.id, p.far, s.name_key, s.id
"""


async def list_spares(
    conn: Connection, taken: Collection[SiteId], wish: Wish, *, on: date
) -> Mapping[SiteId, list[SiteId]]:
    """Return halls that could stand in for those that are taken, the best first."""
    found: dict[SiteId, list[SiteId]] = {}
    asked = (list(taken), list(wish.sites), wish.main_site, wish.host, on)
    for row in await conn.fetch(LIST_SPARES, *asked):
        found.setdefault(row["taken"], []).append(row["spare"])
    return found
