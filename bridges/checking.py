"""Checking a bridge from where we stand: what answers, and whether it takes our token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType

import aiohttp

from bridges import prosody
from bridges.errors import BridgeSilent
from bridges.jitsi.tokens import service_claims, sign
from bridges.model import Bridge, RoomName
from bridges.passes import KnownBridge

NO_ROOM = RoomName("diemcau-check-no-such-room")
TOKEN_ANSWERS: Mapping[int, str] = MappingProxyType(
    {
        HTTPStatus.NOT_FOUND: "our token is accepted",
        HTTPStatus.UNAUTHORIZED: "our token is refused: app_id or jwt_secret differ",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one question to a bridge brought; `well` is whether it was the hoped-for answer."""

    asked: str
    told: str
    well: bool


async def check(http: aiohttp.ClientSession, known: KnownBridge, now: datetime) -> Sequence[Answer]:
    """Ask a bridge everything that does no harm."""
    page = await ask_page(http, known.bridge)
    if not known.bridge.prosody_url:
        unreachable = Answer(asked="prosody_url", told="not set: no census, no end", well=False)
        return page, unreachable
    return page, await ask_census(http, known.bridge), await ask_token(http, known, now)


async def ask_page(http: aiohttp.ClientSession, bridge: Bridge) -> Answer:
    """Ask for the page that halls open."""
    try:
        status, _ = await prosody.call(http, "GET", f"{bridge.public_url}/{NO_ROOM}")
    except BridgeSilent as error:
        return Answer(asked="public_url", told=error.reason, well=False)
    well = status < HTTPStatus.INTERNAL_SERVER_ERROR
    return Answer(asked="public_url", told=f"HTTP {status}", well=well)


async def ask_census(http: aiohttp.ClientSession, bridge: Bridge) -> Answer:
    """Ask who is there."""
    try:
        rooms = await prosody.census(http, bridge)
    except BridgeSilent as error:
        return Answer(asked="room-census", told=error.reason, well=False)
    return Answer(asked="room-census", told=f"{len(rooms)} rooms", well=True)


async def takes_token(
    http: aiohttp.ClientSession, bridge: Bridge, secret: str, now: datetime
) -> bool:
    """Tell whether a bridge takes a token signed with the secret, by a command without effect."""
    claims = service_claims(NO_ROOM, app_id=bridge.app_id, xmpp_domain=bridge.xmpp_domain, now=now)
    url = f"{bridge.prosody_url}/end-meeting"
    params = {"conference": f"{NO_ROOM}@{bridge.muc_domain}"}
    try:
        status, _ = await prosody.call(http, "POST", url, params=params, token=sign(claims, secret))
    except BridgeSilent:
        return False
    return status == HTTPStatus.NOT_FOUND


async def ask_token(http: aiohttp.ClientSession, known: KnownBridge, now: datetime) -> Answer:
    """Ask to end a room that is not there: 404 says that app_id and secret are the same."""
    bridge = known.bridge
    claims = service_claims(NO_ROOM, app_id=bridge.app_id, xmpp_domain=bridge.xmpp_domain, now=now)
    params = {"conference": f"{NO_ROOM}@{bridge.muc_domain}"}
    url = f"{bridge.prosody_url}/end-meeting"
    try:
        status, _ = await prosody.call(
            http, "POST", url, params=params, token=sign(claims, known.secrets.jwt)
        )
    except BridgeSilent as error:
        return Answer(asked="end-meeting", told=error.reason, well=False)
    told = TOKEN_ANSWERS.get(status, f"HTTP {status}")
    return Answer(asked="end-meeting", told=told, well=status == HTTPStatus.NOT_FOUND)
