"""News reaches open pages, survives the database, and never piles up."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web

from meetings.news import announce
from web.app import create_app
from web.keys import NEWS
from web.live import Reader, stream
from web.permissions import PUBLIC
from web.routes import Routes

routes = Routes()


@routes.get("/test/stream", allow=PUBLIC)
async def listen(request: web.Request) -> web.StreamResponse:
    return await stream(request, {"board", "conference:1"})


@pytest.fixture
def app(settings, database, keyring):
    return create_app(settings, database_url=database, keyring=keyring, tables=[routes])


async def next_event(answer) -> str:
    while True:
        line = (await asyncio.wait_for(answer.content.readline(), 60)).decode()
        if line.startswith("event: "):
            return str(line.removeprefix("event: ").strip())


async def test_an_announcement_reaches_every_page_that_cares(client_for, app, conn):
    pages = [await client_for(None) for _ in range(3)]
    await asyncio.wait_for(app[NEWS].is_listening.wait(), 60)
    answers = [await page.get("/test/stream") for page in pages]
    assert {answer.content_type for answer in answers} == {"text/event-stream"}
    for answer in answers:
        await answer.content.readline()

    await announce(conn, "conference:2")
    await announce(conn, "conference:1")

    assert [await next_event(answer) for answer in answers] == ["conference:1"] * 3
    for answer in answers:
        answer.close()


async def test_a_page_that_went_away_is_forgotten(client_for, app):
    page = await client_for(None)
    before = set(app[NEWS].readers)
    answer = await page.get("/test/stream")
    await answer.content.readline()
    (reader,) = app[NEWS].readers - before

    answer.close()
    async with asyncio.timeout(60):
        while reader in app[NEWS].readers:
            app[NEWS].tell("board")
            await asyncio.sleep(0.01)

    assert app[NEWS].readers == before


async def test_a_reader_that_never_reads_is_let_go(client_for, app, monkeypatch):
    monkeypatch.setattr("web.live.SLOWEST_WRITE", timedelta(milliseconds=50))
    monkeypatch.setattr("web.live.HEARTBEAT", timedelta())
    await client_for(None)
    before = set(app[NEWS].readers)
    page = await client_for(None)
    url = page.make_url("/test/stream")

    reader, writer = await asyncio.open_connection(url.host, url.port, limit=1)
    writer.write(b"GET /test/stream HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(60):
        while app[NEWS].readers == before:
            await asyncio.sleep(0.01)
        while app[NEWS].readers != before:
            await asyncio.sleep(0.01)

    assert not reader.at_eof()
    writer.close()


async def test_a_lost_connection_is_made_again_and_everybody_looks_again(client_for, app, owner):
    page = await client_for(None)
    await asyncio.wait_for(app[NEWS].is_listening.wait(), 60)
    answer = await page.get("/test/stream")
    await answer.content.readline()

    ended = await owner.fetchval(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'news' AND datname = current_database()"
    )

    assert ended == 1
    told = {await next_event(answer), await next_event(answer)}
    assert told == {"board", "conference:1"}
    answer.close()


async def test_news_of_one_topic_is_told_once_however_often_it_came():
    reader = Reader({"board"})
    for _ in range(1000):
        reader.tell("board")
        reader.tell("other")

    assert await reader.take(timedelta(seconds=1)) == ["board"]
    assert await reader.take(timedelta()) == []
