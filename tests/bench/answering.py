"""C2: how soon a bridge is told of a room, with PostgreSQL up and frozen; known and not known."""

import asyncio

import aiohttp

from tests.bench.measuring import Series, clients
from tests.bench.store import BRIDGE, book_now, store_pid, with_bridge
from tests.faults.freezing import frozen
from tests.service import serving, speaking

ASKERS = 8
QUESTIONS = 2000
STRANGE = 40
"""Of a room that is not known the database is asked, so that each waits while that is away."""
HEADERS = {"Authorization": f"Bearer {BRIDGE['reservation_secret']}"}


async def open_room(session: aiohttp.ClientSession) -> str:
    """Book a conference that is open now; return the name of its room."""
    halls = await with_bridge(session)
    conference = await book_now(session, halls, bridge=BRIDGE["name"])
    place = f"/api/v1/conferences/{conference}/room"
    async with session.get(place) as answer:
        return str((await answer.json())["name"])


async def ask(url: str, room: str) -> int:
    """Ask as Prosody does, over a connection of its own."""
    form = {"name": room, "start_time": "2026-11-24T00:00:00Z", "mail_owner": "a@b"}
    async with aiohttp.ClientSession(headers=HEADERS) as http, http.post(url, data=form) as answer:
        await answer.read()
        return answer.status


async def asked(url: str, room: str) -> list[str]:
    """Ask for the room that is booked, then for rooms that are not."""

    async def known(_: int) -> None:
        if (status := await ask(url, room)) != 200:
            raise RuntimeError(f"the booked room was refused: {status}")

    async def strange(number: int) -> None:
        if (status := await ask(url, f"briefing-{number:010}")) != 403:
            raise RuntimeError(f"a room that is not booked: {status}")

    return [
        told("booked", await clients(ASKERS, QUESTIONS, known)),
        told("not booked", await clients(ASKERS, STRANGE, strange)),
    ]


def told(name: str, series: Series) -> str:
    return f"{name:10} {series}   max {series.percentile(1) * 1000:7.1f} ms"


async def measure() -> list[str]:
    async with serving() as product:
        url = f"{product.url}/bridges/{BRIDGE['name']}/reservations/conference"
        async with speaking(product.url, await product.token()) as session:
            room = await open_room(session)
        while await ask(url, room) != 200:
            await asyncio.sleep(0.1)
        up = await asked(url, room)
        with frozen(store_pid(product)):
            away = await asked(url, room)
    return ["up", *up, "frozen", *away, "reach    300 ms up, 2 s frozen, never a 5xx"]
