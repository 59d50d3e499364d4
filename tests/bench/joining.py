"""P2: a hall's link to an admission recorded, a token and a page, beside a handler that says ok."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp

from tests.bench.measuring import Series, clients, compared, paced
from tests.bench.memory import write_country
from tests.bench.store import BRIDGE, book_now, communes
from tests.ports import free_port
from tests.service import serving, speaking

CLIENTS = 32
JOINS = 3321
HALLS = 45
RUSH_SECONDS = 10
REST_SECONDS = 8
"""Until what the start and the booking left to do is done, which is not what is measured here:
tokens are signed ahead, as they are ten minutes before a door opens."""

JITSI = {name: it for name, it in BRIDGE.items() if name != "jwt_secret"} | {"seats": 2 * JOINS}
"""A bridge as it is added by default: a private key of ours signs its tokens."""

OK = """
import sys
import uvloop
from aiohttp import web

async def ok(request):
    return web.Response(text="ok")

app = web.Application()
app.router.add_get("/", ok)
app.router.add_post("/", ok)
uvloop.install()
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""


@asynccontextmanager
async def floor() -> AsyncIterator[str]:
    """Serve `ok` with aiohttp on uvloop in a process of its own."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", OK, str(port))
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def links(session: aiohttp.ClientSession, sites: Sequence[int], bridge: str) -> list[str]:
    """Book halls on a bridge for now, 45 a conference, and return their links."""
    found = []
    for first in range(0, len(sites), HALLS):
        id_ = await book_now(session, sites[first : first + HALLS], bridge=bridge)
        async with session.get(f"/api/v1/conferences/{id_}/links") as answer:
            shown = await answer.json()
        items = shown["items"] if isinstance(shown, dict) else shown
        found += [item["url"] for item in items]
    return found


async def joins(urls: list[str], *, seconds: float = 0) -> Series:
    """Let halls in: as fast as 32 clients can, or evenly over a time."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def enter(number: int) -> None:
            url = urls[number % len(urls)]
            async with session.post(
                f"{url}/enter", headers={"Sec-Fetch-Site": "same-origin"}
            ) as answer:
                page = await answer.read()
                if answer.status != 200 or b"iframe" not in page:
                    raise RuntimeError(f"{answer.status} at the door")

        if seconds:
            return await paced(JOINS, seconds, enter)
        return await clients(CLIENTS, JOINS, enter)


async def oks(url: str) -> Series:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(_: int) -> None:
            async with session.post(url) as answer:
                await answer.read()

        return await clients(CLIENTS, JOINS, ask)


async def on_trial() -> tuple[Series, Series]:
    """Let the 45 halls of a province in to the trial bridge, again and again."""
    async with serving() as made, speaking(made.url, await made.token()) as session:
        urls = await links(session, await communes(session), "trial")
        return await both(urls)


async def on_jitsi() -> tuple[Series, Series]:
    """Let every hall of the country in to a Jitsi once, at full speed, and once evenly."""
    async with serving() as made, speaking(made.url, await made.token()) as session:
        await made.command("import", write_country(made.folder))
        (await session.post("/api/v1/bridges", json=JITSI)).raise_for_status()
        urls = await links(session, await communes(session), "bench")
        assert len(urls) == JOINS
        return await both(urls)


async def both(urls: list[str]) -> tuple[Series, Series]:
    """Let halls in at full speed, then evenly, once the product has come to rest."""
    await asyncio.sleep(REST_SECONDS)
    return await joins(urls), await joins(urls, seconds=RUSH_SECONDS)


async def measure() -> list[str]:
    found = {"trial bridge, HS256": await on_trial(), "Jitsi, RS256": await on_jitsi()}
    async with floor() as url:
        base = await oks(url)
    return [
        line
        for name, (ours, even) in found.items()
        for line in (
            f"{name}:",
            *compared(ours, base),
            f"rush     {even} (reach: p99 100 ms, no error)",
        )
    ]
