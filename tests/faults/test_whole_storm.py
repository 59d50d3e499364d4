"""T-L5 in full: the halls of the whole country come at once while the database is away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import aiohttp
import asyncpg
import pytest

from bridges.jitsi.keys import new_private_key
from bridges.placement.placing import place
from meetings.links.invitations import link_secret, make_links, revoke_link
from meetings.store import Connection
from tests.bench.measuring import Series, clients, paced
from tests.bench.memory import write_country
from tests.bridges.makers import SECRETS, a_bridge
from tests.faults.conftest import serving_on
from tests.faults.test_stopped_store import Outage, frozen_store, stopped, until
from tests.makers import a_conference, all_communes
from web.database import prepare
from web.embedded import embedded
from web.embedded.roles import APP, DATABASE, OWNER
from web.keyring import key_file
from web.keyring.keyring import Keyring
from web.migrations import migrate
from web.scheduling.booking import LINKS

HALLS = 3321
HALLS_A_CONFERENCE = 45
REVOKED = 166
UNKNOWN = 200
LET_IN, KEPT_OUT = "let in", "kept out"
ADMITTED = "SELECT count(*) FROM evidence WHERE kind = 'admitted'"
SECONDS = 60
PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The links that are good, and those that were taken back."""

    good: tuple[str, ...]
    revoked: tuple[str, ...]


async def a_day(conn: Connection, ring: Keyring, chance: Random) -> Day:
    """Book every hall of the country for now, and take some links back."""
    private = replace(SECRETS, jwt=new_private_key())
    await a_bridge(conn, seal=ring, seats=2 * HALLS, secrets=private)
    now, key, secrets, lost = datetime.now(UTC), ring.derive(LINKS), [], []
    halls = sorted(await all_communes(conn))
    for first in range(0, HALLS, HALLS_A_CONFERENCE):
        sites = halls[first : first + HALLS_A_CONFERENCE]
        start = now + timedelta(minutes=2)
        conference = await a_conference(conn, sites=sites, start=start, now=now)
        await place(conn, conference, bridge="lab", now=now)
        await make_links(conn, conference, key)
        secrets += [(conference.id, site) for site in conference.sites]
    for conference_id, site in (lost := chance.sample(secrets, REVOKED)):
        await revoke_link(conn, conference_id, site, by="program:test", now=now)
    gone = frozenset(lost)
    good, revoked = (
        tuple(f"/j/{link_secret(key, *one, 1)}" for one in secrets if (one in gone) is out)
        for out in (False, True)
    )
    return Day(good=good, revoked=revoked)


class Door:
    """Everybody who comes in at one service, and what they were told."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.http = http
        self.told: Counter[str] = Counter()

    async def enter(self, path: str) -> None:
        """Come in as a hall's browser does; nobody tries twice."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        try:
            async with self.http.post(f"{self.url}{path}/enter", headers=headers) as answer:
                page = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self.told[type(error).__name__] += 1
            return
        is_in = answer.status == 200 and b"<iframe" in page
        self.told[
            LET_IN if is_in else KEPT_OUT if answer.status == 403 else str(answer.status)
        ] += 1

    async def all_at_once(self, *paths: str) -> tuple[Counter[str], Series]:
        """Let them all in, each over a connection of its own, nobody waiting for another."""
        self.told.clear()
        series = await clients(len(paths), len(paths), lambda number: self.enter(paths[number]))
        return Counter(self.told), series

    async def over(self, seconds: float, *paths: str) -> tuple[Counter[str], Series]:
        """Let them in evenly over a time."""
        self.told.clear()
        series = await paced(len(paths), seconds, lambda number: self.enter(paths[number]))
        return Counter(self.told), series

    async def until_known(self, day: Day) -> None:
        """Wait until every link is answered as it should be: the day's picture was taken."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await self.over(1, *day.revoked))[0] != {KEPT_OUT: len(day.revoked)}:
                pass
            while (await self.over(1, day.good[-1]))[0] != {LET_IN: 1}:
                pass


async def until_drained(conn: Connection, wanted: int) -> int:
    """Wait until what was written down without the database is in it; return how much."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (found := await conn.fetchval(ADMITTED)) < wanted:
            await asyncio.sleep(0.2)
    return int(found)


@pytest.mark.parametrize("outage", [stopped, frozen_store])
async def test_the_halls_of_the_country_come_in_while_the_database_is_away(
    outage: Outage, scratch: Path, chance: Random, seconds: Callable[[int], int]
) -> None:
    store, keys = scratch / "store", scratch / "keys.json"
    async with AsyncExitStack() as parts:
        database = AsyncExitStack()
        parts.push_async_callback(database.aclose)
        cluster = await database.enter_async_context(embedded(store))
        await migrate(cluster.url(OWNER, DATABASE), app_role=APP)
        conn = await asyncpg.connect(cluster.app_url)
        await prepare(conn)
        house = await parts.enter_async_context(
            serving_on(cluster.app_url, cluster.owner_url, conn, keys)
        )
        [service] = house.services
        await service.command("import", write_country(scratch))
        day = await a_day(conn, key_file.load(keys), chance)
        await conn.close()
        http = await parts.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS),
            )
        )
        door = Door(service.url, http)
        await door.until_known(day)
        everybody = [*day.good, *day.revoked]
        chance.shuffle(everybody)
        strangers = [f"/j/{chance.randbytes(12).hex()}" for _ in range(UNKNOWN)]
        async with outage(database, cluster, store):
            await until(house, "/readyz", 503)
            rush, at_once = await door.all_at_once(*everybody, *strangers)
            storm, evenly = await door.over(seconds(SECONDS), *everybody)
        back = await until(house, "/readyz", 200)
        again = await asyncpg.connect(cluster.app_url)
        admitted = await until_drained(again, rush[LET_IN] + storm[LET_IN])
        await again.close()

    print(f"at once: {dict(rush)}, all in {at_once.seconds:.1f} s, {at_once}")
    print(
        f"in {seconds(SECONDS)} s: {dict(storm)}, {evenly}; back {back:.1f} s; {admitted} drained"
    )
    assert storm == {LET_IN: HALLS - REVOKED, KEPT_OUT: REVOKED}
    assert (rush[LET_IN], rush[KEPT_OUT]) == (HALLS - REVOKED, REVOKED)
    assert rush["503"] == UNKNOWN
