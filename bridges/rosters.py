"""Who is in a room by endpoint: Prosody tells, or Jicofo where Prosody does not."""

from __future__ import annotations

from datetime import datetime

import aiohttp

from bridges import jicofo, prosody
from bridges.jitsi.tokens import service_claims, sign
from bridges.model import RoomName
from bridges.passes import KnownBridge
from bridges.rotation import signing


async def roster(
    http: aiohttp.ClientSession, known: KnownBridge, room: RoomName, now: datetime
) -> frozenset[str] | None:
    """Return who is in a room, None where neither tells."""
    found = await prosody.roster(http, known.bridge, room, command_token(known, room, now))
    if found is None and known.bridge.jicofo_url:
        sight = await jicofo.look(http, known.bridge, room)
        return None if sight is None else sight.inside
    return found


def command_token(known: KnownBridge, room: RoomName, now: datetime) -> str:
    """Return the token with which a bridge obeys us, and tells of a room."""
    bridge = known.bridge
    claims = service_claims(room, app_id=bridge.app_id, xmpp_domain=bridge.xmpp_domain, now=now)
    return sign(claims, signing(known.secrets, now))
