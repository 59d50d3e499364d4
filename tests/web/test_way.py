"""The whole way through the running program: book, link, enter, attend, revoke, sheet."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp

from bridges.trial.simulate import SimulatedHall
from tests.failover import ticket_in
from tests.web.served import until_ready

PATIENCE_SECONDS = 60


class Office:
    """The secretary's side of the API."""

    def __init__(self, client: aiohttp.ClientSession, url: str) -> None:
        self.client = client
        self.url = f"{url}/api/v1/conferences"

    async def book(self) -> int:
        now = datetime.now(UTC)
        wish = {
            "title": "Giao ban đột xuất",
            "kind": "urgent",
            "groups": ["all-communes"],
            "main_site": 1,
            "start": (now - timedelta(seconds=5)).isoformat(),
            "end": (now + timedelta(hours=1)).isoformat(),
        }
        async with self.client.post(self.url, json=wish) as answer:
            assert answer.status == 201, await answer.text()
            return int((await answer.json())["id"])

    async def links(self, conference: int) -> list[tuple[int, str]]:
        async with self.client.get(f"{self.url}/{conference}/links") as answer:
            return [(link["site"], link["url"]) for link in (await answer.json())["items"]]

    async def revoke(self, conference: int, site: int) -> None:
        address = f"{self.url}/{conference}/links/revoke"
        async with self.client.post(address, json={"site": site}) as answer:
            assert answer.status == 200

    async def row(self, conference: int, site: int) -> tuple[str, list[bool]]:
        """Return a site's state, and for each of its stays whether it is over."""
        async with self.client.get(f"{self.url}/{conference}/sheet") as answer:
            rows = {row["site"]: row for row in (await answer.json())["rows"]}
        return rows[site]["state"], [stay["to"] is not None for stay in rows[site]["intervals"]]

    async def until(self, conference: int, site: int, wanted: tuple[str, list[bool]]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.row(conference, site) != wanted:
                await asyncio.sleep(0.1)


async def enter(url: str) -> SimulatedHall:
    """Press the hall's button; return the room as its frame would enter it."""
    async with aiohttp.ClientSession() as hall, hall.post(f"{url}/enter") as answer:
        return SimulatedHall(*ticket_in(await answer.text()))


async def test_two_halls_meet_and_the_sheet_says_so(serve):
    served = serve()
    await asyncio.to_thread(served.lines, 3)
    await until_ready(served.url)
    token = await asyncio.to_thread(served.token, "robot", "--role", "admin", "--unit", "11")

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as client:
        office = Office(client, served.url)
        conference = await office.book()
        (one, its_url), (other, other_url), (absent, _) = (await office.links(conference))[:3]

        async with await enter(its_url), await enter(other_url):
            await office.until(conference, one, ("present", [False]))
            await office.until(conference, other, ("present", [False]))
            await office.revoke(conference, one)
            await office.until(conference, one, ("present", [True]))
            assert await office.row(conference, other) == ("present", [False])

        await office.until(conference, other, ("present", [True]))
        assert (await office.row(conference, absent))[1] == []
        async with client.get(its_url) as answer:
            assert answer.status == 403
