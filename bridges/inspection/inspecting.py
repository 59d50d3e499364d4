"""Checking a bridge's Prosody: each module that we use, by questions that do no harm.

The commands are about a room that is not there.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from itertools import chain

import aiohttp

from bridges.entry.doors import is_let_in
from bridges.entry.passes import KnownBridge
from bridges.errors import BridgeSilent
from bridges.inspection import findings, inspected
from bridges.jitsi import replies
from bridges.jitsi.census import read_census
from bridges.jitsi.fetching import fetch
from bridges.jitsi.keys import new_private_key
from bridges.jitsi.names import ENDPOINT_LETTERS, has_tenant
from bridges.jitsi.replies import Answer, Reply
from bridges.jitsi.rosters import claims_for
from bridges.jitsi.tokens import sign
from bridges.model import Algorithm, Bridge, BridgeKind, RoomName
from bridges.registered.naming import by_other_name
from bridges.registered.rotation import signing

NO_ROOM = RoomName("diemcau-check-no-such-room")
FOREIGN = "foreign.invalid"


async def ask_prosody(
    http: aiohttp.ClientSession, known: KnownBridge, now: datetime
) -> Sequence[Answer]:
    """Ask Prosody's modules, by the name to which it answers."""
    if not known.bridge.prosody_url:
        return [replies.bad("prosody", "no-address")]
    census, size = await ask_counts(http, known.bridge)
    if is_unknown(census, size):
        other = by_other_name(known.bridge)
        again = await ask_counts(http, other)
        if not is_unknown(*again):
            known, (census, size) = replace(known, bridge=other), again
        elif is_unknown(await end_nothing(http, known.bridge), await end_nothing(http, other)):
            return [inspected.judge_nameless(known.bridge)]
    answers = [inspected.judge_census(census)]
    if census.failed:
        return answers
    # This is the clock that judges tokens and stamps events.
    answers.append(findings.judge_clock(census.date, now))
    further = await asyncio.gather(
        ask_token(http, known, now),
        ask_commands(http, known, now),
        ask_domain(http, known, room_in_use(census), now),
    )
    return [*answers, inspected.judge_size(size), *chain.from_iterable(further)]


async def ask_counts(http: aiohttp.ClientSession, bridge: Bridge) -> tuple[Reply, Reply]:
    """Ask for the census, and for the size of no room."""
    url, host = bridge.prosody_url, bridge.http_host
    census, size = await asyncio.gather(
        fetch(http, "GET", f"{url}/room-census", host=host),
        fetch(http, "GET", f"{url}/room-size", host=host),
    )
    return census, size


def is_unknown(*replies: Reply) -> bool:
    """Tell whether nothing that was asked for is there: no module, or nobody of that name."""
    return all(reply.status == HTTPStatus.NOT_FOUND for reply in replies)


def room_in_use(census: Reply) -> RoomName:
    """Return a room that people are in, or the one that is not there where there is none.

    Jitsi of 2026 says nothing of a token for a room that does not exist.
    """
    try:
        counted = read_census(census.body).rooms
    except BridgeSilent:
        return NO_ROOM
    return next((room for room in sorted(counted) if not has_tenant(room)), NO_ROOM)


def token_for(
    bridge: Bridge, secret: str, now: datetime, *, sub: str = "", room: RoomName = NO_ROOM
) -> str:
    """Return a token as halls have it, for the room that is not there unless another is named."""
    told = claims_for(bridge, room, now)
    return sign(told | {"sub": sub or told["sub"]}, secret)


def command_for(bridge: Bridge, secret: str, now: datetime) -> str:
    """Return a token that commands, about the room that is not there."""
    return sign(claims_for(bridge, NO_ROOM, now), secret, commands=True)


async def end_nothing(http: aiohttp.ClientSession, bridge: Bridge, token: str = "") -> Reply:
    """Ask to end a room that is not there."""
    params = {"conference": f"{NO_ROOM}@{bridge.muc_domain}"}
    url = f"{bridge.prosody_url}/end-meeting"
    return await fetch(http, "POST", url, token=token, host=bridge.http_host, params=params)


async def ask_token(
    http: aiohttp.ClientSession, known: KnownBridge, now: datetime
) -> Sequence[Answer]:
    """Ask whether our token is taken, and nobody else's: for a command, and at the door."""
    bridge, secret = known.bridge, signing(known.secrets, now)
    rs256 = bridge.algorithm is Algorithm.RS256
    other = await asyncio.to_thread(new_private_key) if rs256 else secrets.token_urlsafe()
    without, ours, forged = await asyncio.gather(
        end_nothing(http, bridge),
        end_nothing(http, bridge, command_for(bridge, secret, now)),
        end_nothing(http, bridge, command_for(bridge, other, now)),
    )
    if bridge.kind is BridgeKind.TRIAL:
        return inspected.judge_token(without, ours, forged)
    mine, theirs = token_for(bridge, secret, now), token_for(bridge, other, now)
    enters, forger_enters, by_hall = await asyncio.gather(
        is_let_in(http, bridge, NO_ROOM, mine),
        is_let_in(http, bridge, NO_ROOM, theirs),
        end_nothing(http, bridge, mine),
    )
    answers = [
        inspected.judge_door(ours=enters, forged=forger_enters),
        *inspected.judge_token(without, ours, forged, enters=enters is True),
    ]
    return [*answers, *inspected.judge_halls(ours, by_hall)] if rs256 else answers


async def ask_commands(
    http: aiohttp.ClientSession, known: KnownBridge, now: datetime
) -> Sequence[Answer]:
    """Ask to send nobody out of no room, and to call no number: whoever can do it says no."""
    bridge = known.bridge
    token = command_for(bridge, signing(known.secrets, now), now)
    nobody = json.dumps({"participantId": "0" * ENDPOINT_LETTERS}).encode()
    told: list[Awaitable[Reply]] = [
        command(
            http, bridge, "PUT", "kick-participant", nobody, token=token, params={"room": NO_ROOM}
        )
    ]
    if bridge.kind is not BridgeKind.TRIAL:
        told += [
            command(http, bridge, "POST", "invite-jigasi", b"{}"),
            command(http, bridge, "POST", "invite-jigasi", b"{}", token=token),
        ]
    kick, *invite = await asyncio.gather(*told)
    answers = [inspected.judge_kick(kick)]
    return [*answers, inspected.judge_invite(*invite)] if invite else answers


async def command(
    http: aiohttp.ClientSession,
    bridge: Bridge,
    method: str,
    path: str,
    body: bytes,
    *,
    token: str = "",
    params: Mapping[str, str] | None = None,
) -> Reply:
    """Send a command as we do when it is meant."""
    return await fetch(
        http,
        method,
        f"{bridge.prosody_url}/{path}",
        token=token,
        host=bridge.http_host,
        params=params,
        data=body,
        kind="application/json",
    )


async def takes_token(
    http: aiohttp.ClientSession, bridge: Bridge, secret: str, now: datetime
) -> bool:
    """Tell whether a bridge takes a token signed with the secret.

    Its door tells, or a command without effect where the door cannot be tried.
    """
    enters = await is_let_in(http, bridge, NO_ROOM, token_for(bridge, secret, now))
    if enters is not None:
        return enters
    without, ours = await asyncio.gather(
        end_nothing(http, bridge), end_nothing(http, bridge, command_for(bridge, secret, now))
    )
    return (without.status, ours.status) == (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)


async def ask_domain(
    http: aiohttp.ClientSession, known: KnownBridge, room: RoomName, now: datetime
) -> Sequence[Answer]:
    """Ask for a room's size with our token, with one of another domain, and with nonsense."""
    bridge, secret = known.bridge, signing(known.secrets, now)
    tokens = (
        "x.y.z",
        token_for(bridge, secret, now, room=room),
        token_for(bridge, secret, now, room=room, sub=FOREIGN),
    )
    replies = await asyncio.gather(
        *(
            fetch(
                http,
                "GET",
                f"{bridge.prosody_url}/room-size",
                host=bridge.http_host,
                params={"room": room, "domain": bridge.xmpp_domain, "token": token},
            )
            for token in tokens
        )
    )
    roster = inspected.judge_roster(replies[1], tried=room != NO_ROOM)
    return inspected.judge_domain(*replies), roster
