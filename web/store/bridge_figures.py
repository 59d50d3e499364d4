"""Sums for the metrics page about bridges: labels are bridges, kinds and outcomes, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetings.store import Connection

LIST_BRIDGES = """
    SELECT b.name, b.seats, b.misses, b.draining, b.stress,
           (SELECT count(*) FROM rooms r WHERE r.bridge_id = b.id AND r.state = 'open') AS rooms,
           (SELECT count(DISTINCT p.site_id || '/' || p.conference_id)
              FROM rooms r JOIN presences p ON p.conference_id = r.conference_id
             WHERE r.bridge_id = b.id AND r.state = 'open' AND p.ends_at IS NULL) AS sites
      FROM bridges b ORDER BY b.name
"""
# The last hour: all of the past would make a scrape read the whole table.
COUNT_EVIDENCE = """
    SELECT coalesce(b.name, 'unknown') AS bridge, e.kind, e.conference_id IS NOT NULL AS used,
           count(*) AS n
      FROM evidence e LEFT JOIN bridges b ON b.id = e.bridge_id
     WHERE e.received_at > $1 AND e.id > (SELECT coalesce(max(id), 0) - 200000 FROM evidence)
     GROUP BY 1, 2, 3
"""
COUNT_MOVES = """
    SELECT b.name AS bridge, m.reason, count(*) AS n
      FROM room_moves m JOIN bridges b ON b.id = m.from_bridge_id GROUP BY 1, 2
"""
COUNT_ACTIONS = """
    SELECT action, state, count(*) AS n FROM room_actions GROUP BY 1, 2
"""
COUNT_REPAIRS = """
    SELECT end_evidence AS evidence, count(*) AS n FROM presences
     WHERE end_evidence NOT IN ('', 'events') GROUP BY 1
"""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneBridge:
    """What is promised and known of a bridge now; `stress` is None where nobody tells it."""

    name: str
    seats: int
    misses: int
    draining: bool
    stress: float | None
    rooms: int
    sites: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeFigures:
    """What the store says of bridges at one moment."""

    bridges: Sequence[OneBridge]
    evidence: Mapping[tuple[str, str, str], int]
    moves: Mapping[tuple[str, str], int]
    actions: Mapping[tuple[str, str], int]
    repairs: Mapping[str, int]


async def get_bridge_figures(conn: Connection, now: datetime) -> BridgeFigures:
    """Return all sums about bridges."""
    evidence = await conn.fetch(COUNT_EVIDENCE, now - HOUR)
    return BridgeFigures(
        bridges=[OneBridge(**dict(row)) for row in await conn.fetch(LIST_BRIDGES)],
        evidence={
            (row["bridge"], row["kind"], "used" if row["used"] else "unbooked"): row["n"]
            for row in evidence
        },
        moves={(row["bridge"], row["reason"]): row["n"] for row in await conn.fetch(COUNT_MOVES)},
        actions={
            (row["action"], row["state"]): row["n"] for row in await conn.fetch(COUNT_ACTIONS)
        },
        repairs={row["evidence"]: row["n"] for row in await conn.fetch(COUNT_REPAIRS)},
    )
