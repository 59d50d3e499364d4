"""Whose an event is that came from several bridges' address, to an address that is none of theirs.

Neither its secret nor its path tells; the room that it is about does, for one bridge carries it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from bridges.errors import BadNews
from bridges.jitsi import events
from bridges.model import RoomName
from bridges.spooling.envelopes import Envelope
from bridges.store.rooms import Carried, list_carried
from meetings.store import Connection


async def owners_of(conn: Connection, held: Sequence[Envelope]) -> Sequence[str]:
    """Return each event's bridge, "" for one about no room of those that it can have come from."""
    # In a thread: there may be megabytes of them, and bridges wait for their answers meanwhile.
    rooms = await asyncio.to_thread(rooms_of, held)
    carried = await list_carried(conn, {room for room in rooms if room})
    return [owner(one, room, carried) for one, room in zip(held, rooms, strict=True)]


def rooms_of(held: Sequence[Envelope]) -> list[RoomName]:
    """Return which room each event is about."""
    return [room_of(one) for one in held]


def room_of(envelope: Envelope) -> RoomName:
    """Return which room an event is about, "" where that cannot be read."""
    try:
        return events.parse(envelope.path, envelope.body).room
    except BadNews:
        return RoomName("")


def owner(envelope: Envelope, room: RoomName, carried: Mapping[RoomName, Sequence[Carried]]) -> str:
    """Return which of the bridges that an event can have come from carried its room then."""
    bridge = carrier(carried.get(room, ()), envelope.received_at)
    return bridge if bridge in envelope.bridge.split(",") else ""


def carrier(carried: Sequence[Carried], at: datetime) -> str:
    """Return which bridge carried a room at a moment; a room that moved had several."""
    return next((one.bridge for one in carried if one.until is None or at < one.until), "")
