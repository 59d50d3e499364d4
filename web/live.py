"""News for open pages: one LISTEN connection a process, fanned out to every reader (SSE)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import asyncpg
import structlog
from aiohttp import web

from meetings.news import CHANNEL
from web.keys import NEWS, STOP

log = structlog.get_logger(__name__)

HEARTBEAT = timedelta(seconds=15)
EVENT_STREAM = "text/event-stream"
SLOWEST_WRITE = timedelta(seconds=10)
RECONNECT = timedelta(seconds=1)
CHECK = timedelta(seconds=10)
MOST_READERS = 4000


class Reader:
    """One open page: the topics it cares about, and those that have news for it.

    News of one topic is told once however often it came meanwhile, so a reader never holds more
    than its own topics.
    """

    def __init__(self, topics: Collection[str]) -> None:
        self.topics = frozenset(topics)
        self.news: dict[str, None] = {}
        self.woken = asyncio.Event()

    def tell(self, topic: str) -> None:
        """Put the topic among the news, if the page cares."""
        if topic in self.topics:
            self.news[topic] = None
            self.woken.set()

    def wake(self) -> None:
        """Wake the page without news: the program stops."""
        self.woken.set()

    async def take(self, limit: timedelta) -> list[str]:
        """Wait for news for a while; return it, oldest first, or nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit.total_seconds()):
                await self.woken.wait()
        self.woken.clear()
        topics, self.news = list(self.news), {}
        return topics


class News:
    """What PostgreSQL announces, for everybody in this process who wants to know."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.is_listening = asyncio.Event()

    @asynccontextmanager
    async def reader(self, topics: Collection[str]) -> AsyncIterator[Reader]:
        """Lend a reader for as long as a page is open."""
        reader = Reader(topics)
        self.readers.add(reader)
        try:
            yield reader
        finally:
            self.readers.discard(reader)

    def tell(self, topic: str) -> None:
        """Tell every reader."""
        for reader in self.readers:
            reader.tell(topic)

    def tell_all(self) -> None:
        """Tell every reader that anything may have changed: news was missed."""
        for reader in self.readers:
            for topic in reader.topics:
                reader.tell(topic)

    async def listen(self, url: str) -> None:
        """Listen until cancelled, connecting again whenever the connection is lost."""
        while True:
            try:
                await self.listen_once(url)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("not listening", reason=type(error).__name__)
            self.is_listening.clear()
            await asyncio.sleep(RECONNECT.total_seconds())

    async def listen_once(self, url: str) -> None:
        """Listen on one connection until it breaks; look at it now and then."""
        lost = asyncio.Event()
        conn = await asyncpg.connect(url, timeout=5, server_settings={"application_name": "news"})
        try:
            await conn.add_listener(CHANNEL, lambda _conn, _pid, _channel, topic: self.tell(topic))
            conn.add_termination_listener(lambda _conn: lost.set())
            self.is_listening.set()
            self.tell_all()
            while not lost.is_set():
                await conn.execute("SELECT", timeout=5)
                await rest(lost, CHECK)
        finally:
            conn.terminate()


async def rest(stop: asyncio.Event, length: timedelta) -> None:
    """Wait for a while, or until `stop`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(length.total_seconds()):
            await stop.wait()


async def stream(request: web.Request, topics: Collection[str]) -> web.StreamResponse:
    """Answer with server-sent events: the name of a topic whenever it has news.

    The page then asks again for what it shows, so an event holds nothing that would need a
    permission.  The stream ends when the program stops or the page no longer reads.
    """
    news = request.config_dict[NEWS]
    if len(news.readers) >= MOST_READERS:
        raise web.HTTPServiceUnavailable
    answer = web.StreamResponse(headers={"Content-Type": EVENT_STREAM, "X-Accel-Buffering": "no"})
    await answer.prepare(request)
    async with news.reader(topics) as reader:
        with suppress(ConnectionError, TimeoutError):
            await feed(answer, reader, request.config_dict[STOP])
    return answer


async def feed(answer: web.StreamResponse, reader: Reader, stop: asyncio.Event) -> None:
    """Write events until the program stops."""
    await write(answer, "retry: 2000\n\n")
    while not stop.is_set():
        topics = await reader.take(HEARTBEAT)
        lines = [f"event: {topic}\ndata: {topic}\n\n" for topic in topics]
        await write(answer, "".join(lines) or ": still here\n\n")


async def write(answer: web.StreamResponse, text: str) -> None:
    """Write to the page; one that reads nothing for too long is let go."""
    async with asyncio.timeout(SLOWEST_WRITE.total_seconds()):
        await answer.write(text.encode())
