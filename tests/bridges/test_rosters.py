"""Who is in the rooms of a bridge: asked of all rooms at the same time."""

import asyncio
from dataclasses import replace

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridges.jitsi.census import Tally
from bridges.model import Bridge, BridgeId, BridgeKind, EvidenceKind, RoomName
from bridges.passes import KnownBridge
from bridges.polling import rows_of_rooms
from meetings.model import PoolId
from tests.bridges.histories import ROOM, START
from tests.bridges.makers import SECRETS

ROOMS = [replace(ROOM, name=RoomName(f"briefing-20261130-{letter * 10}")) for letter in "abc"]


def a_bridge_at(url: str) -> KnownBridge:
    bridge = Bridge(
        id=BridgeId(1),
        name="lab",
        kind=BridgeKind.JITSI,
        public_url=url,
        xmpp_domain="meet.lab",
        muc_domain="conference.meet.lab",
        app_id="diemcau",
        prosody_url=url,
        pool=PoolId(1),
    )
    return KnownBridge(bridge=bridge, secrets=SECRETS)


async def test_no_room_waits_for_the_answer_about_another():
    asked: set[str] = set()
    every = asyncio.Event()

    async def room(request: web.Request) -> web.Response:
        asked.add(request.query["room"])
        if len(asked) == len(ROOMS):
            every.set()
        await every.wait()
        return web.json_response([{"jid": f"{request.query['room']}@conference.meet.lab/a2cbada2"}])

    app = web.Application()
    app.router.add_get("/room", room)
    counted = Tally(rooms=dict.fromkeys((one.name for one in ROOMS), 1))
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        known = a_bridge_at(str(server.make_url("")).rstrip("/"))
        rows = await rows_of_rooms(http, known, ROOMS, counted, now=START)

    assert [(row.room, row.kind) for row in rows] == [
        (one.name, kind) for one in ROOMS for kind in (EvidenceKind.CENSUS, EvidenceKind.ROSTER)
    ]
