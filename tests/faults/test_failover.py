"""Two bridges, one killed at a random second under a conference: halls come back by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import aiohttp

from meetings.model import ConferenceId, SiteId
from meetings.scheduling.booking import end
from meetings.store import Connection
from meetings.store.presences import list_blind_spots, list_presences
from tests.failover import HallPage, Round, differences, is_refused, kill_under, utc_now
from tests.faults.conftest import House, serving_on
from tests.service import speaking
from tests.trial_process import TrialProcess, trial_process

ROUNDS = 20
PATIENCE_SECONDS = 45
IS_WELL = "SELECT bool_and(healthy AND misses = 0) FROM bridges WHERE name IN ('alpha', 'beta')"


async def book(session: aiohttp.ClientSession, api: str, house: House) -> int:
    """Book all communes from now on."""
    now = utc_now()
    wish = {
        "title": "Giao ban",
        "kind": "urgent",
        "main_site": house.communes[0],
        "sites": list(house.communes),
        "start": now.isoformat(),
        "end": (now + timedelta(hours=1)).isoformat(),
    }
    async with session.post(f"{api}/conferences", json=wish) as answer:
        assert answer.status == 201, await answer.text()
        return int((await answer.json())["id"])


async def a_round(
    house: House,
    conn: Connection,
    session: aiohttp.ClientSession,
    bridges: dict[str, TrialProcess],
    chance: Random,
) -> Round:
    """Hold one conference, kill its bridge, compare the record with the truth."""
    api = f"{house.services[0].url}/api/v1"
    while not await conn.fetchval(IS_WELL):
        await asyncio.sleep(0.2)
    conference = await book(session, api, house)
    async with session.get(f"{api}/conferences/{conference}/room") as answer:
        victim = bridges[(await answer.json())["bridge"]]
    async with session.get(f"{api}/conferences/{conference}/links") as answer:
        links = (await answer.json())["items"]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        halls = [
            HallPage(site=link["site"], url=link["url"], http=http, chance=chance) for link in links
        ]
        found = await kill_under(
            halls, victim, after=chance.uniform(2, 14), patience=PATIENCE_SECONDS
        )
        await victim.start()
        old = (f"{victim.url}/{halls[0].ticket[0].rpartition('/')[2]}", halls[0].ticket[1])
        assert await is_refused(halls[0], *old)
        await asyncio.gather(*(hall.leave() for hall in halls))
        await compare(conn, conference, halls)
    async with conn.transaction():
        await end(conn, ConferenceId(conference), by="program:test", now=utc_now())
    return found


async def compare(conn: Connection, conference: int, halls: Sequence[HallPage]) -> None:
    """Wait until everybody's leaving is told, then find no difference outside the marked gap."""
    identity = ConferenceId(conference)
    async with asyncio.timeout(20):
        while any(
            one.end is None
            for intervals in (await list_presences(conn, identity)).values()
            for one in intervals
        ):
            await asyncio.sleep(0.2)
    record = await list_presences(conn, identity)
    spots = await list_blind_spots(conn, identity)
    assert [spot.reason for spot in spots] == ["failover"]
    wrong = {
        hall.site: differences(hall.been_in, record.get(SiteId(hall.site), ()), spots, utc_now())
        for hall in halls
    }
    assert {site: found for site, found in wrong.items() if found} == {}


async def test_halls_come_back_within_twenty_seconds_and_the_sheet_is_true(
    database: str,
    owner_database: str,
    conn: Connection,
    scratch: Path,
    chance: Random,
    rounds: Callable[[int], int],
):
    async with serving_on(database, owner_database, conn, scratch / "keys") as house:
        service = house.services[0]
        async with (
            trial_process("alpha", service) as alpha,
            trial_process("beta", service) as beta,
            speaking(None, house.token) as session,
        ):
            bridges = {one.name: one for one in (alpha, beta)}
            for one in bridges.values():
                await one.register(session, f"{service.url}/api/v1")
            for number in range(rounds(ROUNDS)):
                found = await a_round(house, conn, session, bridges, chance)
                back = found.back_seconds
                print(
                    f"round {number + 1}: {len(back)} of {found.halls} back,"
                    f" median {back[len(back) // 2]:.1f} s, last {back[-1]:.1f} s"
                )
                assert found.share_in_time >= 0.95
