"""The HTTP surfaces: reading rooms needs nothing, ending them a token of the program itself.

Answers of the Prosody modules are JSON without a JSON content type, as there.
"""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bridges.trial import surfaces
from bridges.trial.admission import TrialBridge
from bridges.trial.errors import OccupantMissing, RoomMissing, TokenRefused
from bridges.trial.keys import BRIDGE
from bridges.trial.model import RoomName
from bridges.trial.rooms import Room
from bridges.trial.tokens import verify
from bridges.trial.wire import encode_cjson

ENDED = "The meeting has been terminated"

routes = web.RouteTableDef()


@routes.get("/room-size")
async def room_size(request: web.Request) -> web.Response:
    """Tell how many are in a room (mod_muc_size)."""
    return as_prosody({"participants": len(asked_room(request).present)})


@routes.get("/room")
async def room(request: web.Request) -> web.Response:
    """Tell who is in a room, under the names others see (mod_muc_size)."""
    return as_prosody(surfaces.people(asked_room(request)))


@routes.get("/room-census")
async def room_census(request: web.Request) -> web.Response:
    """Count everybody everywhere (mod_muc_census)."""
    return as_prosody(surfaces.census(request.app[BRIDGE].rooms))


@routes.get("/sessions")
async def sessions(request: web.Request) -> web.Response:
    """Tell how many sockets are in rooms, as plain text (mod_muc_size)."""
    return web.Response(text=str(len(request.app[BRIDGE].sessions)))


@routes.post("/end-meeting")
async def end_meeting(request: web.Request) -> web.Response:
    """End a room; the program's own token may, whatever room it is for (mod_muc_end_meeting)."""
    bridge, jid = request.app[BRIDGE], request.query.get("conference")
    if not jid:
        return web.Response(status=400)
    try:
        check_bearer(request, bridge)
        rejoin = request.query.get("silent-reconnect") == "true"
        bridge.end(node_of(jid, bridge), ENDED, rejoin=rejoin)
    except TokenRefused:
        return web.Response(status=401)
    except RoomMissing:
        return web.Response(status=404)
    return web.Response()


@routes.put("/kick-participant")
async def kick_participant(request: web.Request) -> web.Response:
    """Put one out of a room (mod_muc_kick_participant).

    A bad token and an unknown room answer 200 with nothing done: the original does so, and who
    calls must verify.
    """
    bridge = request.app[BRIDGE]
    endpoint = await read_endpoint(request)
    if not endpoint:
        return web.Response(status=400)
    try:
        check_bearer(request, bridge)
        bridge.rooms.get(RoomName(request.query.get("room", "")))
        bridge.kick(RoomName(request.query["room"]), endpoint)
    except OccupantMissing:
        return web.Response(status=404)
    except (TokenRefused, RoomMissing):
        return web.Response()
    return web.Response()


@routes.get("/about/health")
async def health(_request: web.Request) -> web.Response:
    """Answer that the bridge is well (Jicofo and JVB)."""
    return web.Response(text="OK")


@routes.get("/stats")
async def stats(request: web.Request) -> web.Response:
    """Return figures in Jicofo's form."""
    return web.json_response(surfaces.focus_stats(request.app[BRIDGE].rooms))


@routes.get("/colibri/stats")
async def colibri_stats(request: web.Request) -> web.Response:
    """Return figures in the form of the Videobridge."""
    bridge = request.app[BRIDGE]
    now, seats = bridge.config.clock(), bridge.config.seats
    return web.json_response(surfaces.bridge_stats(bridge.rooms, seats=seats, now=now))


@routes.get("/debug/conference/{jid}")
async def conference(request: web.Request) -> web.Response:
    """Return who is in a room with their real addresses (Jicofo); `{}` for an unknown one."""
    bridge = request.app[BRIDGE]
    found = bridge.rooms.find(node_of(request.match_info["jid"], bridge))
    return web.json_response(surfaces.conference(found) if found else {})


def as_prosody(value: Any) -> web.Response:
    """Return an answer as the Lua modules write it."""
    return web.Response(body=encode_cjson(value))


def asked_room(request: web.Request) -> Room:
    """Return the room in the query.

    Raises:
        HTTPBadRequest: the query lacks it or the domain.
        HTTPNotFound: it is not open, or the domain is another's.
    """
    bridge, query = request.app[BRIDGE], request.query
    if "room" not in query or "domain" not in query:
        raise web.HTTPBadRequest
    found = bridge.rooms.find(RoomName(query["room"].lower()))
    if found is None or query["domain"] != bridge.config.xmpp_domain:
        raise web.HTTPNotFound
    return found


def node_of(jid: str, bridge: TrialBridge) -> RoomName:
    """Return the room an address names; one of another domain names none."""
    node, _, domain = jid.lower().partition("@")
    return RoomName(node if domain == bridge.config.muc_domain else "")


def check_bearer(request: web.Request, bridge: TrialBridge) -> None:
    """Check the token in the header; its room is not compared with anything.

    A Prosody asks for the key of commands at an address of its own; here the user tells them apart.

    Raises:
        TokenRefused: it is missing, or somebody's who may only enter.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    told = verify(token if scheme == "Bearer" else "", bridge.config, bridge.config.clock())
    if told.entrant.user.get("id") != bridge.config.commander:
        raise TokenRefused("token-foreign", "no command by this token")


async def read_endpoint(request: web.Request) -> str:
    """Return who is to go; empty when the body says it in any other than the one way."""
    if request.headers.get("Content-Type") != "application/json":
        return ""
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError):
        return ""
    named = isinstance(body, dict) and set(body) == {"participantId"}
    return body["participantId"] if named and isinstance(body["participantId"], str) else ""
