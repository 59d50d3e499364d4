"""Two real Prosodys, one killed under a conference: halls come back by themselves, on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

import aiohttp
import pytest

from bridges.trial.errors import HallRefused
from meetings.model import BlindSpot, Interval
from meetings.store import Connection
from meetings.store.presences import list_blind_spots
from tests.failover import (
    ROUNDING,
    HallPage,
    Stretch,
    kill_under,
    minus,
    utc_now,
)
from tests.faults.conftest import serving_on
from tests.faults.jitsi_server import DOMAIN, PROSODY
from tests.faults.jitsi_venue import BOTH, ROOMS, Venue, opened
from tests.faults.xmpp import Client, Refused, connected
from tests.service import speaking

pytestmark = pytest.mark.skipif(PROSODY is None, reason="Debian's prosody is not installed")

HALLS = 45
PATIENCE_SECONDS = 180


@dataclass(slots=True, kw_only=True)
class XmppPage(HallPage):
    """A hall's page whose frame is a real XMPP client in a real Prosody.

    `asked_at` is when it pressed, each time: the bridge let it in between that and `been_in`.
    """

    asked_at: list[datetime] = field(default_factory=list)

    async def enter(self) -> None:
        """Press the button and enter as the frame does; who is refused presses again later."""
        asked_at = utc_now()
        place = await self.press()
        prosody, _, room = self.ticket[0].rpartition("/")
        client = Client(DOMAIN)
        try:
            await self.stack.enter_async_context(
                connected(self.http, prosody, client, room=room, token=self.ticket[1])
            )
            await client.ask(f"{room}@{ROOMS}")
            await client.enter(f"{room}@{ROOMS}")
        except Refused as refused:
            raise HallRefused(refused.condition, refused.text, None) from refused
        self.place = place
        self.asked_at.append(asked_at)
        self.been_in.append([utc_now(), None])

    def wrong(
        self, record: Sequence[Interval], spots: Sequence[BlindSpot], now: datetime
    ) -> list[Stretch]:
        """Return where the record misses what was surely so, or says what cannot have been."""
        told = [(one.start, one.end or now) for one in record]
        marked = [(one.period.start - ROUNDING, one.period.end + ROUNDING) for one in spots]
        ends = [out or now for _, out in self.been_in]
        surely = [(came or now, end) for (came, _), end in zip(self.been_in, ends, strict=True)]
        # The bridge may hear of the last leaving late, and of a killed one never.
        maybe = list(zip(self.asked_at, [*ends[:-1], now], strict=True))
        found = [*minus(minus(surely, told), marked), *minus(minus(told, maybe), marked)]
        return [(begins, ends) for begins, ends in found if ends - begins > ROUNDING]


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
        # What Prosody could not tell at once it tells 15 s later: till then somebody is uncounted.
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await victim.told(booked)).count("left") < HALLS:
                await asyncio.sleep(0.1)
        sheet = await victim.until(
            booked, lambda it: all(stays[-1].end is not None for stays in it.values())
        )
        spots = await list_blind_spots(conn, booked.id)
        assert [spot.reason for spot in spots] == ["failover"]
        wrong = {hall.site: hall.wrong(sheet[hall.site], spots, utc_now()) for hall in halls}
        assert {site: found for site, found in wrong.items() if found} == {}
        # A figure, no test: one machine is two bridges, our program and all halls.
        assert len(back) == HALLS
