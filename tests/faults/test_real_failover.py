"""Two real Prosodys, one killed under a conference: halls come back by themselves, on the other."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl, urldefrag

import aiohttp
import pytest

from bridges.trial.errors import HallRefused
from meetings.store import Connection
from tests.failover import FRAME, PLACE, HallPage, kill_under, utc_now
from tests.faults.conftest import serving_on
from tests.faults.jitsi_server import DOMAIN, PROSODY
from tests.faults.jitsi_venue import BOTH, ROOMS, Venue, opened
from tests.faults.test_failover import compare
from tests.faults.xmpp import Client, Refused, connected
from tests.service import speaking

pytestmark = pytest.mark.skipif(PROSODY is None, reason="Debian's prosody is not installed")

HALLS = 45
PATIENCE_SECONDS = 180


@dataclass(slots=True, kw_only=True)
class XmppPage(HallPage):
    """A hall's page whose frame is a real XMPP client in a real Prosody."""

    async def enter(self) -> None:
        """Press the button and enter as the frame does; who is refused presses again later."""
        async with self.http.post(f"{self.url}/enter") as answer:
            text = await answer.text()
        frame, place = FRAME.search(text), PLACE.search(text)
        assert frame is not None
        assert place is not None
        url, fragment = urldefrag(unescape(frame[1]))
        prosody, _, room = url.rpartition("/")
        self.ticket = (url, json.loads(dict(parse_qsl(fragment))["jwt"]))
        client = Client(DOMAIN)
        try:
            await self.stack.enter_async_context(
                connected(self.http, prosody, client, room=room, token=self.ticket[1])
            )
            await client.ask(f"{room}@{ROOMS}")
            await client.enter(f"{room}@{ROOMS}")
        except Refused as refused:
            raise HallRefused(refused.condition, refused.text, None) from refused
        self.place = place[1]
        self.been_in.append([utc_now(), None])


@BOTH
async def test_halls_follow_their_room_from_a_prosody_that_dies(
    places: tuple[str, ...],
    database: str,
    owner_database: str,
    conn: Connection,
    scratch: Path,
    chance: Random,
):
    async with (
        serving_on(database, owner_database, conn, scratch / "keys") as house,
        speaking(None, house.token) as session,
        AsyncExitStack() as stack,
    ):
        bridges: dict[str, Venue] = {}
        for name in ("alpha", "beta"):
            folder = scratch / name
            bridges[name] = await stack.enter_async_context(
                opened(house, conn, session, folder, places, name=name)
            )
        booked = await bridges["alpha"].book(halls=slice(HALLS))
        placed = await bridges["alpha"].call("GET", f"/conferences/{booked.id}/room")
        victim = bridges[placed["bridge"]]
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        halls = [
            XmppPage(site=site, url=url, http=http, chance=chance)
            for site, url in booked.links.items()
        ]
        found = await kill_under(
            halls, victim, after=chance.uniform(2, 8), patience=PATIENCE_SECONDS
        )
        back = found.back_seconds
        print(f"{len(back)} of {HALLS} back, last after {back[-1]:.1f} s")
        await asyncio.gather(*(hall.leave() for hall in halls))
        await compare(conn, booked.id, halls)
        # A figure, no test: one machine is two bridges, our program and all halls.
        assert len(back) == HALLS
