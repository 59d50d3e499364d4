"""Rooms: one for each conference, on one bridge."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from bridges.errors import RoomNotFound
from bridges.model import Bridge, BridgeId, Room, RoomName, RoomState
from bridges.rules import Times
from meetings.model import Conference, ConferenceId
from meetings.store import Connection

# The seats come in the same trip, and there is no room without them.
INSERT_ROOM = """
    WITH held AS (SELECT hold_seats($1, $2, $3, tstzrange($4, $5)) AS free),
    room AS (
        INSERT INTO rooms (conference_id, bridge_id, name, opens_at, ends_at, closes_at,
                           grant_ends_at, state)
        SELECT $1, $6, $7, $8, $9, $10, $11, 'booked' FROM held WHERE $3 <= free)
    SELECT free FROM held
"""
FIND_ROOM = """
    SELECT r.conference_id, r.bridge_id, b.name AS bridge_name, r.name, r.opens_at, r.ends_at,
           r.closes_at, r.state, r.closed_at, r.grant_ends_at
      FROM rooms r JOIN bridges b ON b.id = r.bridge_id
     WHERE r.conference_id = $1
"""
LIST_CARRIED = """
    SELECT r.name AS room, b.name AS bridge, NULL::timestamptz AS until
      FROM rooms r JOIN bridges b ON b.id = r.bridge_id
     WHERE r.name = ANY($1)
     UNION ALL
    SELECT r.name, b.name, m.moved_at
      FROM rooms r
      JOIN room_moves m ON m.conference_id = r.conference_id
      JOIN bridges b ON b.id = m.from_bridge_id
     WHERE r.name = ANY($1)
     ORDER BY room, until NULLS LAST
"""
SAVE_TIMES = """
    UPDATE rooms SET opens_at = $2, ends_at = $3, closes_at = $4,
           grant_ends_at = CASE WHEN state = 'booked' THEN $5 ELSE grant_ends_at END
     WHERE conference_id = $1 AND state <> 'closed'
"""
OPEN_ROOM = """
    UPDATE rooms SET state = 'open' WHERE conference_id = $1 AND state = 'booked'
"""
CLOSE_ROOM = """
    UPDATE rooms SET state = 'closed', closed_at = $2 WHERE conference_id = $1 AND state <> 'closed'
"""
DELETE_ROOM = """
    DELETE FROM rooms WHERE conference_id = $1
"""
# A conference that nobody ended by its hard end is ended first, under its lock: somebody may extend
# it at that very second.
LIST_TO_CLOSE = """
    SELECT r.conference_id, r.bridge_id, b.name AS bridge_name, r.name, r.opens_at, r.ends_at,
           r.closes_at, r.state, r.closed_at, r.grant_ends_at
      FROM rooms r
      JOIN bridges b ON b.id = r.bridge_id
      JOIN conferences c ON c.id = r.conference_id
     WHERE r.state <> 'closed' AND c.state NOT IN ('confirmed', 'live')
     ORDER BY r.closes_at
     LIMIT 100
"""
LIST_ACTIVE = """
    SELECT r.conference_id, r.bridge_id, b.name AS bridge_name, r.name, r.opens_at, r.ends_at,
           r.closes_at, r.state, r.closed_at, r.grant_ends_at
      FROM rooms r JOIN bridges b ON b.id = r.bridge_id
     WHERE r.bridge_id = $1 AND r.state <> 'closed' AND r.opens_at <= $2 AND r.closes_at > $2
     ORDER BY r.conference_id
"""
# Everybody out for a moment is no end: a bridge that restarts sends all out, and they come back.
# So the room stays empty for a while first; the end is still when the last one left, by the
# bridge's clock or by ours if that one is fast.
LIST_TO_END = """
    SELECT c.id, least(coalesce(r.closes_at, upper(c.period)), $1) AS at
      FROM conferences c
      LEFT JOIN rooms r ON r.conference_id = c.id
     WHERE c.state IN ('confirmed', 'live') AND coalesce(r.closes_at, upper(c.period)) <= $1
       AND c.id = coalesce($3, c.id)
     UNION ALL
    SELECT c.id, least(greatest(upper(c.period), left_at, last.at), $1)
      FROM conferences c
      JOIN rooms r ON r.conference_id = c.id
     CROSS JOIN LATERAL (
           SELECT e.received_at, (e.body ->> 'destroyed_at')::bigint AS told,
                  least(e.received_at, to_timestamp((e.body ->> 'destroyed_at')::bigint)) AS at
             FROM evidence e
            WHERE e.conference_id = c.id AND e.kind = 'destroyed'
              AND NOT e.body ? 'is_breakout'
            ORDER BY told DESC LIMIT 1) AS last
     CROSS JOIN LATERAL (
           SELECT max(p.ends_at) AS left_at,
                  coalesce(bool_or(p.ends_at IS NULL), FALSE) AS somebody
             FROM presences p WHERE p.conference_id = c.id) AS seen
     WHERE c.state IN ('confirmed', 'live') AND r.closes_at > $1 AND upper(c.period) <= $1
       AND c.id = coalesce($3, c.id)
       AND last.received_at >= upper(c.period) AND NOT somebody
       AND greatest(last.received_at, left_at) <= $1::timestamptz - $2::interval
       AND NOT EXISTS (
           SELECT FROM evidence e
            WHERE e.conference_id = c.id AND e.kind = 'created' AND NOT e.body ? 'is_breakout'
              AND (e.body ->> 'created_at')::bigint >= told)
     ORDER BY 1
     LIMIT 100
"""
EMPTY_FOR = timedelta(minutes=5)
"""Within this a bridge has restarted, and halls whose line was cut are back."""


def room_from_row(row: asyncpg.Record) -> Room:
    """Return a room."""
    return Room(
        conference=ConferenceId(row["conference_id"]),
        bridge=BridgeId(row["bridge_id"]),
        bridge_name=row["bridge_name"],
        name=RoomName(row["name"]),
        opens_at=row["opens_at"],
        ends_at=row["ends_at"],
        closes_at=row["closes_at"],
        state=RoomState(row["state"]),
        closed_at=row["closed_at"],
        grant_ends_at=row["grant_ends_at"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A bridge that carries a room, or carried it until it moved."""

    bridge: str
    until: datetime | None


async def list_carried(
    conn: Connection, rooms: Collection[RoomName]
) -> Mapping[RoomName, Sequence[Carried]]:
    """Return which bridges carried rooms, of each the first one first."""
    found: dict[RoomName, list[Carried]] = {}
    for row in await conn.fetch(LIST_CARRIED, list(rooms)):
        carried = Carried(bridge=row["bridge"], until=row["until"])
        found.setdefault(RoomName(row["room"]), []).append(carried)
    return found


async def insert_room(
    conn: Connection, conference: Conference, bridge: Bridge, *, name: RoomName, times: Times
) -> int:
    """Return how many seats the bridge has free; hold them and write the room if they do.

    The seats of the bridge are locked until the transaction ends.
    """
    free: int = await conn.fetchval(
        INSERT_ROOM,
        conference.id,
        bridge.pool,
        len(conference.sites),
        conference.period.start,
        conference.period.end,
        bridge.id,
        name,
        times.opens_at,
        times.ends_at,
        times.closes_at,
        times.grant_ends_at,
    )
    return free


async def find_room(conn: Connection, conference: ConferenceId) -> Room | None:
    """Return a conference's room, if it has one."""
    row = await conn.fetchrow(FIND_ROOM, conference)
    return room_from_row(row) if row else None


async def get_room(conn: Connection, conference: ConferenceId) -> Room:
    """Return a conference's room.

    Raises:
        RoomNotFound: it has none.
    """
    room = await find_room(conn, conference)
    if room is None:
        raise RoomNotFound(conference)
    return room


async def save_times(conn: Connection, conference: ConferenceId, times: Times) -> None:
    """Give a room that is not closed other times; once open, the bridge knows its last end."""
    await conn.execute(
        SAVE_TIMES,
        conference,
        times.opens_at,
        times.ends_at,
        times.closes_at,
        times.grant_ends_at,
    )


async def open_room(conn: Connection, conference: ConferenceId) -> None:
    """Note that the bridge made the room."""
    await conn.execute(OPEN_ROOM, conference)


async def close_room(conn: Connection, conference: ConferenceId, at: datetime) -> None:
    """Note that nobody enters the room any more; a second time changes nothing."""
    await conn.execute(CLOSE_ROOM, conference, at)


async def delete_room(conn: Connection, conference: ConferenceId) -> None:
    """Forget a room that was closed, so that the conference can get another."""
    await conn.execute(DELETE_ROOM, conference)


async def list_to_close(conn: Connection) -> Sequence[Room]:
    """Return rooms whose conference is over, or not to be."""
    return [room_from_row(row) for row in await conn.fetch(LIST_TO_CLOSE)]


async def note_counted(conn: Connection, conference: ConferenceId, now: datetime) -> None:
    """Remember when a room's presence was counted, later where beats are to wait longer."""
    await conn.execute("UPDATE rooms SET counted_at = $2 WHERE conference_id = $1", conference, now)


async def list_active(conn: Connection, bridge: BridgeId, now: datetime) -> Sequence[Room]:
    """Return a bridge's rooms that may be in use now."""
    return [room_from_row(row) for row in await conn.fetch(LIST_ACTIVE, bridge, now)]


async def list_to_end(conn: Connection, now: datetime) -> Sequence[ConferenceId]:
    """Return conferences that nobody ended and that look as if they were over."""
    rows = await conn.fetch(LIST_TO_END, now, EMPTY_FOR, None)
    return [ConferenceId(row["id"]) for row in rows]


async def find_end(conn: Connection, conference: ConferenceId, now: datetime) -> datetime | None:
    """Return when a conference that nobody ended was over, None where it goes on.

    That is at the hard end, or when the room was left for good after the period's end.
    """
    row = await conn.fetchrow(LIST_TO_END, now, EMPTY_FOR, conference)
    return row["at"] if row else None
