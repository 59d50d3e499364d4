"""Sums for the metrics page: by state, kind and group, never by conference or person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from meetings.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the store says at one moment."""

    conferences: Mapping[str, int]
    sites_present: int
    presence_seconds: Mapping[tuple[str, str], float]
    targets: Mapping[str, int]
    bridges_up: Mapping[str, bool]
    unsent: int


COUNT_CONFERENCES = """
    SELECT state, count(*) AS n FROM conferences GROUP BY state
"""
COUNT_PRESENT = """
    SELECT count(DISTINCT (p.conference_id, p.site_id))
      FROM presences p JOIN conferences c ON c.id = p.conference_id
     WHERE p.ends_at IS NULL AND c.state = 'live'
"""
# Only what lies inside the conference's own period; "group" is the kind of the hall's unit.
SUM_PRESENCE = """
    SELECT c.kind, u.kind AS "group",
           sum(extract(epoch FROM greatest(interval '0',
               least(coalesce(p.ends_at, $1), upper(c.period), $1)
               - greatest(p.starts_at, lower(c.period)))))::float8 AS seconds
      FROM presences p
      JOIN conferences c ON c.id = p.conference_id
      JOIN sites s ON s.id = p.site_id
      JOIN units u ON u.id = s.unit_id
     GROUP BY c.kind, u.kind
"""
COUNT_TARGETS = """
    SELECT coalesce(w.state, 'unknown') AS state, count(*) AS n
      FROM targets t LEFT JOIN watches w ON w.target_id = t.id
     WHERE t.enabled GROUP BY 1
"""
LIST_BRIDGES_UP = """
    SELECT name, healthy FROM bridges WHERE healthy IS NOT NULL ORDER BY name
"""
COUNT_UNSENT = """
    SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL
"""


async def get_figures(conn: Connection, now: datetime) -> Figures:
    """Return all sums; six small questions."""
    present = await conn.fetch(SUM_PRESENCE, now)
    return Figures(
        conferences={row["state"]: row["n"] for row in await conn.fetch(COUNT_CONFERENCES)},
        sites_present=await conn.fetchval(COUNT_PRESENT),
        presence_seconds={(row["kind"], row["group"]): row["seconds"] for row in present},
        targets={row["state"]: row["n"] for row in await conn.fetch(COUNT_TARGETS)},
        bridges_up={row["name"]: row["healthy"] for row in await conn.fetch(LIST_BRIDGES_UP)},
        unsent=await conn.fetchval(COUNT_UNSENT),
    )
