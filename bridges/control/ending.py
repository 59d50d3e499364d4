"""Ending a room: it is commanded, then looked at, whatever the bridge answered to the command."""

from __future__ import annotations

from datetime import datetime

import aiohttp
import structlog

from bridges.entry.passes import KnownBridge
from bridges.errors import BridgeSilent
from bridges.jitsi import prosody
from bridges.jitsi.rosters import command_token
from bridges.model import RoomName

log = structlog.get_logger(__name__)


async def end_room(
    http: aiohttp.ClientSession, known: KnownBridge, room: RoomName, now: datetime
) -> tuple[bool, int | None]:
    """End a room; tell whether it was there to be ended, and how many are in it now.

    A bridge that does not answer the command may have done it: then it counts as there.

    Raises:
        BridgeSilent: it could not be reached, or tells nothing of its rooms.
    """
    try:
        found = await prosody.end_meeting(http, known.bridge, room, command_token(known, room, now))
    except BridgeSilent as error:
        if not error.reached:
            raise
        log.warning("no answer to an end", bridge=known.bridge.name, reason=error.reason)
        found = True
    return found, (await prosody.census(http, known.bridge)).inside(room)
