"""A change made once: its effect and its answer are stored in one transaction, under a key.

Equal requests wait for the first and get its answer, byte for byte.  A refusal has no effect and
is not remembered: the same key may ask again.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from aiohttp import web

from meetings.attempts import attempt
from meetings.errors import InProgress
from meetings.idempotency import Answer, begin_request, finish_request
from meetings.store import Connection
from web.database import LARGEST_POOL
from web.errors import BadForm
from web.keyring.keyring import FORMAT, Keyring
from web.keys import CLOCK
from web.permissions import require
from web.scheduling.queueing import Place, Queue
from web.transactions import transaction

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
LONGEST_WAIT = timedelta(seconds=5)
MOST_AT_WORK = LARGEST_POOL - 3


Work = Callable[[Connection], Awaitable[Answer]]


class Keeper:
    """Keeps an answer as it is."""

    def seal(self, body: str) -> str:
        """Return what is stored."""
        return body

    def open(self, stored: str) -> str:
        """Return what was answered."""
        return stored


class SecretKeeper(Keeper):
    """Keeps an answer that holds secrets so that the store alone cannot read it."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring

    def seal(self, body: str) -> str:
        """Return the body encrypted."""
        return base64.b64encode(self.keyring.seal(PURPOSE, body.encode())).decode()

    def open(self, stored: str) -> str:
        """Return the body again."""
        return self.keyring.open(PURPOSE, base64.b64decode(stored)).decode()

    def is_newest(self, stored: str) -> bool:
        """Tell whether it was sealed with the newest key."""
        return self.keyring.is_newest(base64.b64decode(stored))


PLAIN = Keeper()
PURPOSE = "answers"
SEALED = base64.b64encode(FORMAT).decode()[0]
"""With what each answer begins that a `SecretKeeper` wrote; JSON begins otherwise."""


class Gates:
    """Lets one request of each key through at a time, so that the others hold no connection.

    And only so many changes at all: a rush of them waits here, not for the pool, whose other
    connections stay free for those who only look.
    """

    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(MOST_AT_WORK)
        self.halls = Queue()
        self.locks: dict[tuple[str, str], asyncio.Lock] = {}
        self.waiting: dict[tuple[str, str], int] = {}

    @asynccontextmanager
    async def passing(self, actor: str, key: str) -> AsyncIterator[None]:
        """Wait for the turn of this request.

        Raises:
            InProgress: the first one takes too long.
        """
        name = (actor, key)
        lock = self.locks.setdefault(name, asyncio.Lock())
        self.waiting[name] = self.waiting.get(name, 0) + 1
        try:
            await wait_for(lock)
            try:
                yield
            finally:
                lock.release()
        finally:
            self.leave(name)

    def leave(self, name: tuple[str, str]) -> None:
        """Forget the key when nobody waits for it any more."""
        self.waiting[name] -= 1
        if not self.waiting[name]:
            del self.waiting[name], self.locks[name]


GATES: web.AppKey[Gates] = web.AppKey("gates", Gates)


async def wait_for(lock: asyncio.Lock) -> None:
    """Take the lock, or raise InProgress after a while."""
    try:
        async with asyncio.timeout(LONGEST_WAIT.total_seconds()):
            await lock.acquire()
    except TimeoutError as error:
        raise InProgress from error


def read_key(request: web.Request) -> str:
    """Return the request's key, or "" where it has none.

    Raises:
        BadForm: it is no word of up to 255 visible ASCII characters.
    """
    if HEADER not in request.headers:
        return ""
    key = request.headers[HEADER].strip()
    if not key or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise BadForm({HEADER: "bad-key"})
    return key


async def fingerprint_of(request: web.Request) -> bytes:
    """Return what tells this request from another one under the same key."""
    body = await request.read()
    head = f"{request.method} {request.path_qs}\n".encode()
    return hashlib.sha256(head + body).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a key stands for: who asked, and for what."""

    actor: str
    key: str
    fingerprint: bytes


async def once(
    request: web.Request,
    work: Work,
    *,
    key: str,
    keeper: Keeper | None = None,
    places: Collection[Place] = (),
) -> Answer:
    """Do the work in a transaction of its own, or return the answer that it gave before.

    An empty key does the work each time.  A keeper makes the stored answer unreadable.  Those who
    want the same places, see `web.scheduling.queueing`, do their work one after the other.

    Raises:
        KeyReused: the key stands for another request.
        InProgress: the first request is still at work after five seconds.
        Contended: it was undone each time, or the queue for the places was too long.
    """
    gates = request.config_dict[GATES]
    if not key:
        async with gates.halls.passing(places):
            return await attempt(lambda: do(request, work))
    asked = Request(actor=require(request).name, key=key, fingerprint=await fingerprint_of(request))
    async with gates.passing(asked.actor, key), gates.halls.passing(places):
        return await attempt(lambda: do_once(request, asked, work, keeper or PLAIN))


async def do(request: web.Request, work: Work) -> Answer:
    """Do the work in a transaction."""
    async with request.config_dict[GATES].turns, transaction(request) as conn:
        return await work(conn)


async def do_once(request: web.Request, asked: Request, work: Work, keeper: Keeper) -> Answer:
    """Claim the key, do the work and keep its answer, all in one transaction."""
    now = request.config_dict[CLOCK]()
    async with request.config_dict[GATES].turns, transaction(request) as conn:
        kept = await begin_request(
            conn, actor=asked.actor, key=asked.key, request=asked.fingerprint, now=now
        )
        if kept is not None:
            return replace(kept, body=keeper.open(kept.body))
        answer = await work(conn)
        shut = replace(answer, body=keeper.seal(answer.body))
        await finish_request(conn, actor=asked.actor, key=asked.key, answer=shut)
        return answer
