"""T-C13 in full: the key file is rotated under load while one of two services is killed again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import aiohttp

from bridges.registered.registry import all_secrets
from meetings.model import Role
from meetings.store import Connection
from tests.faults.clients import AWAY
from tests.faults.conftest import House, serving_on
from tests.makers import a_site
from tests.service import Service, speaking
from tests.web.conftest import a_person, a_session
from web.keyring import key_file

CLIENTS = 4
AFTER_MINUTES = 0.1
GRACE_DAYS = 20 / 86_400
CONFERENCES = "/api/v1/conferences"
PATIENCE_SECONDS = 300


class Load:
    """What is legitimate now, and what every answer was."""

    def __init__(self) -> None:
        self.paths: Sequence[str] = ()
        self.told: Counter[int] = Counter()
        self.refused: set[tuple[str, int]] = set()
        self.over = asyncio.Event()

    async def ask(self, one: Service, session: str) -> None:
        """Ask one service for everything as fast as it goes; one that is away is no refusal."""
        async with aiohttp.ClientSession(cookies={"sid": session}) as http:
            while not self.over.is_set():
                for path in self.paths:
                    try:
                        async with http.get(one.url + path) as answer:
                            await answer.read()
                    except AWAY:
                        await asyncio.sleep(0.05)
                        continue
                    self.told[answer.status] += 1
                    if answer.status != 200:
                        self.refused.add((path, answer.status))


async def book(house: House, conn: Connection, start: datetime) -> str:
    """Book a conference of one hall; return its address in the API."""
    site = await a_site(conn)
    body = {
        "title": "Giao ban",
        "kind": "urgent",
        "main_site": site.id,
        "start": start.isoformat(),
        "end": (start + timedelta(hours=1)).isoformat(),
        "sites": [site.id],
    }
    async with (
        speaking(house.services[0].url, house.token) as http,
        http.post(CONFERENCES, json=body) as answer,
    ):
        assert answer.status == 201, await answer.text()
        return f"{CONFERENCES}/{(await answer.json())['id']}"


async def link_of(house: House, number: int, conference: str) -> str:
    """Return the path of the hall's link, as one of the services shows it."""
    async with (
        speaking(house.services[number].url, house.token) as http,
        http.get(f"{conference}/links") as answer,
    ):
        [link] = (await answer.json())["items"]
        return f"/j/{link['url'].rpartition('/')[2]}"


async def until_forgotten(keys: Path) -> None:
    """Wait until there is one key in the file."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(key_file.load(keys).keys) > 1:
            await asyncio.sleep(0.5)


async def kill_again(one: Service, chance: Random, over: asyncio.Event) -> int:
    """Kill a service and start it, until it is over; return how often."""
    count = 0
    while not over.is_set():
        await asyncio.sleep(chance.uniform(0.5, 6))
        await one.kill()
        await one.start()
        await one.ready()
        count += 1
    return count


async def test_keys_are_rotated_under_load_while_one_of_two_services_is_killed(
    database: str, owner_database: str, conn: Connection, scratch: Path, chance: Random
) -> None:
    load, keys, now = Load(), scratch / "keys.json", datetime.now(UTC)
    async with serving_on(database, owner_database, conn, keys, count=2) as house:
        soon = await book(house, conn, now + timedelta(minutes=10))
        later = await book(house, conn, now + timedelta(days=2))
        session = await a_session(conn, await a_person(conn, Role.SECRETARY))
        shown = later.removeprefix("/api/v1") + "/links"
        old = [await link_of(house, 0, one) for one in (soon, later)]
        load.paths = (shown, *old)
        async with asyncio.TaskGroup() as group:
            for one in house.services * CLIENTS:
                group.create_task(load.ask(one, session))
            killing = group.create_task(kill_again(house.services[1], chance, load.over))
            print(
                await house.services[0].command(
                    "rotate", "--after", str(AFTER_MINUTES), "--grace", str(GRACE_DAYS)
                )
            )
            new = old
            while new[1] == old[1]:
                await asyncio.sleep(0.2)
                new = [await link_of(house, 0, one) for one in (soon, later)]
            load.paths = (shown, *new, old[0])
            await until_forgotten(keys)
            load.over.set()
        async with aiohttp.ClientSession() as http:
            dead = [await one.status(http, old[1]) for one in house.services]
        shows = [await link_of(house, number, later) for number in (0, 1)]

    print(f"{dict(load.told)}, {killing.result()} kills")
    assert load.refused == set()
    assert dead == [404, 404]
    assert shows == [new[1]] * 2
    assert "trial" in await all_secrets(conn, key_file.load(keys))
