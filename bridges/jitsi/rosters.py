"""Who is in a room by endpoint: Prosody tells, or Jicofo where Prosody does not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import aiohttp

from bridges.entry.passes import KnownBridge
from bridges.jitsi import jicofo, prosody
from bridges.jitsi.tokens import service_claims, sign
from bridges.model import Bridge, RoomName
from bridges.registered.rotation import signing


async def roster(
    http: aiohttp.ClientSession, known: KnownBridge, room: RoomName, now: datetime
) -> frozenset[str] | None:
    """Return who is in a room, None where neither tells."""
    token = sign(claims_for(known.bridge, room, now), signing(known.secrets, now))
    found = await prosody.roster(http, known.bridge, room, token)
    if found is None and known.bridge.jicofo_url:
        sight = await jicofo.look(http, known.bridge, room)
        return None if sight is None else sight.inside
    return found


def command_token(known: KnownBridge, room: RoomName, now: datetime) -> str:
    """Return the token by which a bridge obeys us; it opens no door where keys are told apart."""
    claims = claims_for(known.bridge, room, now)
    return sign(claims, signing(known.secrets, now), commands=True)


def claims_for(bridge: Bridge, room: RoomName, now: datetime) -> dict[str, Any]:
    """Return what a token of our own says."""
    return service_claims(room, app_id=bridge.app_id, xmpp_domain=bridge.xmpp_domain, now=now)
