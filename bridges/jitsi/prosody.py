"""The thin client of a bridge's Prosody: asks who is there, ends a room, sends somebody out.

Source: jitsi-meet mod_muc_census, mod_muc_size, mod_muc_end_meeting, mod_muc_kick_participant
(6549d4723).  Answers carry no JSON content type, Lua's empty list is an object, and some errors
come as an empty 200: whoever commands must look again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

import aiohttp
import structlog

from bridges.errors import BridgeSilent
from bridges.jitsi.census import Tally, read_census
from bridges.model import Bridge, RoomName

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=5)
TRIES = 3
LARGEST_ANSWER = 16 * 1024**2
"""Jicofo tells a kilobyte or more of everybody in a room."""
LARGEST_STRESS = 1000


async def census(
    http: aiohttp.ClientSession, bridge: Bridge, *, patience: timedelta = PATIENCE
) -> Tally:
    """Return how many are in each room of a bridge.

    Raises:
        BridgeSilent: it did not answer, or not with a census.
    """
    url = f"{bridge.prosody_url}/room-census"
    status, body = await call(http, "GET", url, host=bridge.http_host, patience=patience)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise BridgeSilent(f"census answered {status}")
    if status != HTTPStatus.OK:
        raise BridgeSilent(f"census answered {status}", lives=True)
    tally = read_census(body)
    if tally.unread:
        log.warning("census rows unread", bridge=bridge.name, rows=tally.unread)
    return tally


async def roster(
    http: aiohttp.ClientSession, bridge: Bridge, room: RoomName, token: str
) -> frozenset[str] | None:
    """Return who is in a room by endpoint, None where the bridge does not tell (mod_muc_size).

    With `enable_roomsize_token_verification` it wants a token for that room, in the query.
    """
    params = {"room": room, "domain": bridge.xmpp_domain, "token": token}
    try:
        url = f"{bridge.prosody_url}/room"
        status, body = await call(http, "GET", url, params=params, host=bridge.http_host)
        return read_roster(body) if status == HTTPStatus.OK else None
    except BridgeSilent:
        return None


def read_roster(body: bytes) -> frozenset[str]:
    """Return the endpoints of a list of occupants, each named by `room@muc/endpoint`.

    Raises:
        BridgeSilent: it is none.
    """
    try:
        people = json.loads(body) or []
        return frozenset(str(one["jid"]).rpartition("/")[2].lower() for one in people)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BridgeSilent("no roster") from error


async def stress(http: aiohttp.ClientSession, jvb_url: str) -> float | None:
    """Return the stress a videobridge tells of itself, None where it tells none."""
    try:
        status, body = await call(http, "GET", f"{jvb_url}/colibri/stats")
        told = float(json.loads(body)["stress_level"])
    except (BridgeSilent, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return told if status == HTTPStatus.OK and 0 <= told < LARGEST_STRESS else None


async def end_meeting(
    http: aiohttp.ClientSession, bridge: Bridge, room: RoomName, token: str
) -> bool:
    """Send everybody out of a room; tell whether there was a room, and a call for it.

    Raises:
        BridgeSilent: it did not answer, or refused.
    """
    status, _ = await call(
        http,
        "POST",
        f"{bridge.prosody_url}/end-meeting",
        params={"conference": f"{room}@{bridge.muc_domain}"},
        token=token,
        host=bridge.http_host,
    )
    if status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
        raise BridgeSilent(f"end-meeting answered {status}")
    return status == HTTPStatus.OK


async def kick_endpoint(
    http: aiohttp.ClientSession, bridge: Bridge, room: RoomName, endpoint: str, token: str
) -> None:
    """Ask a bridge to send out whoever has that place; an empty 200 may mean that nothing was done.

    Raises:
        BridgeSilent: it did not answer.
    """
    await call(
        http,
        "PUT",
        f"{bridge.prosody_url}/kick-participant",
        params={"room": room},
        token=token,
        host=bridge.http_host,
        body=json.dumps({"participantId": endpoint}).encode(),
    )


async def invite_jigasi(
    http: aiohttp.ClientSession, bridge: Bridge, room: RoomName, number: str, token: str
) -> int:
    """Ask Jigasi to call a number into a room (mod_muc_jigasi_invite); return the status."""
    told = {"conference": f"{room}@{bridge.muc_domain}", "phoneNo": number}
    status, _ = await call(
        http,
        "POST",
        f"{bridge.prosody_url}/invite-jigasi",
        token=token,
        host=bridge.http_host,
        body=json.dumps(told).encode(),
    )
    return status


def headers_of(token: str, host: str) -> dict[str, str]:
    """Return what a question to a bridge carries; `host` is the name that Prosody knows itself by.

    Nothing is asked for packed, and nothing is unpacked: a bridge stands in the open, and what it
    packs in a megabyte could keep us for minutes.
    """
    told = {"Accept-Encoding": "identity"}
    if token:
        told["Authorization"] = f"Bearer {token}"
    if host:
        told["Host"] = host
    return told


async def call(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    token: str = "",
    host: str = "",
    body: bytes | None = None,
    patience: timedelta = PATIENCE,
) -> tuple[int, bytes]:
    """Make a call; a connection that cannot be had is tried again.

    Raises:
        BridgeSilent: nobody answered in time, or not in HTTP.
    """
    headers = headers_of(token, host)
    if body is not None:
        headers["Content-Type"] = "application/json"
    for tried in range(TRIES):
        try:
            async with (
                asyncio.timeout(patience.total_seconds()),
                http.request(
                    method,
                    url,
                    params=params,
                    headers=headers,
                    data=body,
                    allow_redirects=False,
                    auto_decompress=False,
                ) as answer,
            ):
                return answer.status, await read_body(answer, LARGEST_ANSWER)
        except aiohttp.ClientConnectorError as error:
            if tried == TRIES - 1:
                raise BridgeSilent("no connection", reached=False) from error
        except aiohttp.ClientResponseError as error:
            raise BridgeSilent("no HTTP", lives=True) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise BridgeSilent(type(error).__name__) from error
    raise BridgeSilent("no connection", reached=False)


async def read_body(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """Return a body that may come in pieces; of one that is longer, no more than that."""
    body = bytearray()
    while len(body) < most and (piece := await answer.content.read(most - len(body))):
        body += piece
    return bytes(body)
