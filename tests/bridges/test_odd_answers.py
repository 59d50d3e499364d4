"""Bridges that answer in pieces, without end, or nonsense: all is read, or it is silence."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import example, given
from hypothesis import strategies as st

from bridges.errors import BridgeSilent
from bridges.jitsi import fetching, prosody
from bridges.jitsi.census import read_census
from bridges.jitsi.jicofo import read_sight
from tests.bridges.test_checking import known

ROWS = [{"room_name": f"r-{number:07d}@c", "participants": number} for number in range(2000)]
CENSUS = json.dumps({"room_census": ROWS}).encode()
TURNS = 20
"""Of the loop that both share, so that who asked has taken a piece before the next is sent."""
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def saying(*pieces: bytes, ends: bool = True, falters: bool = False) -> AsyncIterator[str]:
    """Give the address of a server that sends pieces, one after the other was taken."""
    over = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in (HEAD, *pieces):
            writer.write(piece)
            await writer.drain()
            for _ in range(TURNS):
                await asyncio.sleep(0)
        if falters:
            await over.wait()
        with suppress(ConnectionError):
            while not ends:
                writer.write(pieces[-1])
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            over.set()


async def test_an_answer_in_pieces_is_read_whole():
    async with (
        saying(CENSUS[:1000], CENSUS[1000:50_000], CENSUS[50_000:]) as url,
        aiohttp.ClientSession() as http,
    ):
        counted = await prosody.census(http, known(url).bridge)
        reply = await fetching.fetch(http, "GET", url)

    assert counted.rooms == {f"r-{number:07d}": number for number in range(2000)}
    assert reply.body == CENSUS


async def test_an_answer_that_falters_is_silence_when_patience_is_over():
    async with saying(CENSUS[:1000], falters=True) as url, aiohttp.ClientSession() as http:
        with pytest.raises(BridgeSilent) as raised:
            async with asyncio.timeout(60):
                await prosody.census(http, known(url).bridge, patience=timedelta(seconds=0.3))

    assert not raised.value.lives


async def test_of_an_answer_without_end_so_much_is_read(monkeypatch):
    monkeypatch.setattr(prosody, "LARGEST_ANSWER", 100_000)
    async with saying(b"x" * 30_000, ends=False) as url, aiohttp.ClientSession() as http:
        status, body = await prosody.call(http, "GET", url)

    assert (status, body) == (200, b"x" * 100_000)


async def test_an_answer_that_is_packed_unasked_is_not_unpacked():
    """A bridge stands in the open: a megabyte of its could keep the program for minutes."""
    packed = gzip.compress(b'{"room_census":[]}' + b" " * 10_000_000)
    wanted = set()

    async def talk(request: web.Request) -> web.Response:
        wanted.add(request.headers["Accept-Encoding"])
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    app = web.Application()
    app.router.add_get("/room-census", talk)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        url = str(server.make_url("")).rstrip("/")
        with pytest.raises(BridgeSilent) as raised:
            await prosody.census(http, known(url).bridge)
        reply = await fetching.fetch(http, "GET", f"{url}/room-census")

    assert (reply.body, wanted, raised.value.lives) == (packed, {"identity"}, True)


numbers = st.integers() | st.floats() | st.sampled_from([10**400, float("inf")])
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values | st.just([]), json_values, json_values)
@example([], "r-1@c", float("inf"))
@example([], "r-1@c", 10**400)
def test_whatever_a_bridge_tells_is_read_or_is_silence(whole, name, number):
    rows = [{"room_name": name, "participants": number, "jid": name}]
    for told in (whole, rows, {"room_census": whole}, {"room_census": rows}):
        for read in (read_census, prosody.read_roster):
            try:
                read(json.dumps(told).encode())
            except BridgeSilent:
                continue


@pytest.mark.parametrize(
    "told", [b'{"stress_level":1e400}', b'{"stress_level":1%s}' % (b"0" * 400)]
)
async def test_a_stress_beyond_all_numbers_is_none(told: bytes):
    async with saying(told) as url, aiohttp.ClientSession() as http:
        assert await prosody.stress(http, url) is None


@given(json_values)
def test_a_debug_page_of_any_shape_is_read_or_shows_nothing(body):
    read_sight(json.dumps(body).encode())
