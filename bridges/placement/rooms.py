"""Rooms after they were placed: moved with their conference, opened, freed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bridges.model import Room
from bridges.rules import room_times
from bridges.store import many
from bridges.store import rooms as store
from meetings.model import Conference, ConferenceId
from meetings.store import Connection


async def room_of(conn: Connection, conference: ConferenceId) -> Room:
    """Return a conference's room, or raise RoomNotFound."""
    return await store.get_room(conn, conference)


async def find_room(conn: Connection, conference: ConferenceId) -> Room | None:
    """Return a conference's room, if it has one."""
    return await store.find_room(conn, conference)


async def move_room_period(conn: Connection, conference: Conference) -> None:
    """Give the room the times of the conference's new period; it keeps its name and bridge."""
    await store.save_times(conn, conference.id, room_times(conference.period))


async def free_room(conn: Connection, conference: ConferenceId, *, now: datetime) -> None:
    """Close the room of a cancelled conference; the next reconciling empties it on the bridge."""
    await store.close_room(conn, conference, now)


async def move_room_periods(conn: Connection, conferences: Collection[Conference]) -> None:
    """Give the rooms of many conferences the times of their new periods."""
    await many.save_times(conn, {one.id: room_times(one.period) for one in conferences})


async def free_rooms(
    conn: Connection, conferences: Collection[ConferenceId], *, now: datetime
) -> None:
    """Close the rooms of conferences that were called off."""
    await many.close_rooms(conn, conferences, now)


async def forget_room(conn: Connection, conference: ConferenceId) -> None:
    """Let a conference that gave way be placed anew; without a room nothing changes."""
    await store.delete_room(conn, conference)
