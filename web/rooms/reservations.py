"""The reservation calls of a bridge, answered from the day's snapshot and never by a 5xx.

Prosody asks here before a room is made.  A refusal is remembered for up to 90 s and a late or odd
answer wedges the room, so that this path touches no database unless the room is not known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType

import structlog
from aiohttp import web

from bridges.entry.passes import Entrance, KnownBridge, Occasion, room_entrance
from bridges.entry.snapshot import Snapshot
from bridges.errors import BadNews, SnapshotMissing
from bridges.inspection.inspecting import NO_ROOM
from bridges.jitsi.names import has_tenant
from bridges.jitsi.reservations import Asked, granted, parse_form, read_id, refused
from bridges.model import RoomName, SecretKind
from bridges.receiving.astray import Setting
from bridges.registered.rotation import is_bearer
from web.access.proxies import address_of
from web.errors import DatabaseDown
from web.keys import CALLS, CLOCK, LOOKED, METRICS, SNAPSHOT
from web.permissions import BRIDGE
from web.routes import Routes
from web.transactions import connection

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=1.8)
"""With the rest of the answer this stays below two seconds."""

# Prosody appends "/conference" to its setting, which may have been typed with a slash at its end.
routes = Routes("/bridges/{bridge}/reservations{slashes:/+}conference")

# Of a room that moved away, and of one that never was on the bridge that asks.
ELSEWHERE = (
    "Phòng họp ở máy chủ khác. Xin mở lại đường dẫn của điểm cầu."
    " / The room is on another server: please open your hall's link again."
)

TENANT = (
    "Địa chỉ phòng họp không đúng. Xin vào bằng đường dẫn của điểm cầu."
    " / This is not the room's address: please enter by your hall's link."
)

# Read by people in a hall whose language the bridge does not tell: Vietnamese first.
MESSAGES: Mapping[Entrance, str] = MappingProxyType(
    {
        Entrance.TOO_EARLY: "Phòng họp chưa mở. Xin đợi đến giờ. / The room is not open yet.",
        Entrance.TOO_LATE: "Cuộc họp đã kết thúc. / The conference is over.",
        Entrance.CANCELLED: "Cuộc họp đã bị hủy. / The conference was cancelled.",
        Entrance.UNKNOWN: "Phòng họp này không có trong lịch. / This room is not booked.",
    }
)


@routes.post("", allow=BRIDGE)
async def ask(request: web.Request) -> web.Response:
    """Say whether the room may be made; asked again, the answer is the same."""
    bridge = await caller_of(request)
    try:
        asked = parse_form(await request.read())
    except BadNews as error:
        log.warning("odd reservation", bridge=bridge, reason=error.reason)
        count(request, bridge, "odd")
        return answer(HTTPStatus.BAD_REQUEST, refused(MESSAGES[Entrance.UNKNOWN]))
    return told(request, asked, await find_room(request, bridge, asked.room))


@routes.get("/{id}", allow=BRIDGE)
async def show(request: web.Request) -> web.Response:
    """Tell of a room that was granted before; Prosody asks so after a conflict."""
    bridge = await caller_of(request)
    room = read_id(request.match_info["id"])
    asked = Asked(name=room, room=room, owner="")
    return told(request, asked, await find_room(request, bridge, room))


@routes.delete("/{id}", allow=BRIDGE)
async def forget(request: web.Request) -> web.Response:
    """Take note that a room is empty; the booking stands, so any number of times is fine."""
    count(request, await caller_of(request), "forgotten")
    return answer(HTTPStatus.OK, b"{}")


def told(request: web.Request, asked: Asked, occasion: Occasion | None) -> web.Response:
    """Answer a question for a room."""
    entrance = room_entrance(occasion, request.config_dict[CLOCK]())
    count(request, request.match_info["bridge"], entrance.value)
    if occasion is None or entrance is not Entrance.OPEN:
        log.info("reservation refused", room=asked.room, reason=entrance.value)
        return answer(HTTPStatus.FORBIDDEN, refused(why(request, asked.room, entrance)))
    log.info("reservation granted", room=asked.room, conference=occasion.conference)
    return answer(
        HTTPStatus.OK,
        granted(
            occasion.room,
            name=asked.name,
            owner=asked.owner,
            opens_at=occasion.opens_at,
            closes_at=occasion.grant_ends_at,
            sites=request.config_dict[SNAPSHOT].invited(occasion.conference),
        ),
    )


def why(request: web.Request, room: RoomName, entrance: Entrance) -> str:
    """Return what a person reads whose room is not made."""
    if has_tenant(room):
        return TENANT
    if entrance is Entrance.UNKNOWN and is_elsewhere(request, room):
        return ELSEWHERE
    return MESSAGES[entrance]


def count(request: web.Request, bridge: str, outcome: str) -> None:
    """Count a call of a bridge that is known, so that nobody else makes up names."""
    request.config_dict[METRICS].reservations.labels(bridge, outcome).inc()


async def caller_of(request: web.Request) -> str:
    """Return the bridge that asks, as `authorise` does, and note that it did, with which secret."""
    calls, now = request.config_dict[CALLS], request.config_dict[CLOCK]()
    # Our own check asks with a wrong secret on purpose.
    noted = NO_ROOM.encode() not in await request.read()
    try:
        bridge = await authorise(request)
    except web.HTTPUnauthorized:
        if noted:
            calls.refused(request.match_info["bridge"], now, address_of(request))
        raise
    if noted:
        calls.asked(bridge, now)
        calls.strays.came_right(bridge, Setting.RESERVATIONS, now)
    return bridge


async def authorise(request: web.Request) -> str:
    """Return the bridge that asks, if it knows its secret.

    Raises:
        HTTPNotFound: there is no such bridge, as far as anybody knows.
        HTTPUnauthorized: the secret is another one.
    """
    name = request.match_info["bridge"]
    known = find_bridge(request, name)
    if known is None:
        await look_again(request)
        known = find_bridge(request, name)
    if known is None:
        raise web.HTTPNotFound
    now = request.config_dict[CLOCK]()
    presented = request.headers.get("Authorization", "")
    if not is_bearer(presented, known.secrets, SecretKind.RESERVATION, now):
        # A secret that was rotated this second is taken too.
        await look_again(request)
        known = find_bridge(request, name) or known
    if not is_bearer(presented, known.secrets, SecretKind.RESERVATION, now):
        log.warning("bridge with another secret", bridge=name)
        count(request, name, "unauthorized")
        raise web.HTTPUnauthorized
    return name


def find_bridge(request: web.Request, name: str) -> KnownBridge | None:
    """Return the bridge of that name, None also while nothing is known at all."""
    snapshot: Snapshot = request.config_dict[SNAPSHOT]
    try:
        return snapshot.bridge(name)
    except SnapshotMissing:
        return None


async def find_room(request: web.Request, bridge: str, room: RoomName) -> Occasion | None:
    """Return what the room is booked for; one booked this second is looked for once more."""
    snapshot: Snapshot = request.config_dict[SNAPSHOT]
    found = snapshot.room_by_name(bridge, room)
    if found is None:
        await look_again(request)
        found = snapshot.room_by_name(bridge, room)
    return found


def is_elsewhere(request: web.Request, room: RoomName) -> bool:
    """Tell whether another bridge carries the room now: one that comes back gets none by force."""
    snapshot: Snapshot = request.config_dict[SNAPSHOT]
    with suppress(SnapshotMissing):
        return any(name == room for _, name in snapshot.contents.rooms)
    return False


async def look_again(request: web.Request) -> None:
    """Look into the database for what was booked this second, if it answers in time.

    Once a call: all that is asked in it must be answered within one patience.
    """
    if request.get(LOOKED):
        return
    request[LOOKED] = True
    snapshot: Snapshot = request.config_dict[SNAPSHOT]
    look = asyncio.ensure_future(
        snapshot.look_again(lambda: connection(request), request.config_dict[CLOCK]())
    )
    look.add_done_callback(note_failure)
    # A connection that hangs also takes its time to be given up: nobody waits for that.
    await asyncio.wait({look}, timeout=PATIENCE.total_seconds())
    look.cancel()


def note_failure(look: asyncio.Future[None]) -> None:
    """Log why a look failed, unless the database is away, which others say."""
    error = None if look.cancelled() else look.exception()
    if error is not None and not isinstance(error, DatabaseDown | TimeoutError):
        log.error("snapshot not taken", reason=type(error).__name__)


def answer(status: HTTPStatus, body: bytes) -> web.Response:
    """Return a JSON answer."""
    return web.Response(body=body, status=status, content_type="application/json")
