"""Sums for the metrics page about bridges: labels are bridges, kinds and outcomes, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.model import EvidenceKind
from bridges.presence.strips import LENGTH
from bridges.receiving.held import Why
from bridges.receiving.holding import held_back
from bridges.store.carried import IN_USE
from meetings.store import Connection

LIST_BRIDGES = f"""
    SELECT b.name, b.seats, b.misses, b.draining, b.stress, {IN_USE}
      FROM bridges b ORDER BY b.name
"""  # noqa: S608 - no value is spliced
# The last hour: all of the past would make a scrape read the whole table.
COUNT_EVIDENCE = """
    SELECT coalesce(b.name, 'unknown') AS bridge, e.kind, e.conference_id IS NOT NULL AS used,
           count(*) AS n
      FROM evidence e LEFT JOIN bridges b ON b.id = e.bridge_id
     WHERE e.received_at > $1 AND e.id > (SELECT coalesce(max(id), 0) - 200000 FROM evidence)
     GROUP BY 1, 2, 3
"""
# Of rooms that may have been open within the hour.  The latest second of a strip is on the left.
COUNT_BEATS = """
    SELECT b.name AS bridge, sum(bit_count(substring(s.seconds FROM 1 FOR least($3::int, $3::int
           - extract(epoch FROM $1 - s.begins_at)::int))))::bigint AS n
      FROM rooms r JOIN beat_strips s USING (conference_id) JOIN bridges b ON b.id = s.bridge_id
     WHERE r.closes_at > $1 AND r.opens_at < $2
       AND s.begins_at > $1::timestamptz - make_interval(secs => $3::int)
     GROUP BY 1
"""
COUNT_MOVES = """
    SELECT b.name AS bridge, m.reason, count(*) AS n
      FROM room_moves m JOIN bridges b ON b.id = m.from_bridge_id GROUP BY 1, 2
"""
COUNT_ACTIONS = """
    SELECT action, state, count(*) AS n FROM room_actions GROUP BY 1, 2
"""
# Of rooms that opened within a day, as the table of all stays only grows.
COUNT_REPAIRS = """
    SELECT b.name AS bridge, p.end_evidence AS evidence, count(*) AS n
      FROM rooms r JOIN bridges b ON b.id = r.bridge_id
      JOIN presences p ON p.conference_id = r.conference_id
     WHERE r.opens_at BETWEEN $1 AND $2 AND p.end_evidence NOT IN ('', 'events') GROUP BY 1, 2
"""
COUNT_CLOCK_STEPS = """
    SELECT bridge, count(*) AS n FROM clock_steps WHERE ends_at > $1 GROUP BY 1
"""
GET_RECEIVERS = """
    SELECT count(*) AS alive, coalesce(sum(depth), 0)::bigint AS depth,
           coalesce(max(lag_seconds), 0) AS lag
      FROM receivers WHERE seen_at > $1
"""
COUNT_OUTCOMES = """
    SELECT coalesce(nullif(b.key, ''), 'unknown') AS bridge, o.key AS outcome,
           sum(o.value::bigint)::bigint AS n
      FROM receivers r, jsonb_each(r.outcomes) AS b, jsonb_each_text(b.value) AS o
     WHERE r.seen_at > $1 GROUP BY 1, 2
"""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ALIVE = timedelta(minutes=1)


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
class Receivers:
    """What living receivers hold that is not drained: bytes, and the age of the oldest event."""

    alive: int
    depth: int
    lag: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeFigures:
    """What the store says of bridges at one moment."""

    bridges: Sequence[OneBridge]
    evidence: Mapping[tuple[str, str, str], int]
    moves: Mapping[tuple[str, str], int]
    actions: Mapping[tuple[str, str], int]
    repairs: Mapping[tuple[str, str], int]
    clock_steps: Mapping[tuple[str], int]
    receivers: Receivers
    outcomes: Mapping[tuple[str, str], int]
    held: Mapping[tuple[str, str], int]


async def get_bridge_figures(conn: Connection, now: datetime) -> BridgeFigures:
    """Return all sums about bridges."""
    return BridgeFigures(
        bridges=[OneBridge(**dict(row)) for row in await conn.fetch(LIST_BRIDGES)],
        evidence=await count_evidence(conn, now),
        moves={(row["bridge"], row["reason"]): row["n"] for row in await conn.fetch(COUNT_MOVES)},
        actions={
            (row["action"], row["state"]): row["n"] for row in await conn.fetch(COUNT_ACTIONS)
        },
        repairs={
            (row["bridge"], row["evidence"]): row["n"]
            for row in await conn.fetch(COUNT_REPAIRS, now - DAY, now)
        },
        clock_steps={
            (row["bridge"],): row["n"] for row in await conn.fetch(COUNT_CLOCK_STEPS, now - DAY)
        },
        receivers=Receivers(**dict(await conn.fetchrow(GET_RECEIVERS, now - ALIVE) or {})),
        outcomes={
            (row["bridge"], row["outcome"]): row["n"]
            for row in await conn.fetch(COUNT_OUTCOMES, now - ALIVE)
        },
        held={
            (bridge, why.value): piles[why].records if why in piles else 0
            for bridge, piles in (await held_back(conn, now)).items()
            for why in Why
        },
    )


async def count_evidence(conn: Connection, now: datetime) -> Mapping[tuple[str, str, str], int]:
    """Return what the last hour brought, by bridge, kind and whether a room was booked."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in await conn.fetch(COUNT_EVIDENCE, now - HOUR):
        found[row["bridge"], row["kind"], "used" if row["used"] else "unbooked"] += row["n"]
    for row in await conn.fetch(COUNT_BEATS, now - HOUR, now, LENGTH):
        found[row["bridge"], EvidenceKind.HEARTBEAT.value, "used"] += row["n"]
    return found
