"""A bridge's census: how many are in each room, and of how many rows nothing could be made.

Source: jitsi-meet mod_muc_census (6549d4723); Lua's empty list is an object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridges.errors import BridgeSilent
from bridges.jitsi.names import read_room
from bridges.model import RoomName


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Who was counted in which room; `unread` rows told nothing that can be understood."""

    rooms: Mapping[RoomName, int]
    unread: int = 0

    def inside(self, room: RoomName) -> int | None:
        """Return how many are in a room, None where an unread row may be about it."""
        found = self.rooms.get(room)
        return 0 if found is None and not self.unread else found


def read_census(body: bytes) -> Tally:
    """Return what a census tells; a row that is none is left out and counted.

    Raises:
        BridgeSilent: it is no census.
    """
    try:
        told = json.loads(body)["room_census"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BridgeSilent("no census", lives=True) from error
    if not isinstance(told, list):
        if told in ({}, None):
            return Tally(rooms={})
        raise BridgeSilent("no census", lives=True)
    counted = [one for one in map(read_row, told) if one is not None]
    return Tally(rooms=dict(counted), unread=len(told) - len(counted))


def read_row(row: Any) -> tuple[RoomName, int] | None:
    """Return a room and its number, None where the row tells none.

    Jicofo's own place may make a room count -1.
    """
    try:
        name, number = row["room_name"], int(row["participants"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    node = name.partition("@")[0] if isinstance(name, str) else ""
    return (read_room(node), max(0, number)) if node else None
