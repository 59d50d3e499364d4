"""What Jitsi asks about telephones: the numbers to call, and which room a typed number means.

Source: jitsi-meet resources/cloud-api.swagger.  Browsers on the bridge's own pages ask here, so the
answers may be read from there; an IVR asks with the number a caller typed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bridges.jitsi.names import read_room
from bridges.model import RoomName
from bridges.store import pins as store
from meetings.directory.gateways import read_caller
from meetings.store import Connection
from web.access.accounts import count_try
from web.access.proxies import address_of
from web.access.throttling import Policy
from web.errors import DatabaseDown, TooManyTries
from web.input.posted import posted
from web.keys import CLOCK, KEYRING, SETTINGS
from web.permissions import BRIDGE, PUBLIC
from web.rooms.dialling import pin_of
from web.rooms.gateway_calls import hall_token
from web.rooms.phone_picture import find_by_picture
from web.rooms.reservations import authorise
from web.routes import Routes
from web.store.throttles import return_try
from web.transactions import transaction

routes = Routes("/bridges/{bridge}/phone")

LONGEST = 400
PATIENCE = timedelta(seconds=2)
"""An IVR waits with somebody on the line."""
GUESSES = Policy(
    free=20,
    first=timedelta(seconds=5),
    longest=timedelta(minutes=5),
    memory=timedelta(hours=1),
)
"""A caller mistypes; all 900,000 numbers take eight years from one address."""
PIN = re.compile(r"[0-9]{6,9}")
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@routes.get("/conference-mapper", allow=PUBLIC)
async def map_conference(request: web.Request) -> web.Response:
    """Tell a room's number, or the room of a number; unknown ones are `false`, as Jitsi wants."""
    return await mapped(request, request.query)


@routes.route("POST", "/conference-mapper", allow=PUBLIC, only_asks=True)
async def map_posted(request: web.Request) -> web.Response:
    """Tell the same to those who post a form, as some IVRs do; nothing is changed by it."""
    return await mapped(request, {name: str(it) for name, it in (await posted(request)).items()})


async def mapped(request: web.Request, asked: Mapping[str, str]) -> web.Response:
    """Answer for a number, a room's address, or a room and its domain.

    Raises:
        TooManyTries: numbers were guessed from this address.
    """
    bridge = request.match_info["bridge"]
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return told(await by_store(request, bridge, asked))
    except (DatabaseDown, TimeoutError):
        pin = read_pin(asked.get("id", ""))
        return told(find_by_picture(request, asked, pin, GUESSES))


async def by_store(request: web.Request, bridge: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Answer from the database."""
    if "id" in asked:
        return await guarded(request, bridge, asked["id"])
    address = asked.get("conference") or asked.get("room", "")
    room = read_room(address.partition("@")[0][:200])
    async with transaction(request) as conn:
        return await by_name(conn, bridge, room)


def read_pin(typed: str) -> int | None:
    """Return the number that somebody typed, None where it can be none of ours."""
    return int(typed) if PIN.fullmatch(typed) else None


@routes.post("/hall", allow=BRIDGE)
async def admit_hall(request: web.Request) -> web.Response:
    """Give a gateway the token of the hall whose room system calls, so that it counts as the hall.

    Jigasi takes it as the header `Jitsi-Auth-Token`, a browser of a gateway as `jwt`.
    """
    bridge, form = await authorise(request), await posted(request)
    pin, caller = (
        read_pin(str(form.get("id", ""))),
        read_caller(str(form.get("from", ""))[:LONGEST]),
    )
    async with transaction(request) as conn:
        found = await store.find_by_pin(conn, bridge, pin) if pin is not None else None
        if found is not None and caller:
            now, seal = request.config_dict[CLOCK](), request.config_dict[KEYRING]
            by = f"bridge:{bridge}"
            token = await hall_token(conn, seal, found[2], caller, by=by, now=now)
            if token:
                return web.json_response({"conference": f"{found[0]}@{found[1]}", "token": token})
    nobody = {"message": "No such hall in an open conference", "conference": False}
    return web.json_response(nobody, status=HTTPStatus.NOT_FOUND)


async def guarded(request: web.Request, bridge: str, typed: str) -> dict[str, Any]:
    """Return what a number means; who asks for many that mean nothing has to wait."""
    key, now = f"phone:{address_of(request)}", request.config_dict[CLOCK]()
    async with transaction(request) as conn:
        wait = await count_try(conn, key, GUESSES, now)
        found = {} if wait else await by_pin(conn, bridge, typed)
        if found.get("conference"):
            await return_try(conn, key)
    if wait:
        raise TooManyTries(wait)
    return found


@routes.get("/numbers", allow=PUBLIC)
async def numbers(request: web.Request) -> web.Response:
    """List the numbers that callers dial."""
    number = request.config_dict[SETTINGS].dial_in
    items = [{"countryCode": "VN", "tollFree": False, "formattedNumber": number, "default": True}]
    return web.json_response(items if number else [], headers=OPEN)


def told(answer: dict[str, Any]) -> web.Response:
    """Return an answer that the bridge's own pages may read."""
    return web.json_response(answer, headers=OPEN)


async def by_pin(conn: Connection, bridge: str, typed: str) -> dict[str, Any]:
    """Return the room that a caller means."""
    pin = read_pin(typed)
    found = await store.find_by_pin(conn, bridge, pin) if pin is not None else None
    if found is None:
        return {"message": "No such conference", "conference": False}
    name, domain, _ = found
    return {"message": "ok", "id": pin, "conference": f"{name}@{domain}"}


async def by_name(conn: Connection, bridge: str, room: RoomName) -> dict[str, Any]:
    """Return a room's number, giving it one at the first question."""
    found = await store.find_by_name(conn, bridge, room)
    if found is None:
        return {"message": "No such conference", "id": False, "conference": False}
    name, domain, conference = found
    whole = f"{name}@{domain}"
    if pin := await pin_of(conn, conference):
        return {"message": "ok", "id": pin, "conference": whole}
    return {"message": "No number is free", "id": False, "conference": whole}
