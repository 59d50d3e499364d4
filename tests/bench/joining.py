"""P2: a hall's link to an admission recorded, a token and a page, beside a handler that says ok."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.bench.measuring import Series, clients, compared, paced
from tests.bench.store import book_now, communes
from tests.ports import free_port
from tests.service import serving, speaking

CLIENTS = 32
JOINS = 3321
RUSH_SECONDS = 10
REST_SECONDS = 2
"""Until what the start and the booking left to do is done, which is not what is measured here."""

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


async def links(session: aiohttp.ClientSession) -> list[str]:
    """Book 45 communes for now and return their links."""
    id_ = await book_now(session, await communes(session))
    async with session.get(f"/api/v1/conferences/{id_}/links") as answer:
        shown = await answer.json()
    items = shown["items"] if isinstance(shown, dict) else shown
    return [item["url"] for item in items]


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


async def measure() -> list[str]:
    async with serving() as product, speaking(product.url, await product.token()) as session:
        urls = await links(session)
        await asyncio.sleep(REST_SECONDS)
        ours = await joins(urls)
        even = await joins(urls, seconds=RUSH_SECONDS)
    async with floor() as url:
        base = await oks(url)
    return [
        *compared(ours, base),
        f"rush     {even} (reach: p99 100 ms, no error)",
    ]
