"""Rooms that went to another bridge, and those that ought to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.model import BridgeId, Move, MoveReason, RoomName
from meetings.model import ConferenceId
from meetings.store import Connection

INSERT_MOVE = """
    INSERT INTO room_moves (conference_id, from_bridge_id, to_bridge_id, reason, heard_at, moved_at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
SAVE_BRIDGE = """
    UPDATE rooms SET bridge_id = $2 WHERE conference_id = $1 AND state <> 'closed'
"""
LIST_MOVES = """
    SELECT f.name AS source, t.name AS target, m.reason, m.heard_at, m.moved_at
      FROM room_moves m
      JOIN bridges f ON f.id = m.from_bridge_id
      JOIN bridges t ON t.id = m.to_bridge_id
     WHERE m.conference_id = $1 ORDER BY m.id
"""
# Rooms that are open or open soon, on a bridge that missed so many answers.
LIST_STRANDED = """
    SELECT r.conference_id, r.bridge_id
      FROM rooms r
      JOIN bridges b ON b.id = r.bridge_id
      JOIN conferences c ON c.id = r.conference_id
     WHERE b.misses >= $1 AND r.state <> 'closed' AND r.opens_at <= $2 AND r.closes_at > $3
       AND c.state IN ('confirmed', 'live')
     ORDER BY r.opens_at, r.conference_id
     LIMIT 100
"""
# What opens within a day comes first.  Else any of them: those for which there is no place must not
# keep all others waiting for ever.
LIST_DRAINED = """
    SELECT r.conference_id, r.bridge_id
      FROM rooms r
      JOIN bridges b ON b.id = r.bridge_id
      JOIN conferences c ON c.id = r.conference_id
     WHERE b.draining AND r.state = 'booked' AND r.opens_at > $1 AND c.state = 'confirmed'
     ORDER BY r.opens_at > $1 + interval '1 day', random()
     LIMIT 100
"""
# Rooms that a bridge carried once and that live elsewhere now, or are over; of those that live, how
# many halls have come in where they are now, since they last went away from here.  Halls' pages
# follow a room by themselves, so that who is still here after a while does not.  A room that never
# moved is closed before it is empty where its conference was called off or had to give way.
LIST_LEFT_BEHIND = """
    WITH gone AS (
        SELECT m.conference_id, max(m.moved_at) AS moved_at
          FROM room_moves m WHERE m.from_bridge_id = $1 GROUP BY m.conference_id)
    SELECT r.name, CASE WHEN r.state <> 'closed' THEN (
           SELECT count(DISTINCT split_part(e.body -> 'occupant' ->> 'id', '.', 1))
             FROM evidence e
            WHERE e.conference_id = r.conference_id AND e.kind = 'joined'
              AND e.bridge_id = r.bridge_id AND e.received_at >= gone.moved_at
              AND e.body -> 'occupant' ->> 'id' LIKE 'site-%') END AS followed
      FROM gone JOIN rooms r USING (conference_id)
     WHERE r.bridge_id <> $1 AND r.closes_at > $2::timestamptz - $3::interval
       AND (r.state = 'closed' OR gone.moved_at <= $2::timestamptz - $4::interval)
     UNION ALL
    SELECT r.name, NULL FROM rooms r
     WHERE r.bridge_id = $1 AND r.state = 'closed' AND r.opens_at <= $2
       AND r.closes_at > $2::timestamptz - $3::interval
"""
LIST_BUSY = """
    SELECT DISTINCT bridge_id FROM rooms
     WHERE state <> 'closed' AND opens_at <= $1 AND closes_at > $2
"""


FOLLOWED_WITHIN = timedelta(minutes=2)
"""Pages ask every ten seconds where their room is; this is for slow lines too."""
SWEPT_FOR = timedelta(hours=1)
"""So long after its last moment a room is still looked for where it is, and where it once was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """A room that ought to move, and where it was when we looked."""

    conference: ConferenceId
    bridge: BridgeId


async def insert_move(
    conn: Connection, conference: ConferenceId, source: BridgeId, target: BridgeId, move: Move
) -> None:
    """Write that a room moved, and where it is now."""
    await conn.execute(SAVE_BRIDGE, conference, target)
    await conn.execute(
        INSERT_MOVE, conference, source, target, move.reason, move.heard_at, move.moved_at
    )


async def list_moves(conn: Connection, conference: ConferenceId) -> list[Move]:
    """Return where a conference's room was, in order."""
    return [
        Move(
            source=row["source"],
            target=row["target"],
            reason=MoveReason(row["reason"]),
            heard_at=row["heard_at"],
            moved_at=row["moved_at"],
        )
        for row in await conn.fetch(LIST_MOVES, conference)
    ]


async def list_stranded(
    conn: Connection, *, misses: int, opening: datetime, now: datetime
) -> Sequence[Stranded]:
    """Return rooms that are in use or open by then, on bridges that missed so many answers."""
    rows = await conn.fetch(LIST_STRANDED, misses, opening, now)
    return [Stranded(conference=row["conference_id"], bridge=row["bridge_id"]) for row in rows]


async def list_drained(conn: Connection, now: datetime) -> Sequence[Stranded]:
    """Return rooms that are not open yet on bridges that are being drained."""
    rows = await conn.fetch(LIST_DRAINED, now)
    return [Stranded(conference=row["conference_id"], bridge=row["bridge_id"]) for row in rows]


async def list_left_behind(
    conn: Connection, bridge: BridgeId, now: datetime
) -> Mapping[RoomName, int | None]:
    """Return the rooms that nobody is to be in on a bridge, and how many halls are elsewhere now.

    None is a room that is over, here or elsewhere.
    """
    rows = await conn.fetch(LIST_LEFT_BEHIND, bridge, now, SWEPT_FOR, FOLLOWED_WITHIN)
    return {RoomName(row["name"]): row["followed"] for row in rows}


async def list_busy(conn: Connection, opening: datetime, now: datetime) -> frozenset[BridgeId]:
    """Return the bridges with a room that is in use or open by then."""
    rows = await conn.fetch(LIST_BUSY, opening, now)
    return frozenset(BridgeId(row["bridge_id"]) for row in rows)
