"""When bridges were last heard: their reservation calls, and how many events of them came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bridges.receiving.calls import Heard
from meetings.store import Connection

SAVE_CALLS = """
    INSERT INTO bridge_calls AS c (bridge_id, asked_at, refused_at, refused_from)
    SELECT b.id, n.asked_at, n.refused_at, n.refused_from
      FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::text[])
           AS n (name, asked_at, refused_at, refused_from)
      JOIN bridges b ON b.name = n.name
     ORDER BY b.id
        ON CONFLICT (bridge_id) DO UPDATE
       SET asked_at = coalesce(EXCLUDED.asked_at, c.asked_at),
           refused_at = coalesce(EXCLUDED.refused_at, c.refused_at),
           refused_from = coalesce(nullif(EXCLUDED.refused_from, ''), c.refused_from)
"""
FIND_CALLS = """
    SELECT c.asked_at, c.refused_at, c.refused_from
      FROM bridge_calls c JOIN bridges b ON b.id = c.bridge_id WHERE b.name = $1
"""
COUNT_EVENTS = """
    SELECT coalesce(sum((outcomes->$1->>'event')::bigint), 0)::bigint
      FROM receivers WHERE seen_at > $2
"""


async def save_calls(conn: Connection, heard: Mapping[str, Heard]) -> None:
    """Write when bridges asked last."""
    every = list(heard.values())
    await conn.execute(
        SAVE_CALLS,
        list(heard),
        [it.asked_at for it in every],
        [it.refused_at for it in every],
        [it.refused_from for it in every],
    )


async def find_calls(conn: Connection, bridge: str) -> Heard:
    """Return when a bridge asked last."""
    row = await conn.fetchrow(FIND_CALLS, bridge)
    return Heard(**row) if row is not None else Heard()


async def count_events(conn: Connection, bridge: str, seen_after: datetime) -> int:
    """Return how many events of a bridge its receivers took since they started."""
    return int(await conn.fetchval(COUNT_EVENTS, bridge, seen_after))
