"""The WebSocket of a room: one join message, then signals between browsers until it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiohttp import ClientConnectionResetError, WSMessage, WSMsgType, web

from bridges.trial.admission import Session, TrialBridge
from bridges.trial.errors import BadFirstMessage, OccupantMissing, TrialError
from bridges.trial.keys import BRIDGE
from bridges.trial.model import MESHED, NO_HALLS, Media, RoomName, is_room_name
from bridges.trial.moderating import command, tell_microphone

# A session description with all its candidates stays far below this.
LARGEST_MESSAGE = 128 * 1024


async def enter(request: web.Request) -> web.WebSocketResponse:
    """Serve one socket of a room from the join message to its end."""
    bridge, name = request.app[BRIDGE], room_of(request)
    socket = web.WebSocketResponse(
        heartbeat=bridge.config.timing.heartbeat.total_seconds(),
        max_msg_size=LARGEST_MESSAGE,
        compress=False,
    )
    await socket.prepare(request)
    with suppress(ClientConnectionResetError):
        try:
            session = await admit(bridge, name, socket)
        except TrialError as refusal:
            await socket.send_json(as_message(refusal))
        else:
            await attend(bridge, session, socket)
        await socket.close()
    return socket


def room_of(request: web.Request) -> RoomName:
    """Return the room in the address.

    Raises:
        HTTPNotFound: it names no room, or one of the surfaces.
    """
    name = request.match_info["room"]
    if not is_room_name(name):
        raise web.HTTPNotFound
    return RoomName(name)


async def admit(bridge: TrialBridge, name: RoomName, socket: web.WebSocketResponse) -> Session:
    """Read the join message and let its sender in.

    Raises:
        TrialError: with the fact that keeps them out.
    """
    try:
        async with asyncio.timeout(bridge.config.timing.first_message.total_seconds()):
            first = read(await socket.receive())
    except TimeoutError as error:
        raise BadFirstMessage("no join message in time") from error
    if first.get("type") != "join" or not isinstance(first.get("jwt"), str):
        raise BadFirstMessage("the first message is no join message")
    return await bridge.enter(name, first["jwt"], wished_media(first.get("media")))


def wished_media(wished: object) -> Media:
    """Return what a join message brings."""
    if wished is True:
        return Media.MESH
    return next((media for media in NO_HALLS if media == wished), Media.NONE)


async def attend(bridge: TrialBridge, session: Session, socket: web.WebSocketResponse) -> None:
    """Carry messages both ways until the socket ends, is cut, or somebody is put out."""
    writer = asyncio.create_task(write(session, socket), name=f"trial {session.endpoint}")
    try:
        async for raw in socket:
            message = read(raw)
            if message.get("type") == "leave":
                break
            hear(bridge, session, message)
    finally:
        with suppress(OccupantMissing):
            bridge.leave(session)
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)


async def write(session: Session, socket: web.WebSocketResponse) -> None:
    """Send what is queued for somebody, then close when told to."""
    with suppress(ClientConnectionResetError):
        while (message := await session.outbox.get()) is not None:
            await socket.send_json(message)
    await socket.close()


def hear(bridge: TrialBridge, session: Session, message: Mapping[str, Any]) -> None:
    """Carry a signal to the browser it is for, or do what it asks; the rest is ignored.

    Who was put out is not heard any more, though their socket may still be open.
    """
    if session.occupant.jid not in bridge.sessions:
        return
    kind = message.get("type")
    if kind == "signal" and session.occupant.media in MESHED:
        bridge.relay(session, str(message.get("to")), message.get("data"))
    elif kind == "microphone":
        tell_microphone(bridge, session, on=message.get("on") is True)
    elif kind == "command":
        command(bridge, session, message)


def read(raw: WSMessage) -> Mapping[str, Any]:
    """Return the JSON object in a frame; empty when it is anything else."""
    if raw.type is not WSMsgType.TEXT:
        return {}
    try:
        value = json.loads(raw.data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def as_message(refusal: TrialError) -> Mapping[str, Any]:
    """Return a refusal as the page shows it; `status` only from the reservation service."""
    status = getattr(refusal, "status", None)
    return {"type": "refused", "code": refusal.code, "text": refusal.text, "status": status}
