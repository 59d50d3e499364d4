"""A bridge is killed under a conference: the halls' pages follow the room by themselves.

In short and without a clock: what jobs do every few seconds is done here when it is its turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridges.model import BridgeSecrets, NewBridge
from bridges.placement.moving import fail_over
from bridges.placement.placing import place
from bridges.presence.evidence import row_of_event
from bridges.receiving.door import Door
from bridges.receiving.draining import drain
from bridges.receiving.handling import Receiver
from bridges.receiving.receiver import Settings, open_receiver
from bridges.registered.registry import add_bridge, bridge_by_name, note_answer, note_silence
from bridges.rules import ASK_BUSY_EVERY, DEAD_AFTER
from meetings.links.invitations import link_secret, make_links
from meetings.model import Conference, Interval, SiteId
from meetings.store import Connection
from meetings.store.presences import list_blind_spots, list_presences
from tests.bridges.receiving import introduce
from tests.failover import HallPage, is_refused, utc_now
from tests.makers import a_conference
from tests.ports import free_port
from tests.service import Service
from tests.trial_process import TrialProcess, trial_process
from web.database import transaction
from web.keyring.keyring import Keyring
from web.keys import POOL, SNAPSHOT
from web.scheduling.booking import LINKS

HALLS = 4
SECRETS = ("jwt", "reservation", "event")
PATIENCE_SECONDS = 60


@asynccontextmanager
async def taking_events(folder: Path, port: int) -> AsyncIterator[Receiver]:
    """Be the receiver of two bridges."""
    introduce(folder, alpha="alpha-events", beta="beta-events")
    async with AsyncExitStack() as stack:
        receiver = await open_receiver(Settings(host="", port=port, folder=folder), stack)
        stack.callback(Door(receiver, "127.0.0.1", port).close)
        yield receiver


async def register(conn: Connection, one: TrialProcess, keyring: Keyring) -> None:
    """Add a bridge."""
    jwt, reservation, event = (str(one.told[f"{it}_secret"]) for it in SECRETS)
    new = NewBridge(
        name=one.name,
        public_url=one.url,
        xmpp_domain="meet.lab",
        muc_domain="conference.meet.lab",
        app_id="diemcau",
        secrets=BridgeSecrets(jwt=jwt, reservation=reservation, event=event),
        prosody_url=one.url,
    )
    await add_bridge(conn, new, keyring, by="program:test")


async def book(
    conn: Connection, key: bytes, address: str, http: aiohttp.ClientSession
) -> tuple[Conference, list[HallPage]]:
    """Book a conference that is on, on the first bridge; return the pages of its halls."""
    conference = await a_conference(conn, start=utc_now(), sites=HALLS, now=utc_now())
    await place(conn, conference, bridge="alpha", now=utc_now())
    await make_links(conn, conference, key)
    pages = [
        HallPage(
            site=site,
            url=f"{address}j/{link_secret(key, conference.id, site, 1)}",
            http=http,
            chance=Random(site),
        )
        for site in conference.sites
    ]
    return conference, pages


async def record_of(
    conn: Connection, receiver: Receiver, conference: Conference, evidence: str
) -> Mapping[SiteId, tuple[Interval, ...]]:
    """Take what the bridges tell until every hall is known to be in, by this evidence too."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            await drain(conn, receiver.events, row_of_event, now=utc_now())
            found = await list_presences(conn, conference.id)
            last = [stays[-1] for stays in found.values()]
            inside = [one for one in last if one.end is None and evidence in one.evidence]
            if len(inside) == HALLS:
                return found
            await asyncio.sleep(0.05)


async def lose(conn: Connection, app: web.Application, victim: TrialProcess) -> None:
    """Hear of both bridges, kill one, and let the program notice."""
    # Bridges tell whole seconds: who comes in again is not to have come before the last answer.
    heard = utc_now().replace(microsecond=0)
    for name in ("alpha", "beta"):
        answered = await bridge_by_name(conn, name)
        await note_answer(conn, answered.id, health="ok", stress=None, at=heard)
    await victim.kill()
    dead = await bridge_by_name(conn, victim.name)
    for missed in reversed(range(DEAD_AFTER)):
        asked = utc_now() - ASK_BUSY_EVERY * missed
        await note_silence(conn, dead.id, health="no connection", at=asked)
    await fail_over(lambda: transaction(app[POOL]), utc_now())
    await app[SNAPSHOT].refresh(conn, utc_now())


async def test_halls_follow_their_room_when_its_bridge_is_killed(
    app: web.Application,
    server: TestServer,
    conn: Connection,
    keyring: Keyring,
    directory: None,
    tmp_path: Path,
):
    service = Service(folder=tmp_path, port=server.port or 0, receiver_port=free_port())
    async with (
        taking_events(tmp_path / "receiver", service.receiver_port) as receiver,
        trial_process("alpha", service) as alpha,
        trial_process("beta", service) as beta,
        aiohttp.ClientSession() as http,
    ):
        for one in (alpha, beta):
            await register(conn, one, keyring)
        address = str(server.make_url("/"))
        conference, pages = await book(conn, keyring.derive(LINKS), address, http)
        await app[SNAPSHOT].refresh(conn, utc_now())
        await asyncio.gather(*(page.enter() for page in pages))
        before = await record_of(conn, receiver, conference, "events")
        old = pages[0].ticket

        await lose(conn, app, alpha)
        await asyncio.gather(*(page.beat() for page in pages))
        after = await record_of(conn, receiver, conference, "failover")

        await alpha.start()
        assert await is_refused(pages[0], *old)
        await asyncio.gather(*(page.leave() for page in pages))

    assert {page.place.partition("/")[0] for page in pages} == {"beta"}
    assert {site: [one.start for one in stays] for site, stays in after.items()} == {
        site: [one.start for one in stays] for site, stays in before.items()
    }
    # Who is back within the second leaves no gap to mark.
    spots = await list_blind_spots(conn, conference.id)
    assert {spot.reason for spot in spots} <= {"failover"}
