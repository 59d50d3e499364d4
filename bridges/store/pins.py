"""The numbers that callers type, and which room each means."""

from __future__ import annotations

import asyncpg

from bridges.model import RoomName
from meetings.model import ConferenceId
from meetings.store import Connection

GET_PIN = """
    INSERT INTO room_pins (conference_id, pin) VALUES ($1, $2)
        ON CONFLICT (conference_id) DO UPDATE SET pin = room_pins.pin
    RETURNING pin
"""
FIND_BY_PIN = """
    SELECT r.name, b.muc_domain, p.pin, r.conference_id
      FROM room_pins p
      JOIN rooms r ON r.conference_id = p.conference_id
      JOIN bridges b ON b.id = r.bridge_id
     WHERE b.name = $1 AND p.pin = $2 AND r.state <> 'closed'
"""
FIND_BY_NAME = """
    SELECT r.name, b.muc_domain, r.conference_id
      FROM rooms r JOIN bridges b ON b.id = r.bridge_id
     WHERE b.name = $1 AND r.name = $2 AND r.state <> 'closed'
"""


async def get_pin(conn: Connection, conference: ConferenceId, fresh: int) -> int:
    """Return the conference's number, the fresh one if it has none yet; 0 if that is another's."""
    try:
        async with conn.transaction():
            pin: int = await conn.fetchval(GET_PIN, conference, fresh)
    except asyncpg.UniqueViolationError:
        return 0
    return pin


async def find_by_pin(
    conn: Connection, bridge: str, pin: int
) -> tuple[RoomName, str, ConferenceId] | None:
    """Return the room, its domain and conference behind a number."""
    row = await conn.fetchrow(FIND_BY_PIN, bridge, pin)
    return (row["name"], row["muc_domain"], row["conference_id"]) if row else None


async def find_by_name(
    conn: Connection, bridge: str, room: RoomName
) -> tuple[RoomName, str, ConferenceId] | None:
    """Return the room, its domain and conference of that name."""
    row = await conn.fetchrow(FIND_BY_NAME, bridge, room)
    return (row["name"], row["muc_domain"], row["conference_id"]) if row else None
