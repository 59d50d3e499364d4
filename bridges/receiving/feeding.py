"""The receiver's link to the database: drains its spool, learns which bridges there are.

Loaded only where there is a database.  While it is away the spool grows and nobody waits.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import asyncpg
import structlog

from bridges.errors import SpoolFull
from bridges.presence.evidence import row_of_event
from bridges.receiving.draining import BATCH, drain
from bridges.receiving.handling import Receiver
from bridges.receiving.holding import REPLAY, orders_for
from bridges.receiving.owners import owners_of
from bridges.registered.addresses import Addresses
from bridges.spooling.envelopes import unseal_all
from bridges.spooling.places import Place
from bridges.spooling.spool import Spool
from bridges.store import quarantine as store
from bridges.store.evidence import find_place
from bridges.store.secrets import list_senders
from bridges.store.strays import save_seen

log = structlog.get_logger(__name__)

CONNECT_LIMIT = timedelta(seconds=3)
COMMAND_LIMIT = timedelta(seconds=10)
RETRY = timedelta(seconds=1)
LOOK_EVERY = timedelta(seconds=2)
GATHER = timedelta(milliseconds=50)
BUSY = timedelta(milliseconds=500)
SETTINGS = {"application_name": "diemcau receiver", "timezone": "UTC"}
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


def log_as_json() -> None:
    """Write our lines as the program beside us does: one JSON object an event, on stderr."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


class Feeder:
    """Feeds the database from a spool for as long as its task runs."""

    def __init__(self, receiver: Receiver, database_url: str) -> None:
        self.receiver = receiver
        self.spool = receiver.events
        self.quarantine = receiver.quarantine
        self.digests = receiver.digests
        self.database_url = database_url
        self.addresses = Addresses()
        self._looked_at = float("-inf")

    async def run(self) -> None:
        """Feed until cancelled, connecting again whenever the database was away."""
        while True:
            try:
                await self.feed_once()
            except AWAY as error:
                log.warning("receiver without database", reason=type(error).__name__)
            except Exception:
                # Nobody else would drain any more: a bad day must not end it.
                log.exception("feeding failed")
            await asyncio.sleep(RETRY.total_seconds())

    async def feed_once(self) -> None:
        """Feed over one connection until it breaks."""
        conn = await asyncpg.connect(
            self.database_url,
            timeout=CONNECT_LIMIT.total_seconds(),
            command_timeout=COMMAND_LIMIT.total_seconds(),
            server_settings=SETTINGS,
        )
        try:
            while True:
                await self.look(conn)
                self.spool.news.clear()
                taken = await drain(conn, self.spool, row_of_event, now=datetime.now(UTC))
                await self.rest(taken)
        finally:
            conn.terminate()

    async def look(self, conn: asyncpg.Connection[asyncpg.Record]) -> None:
        """Ask which bridges there are, now and then and when one was refused."""
        due = time.monotonic() - self._looked_at >= LOOK_EVERY.total_seconds()
        if due or self.digests.doubt.is_set():
            self.digests.doubt.clear()
            await self.learn(conn)
            await self.sort(conn)
            await self.obey(conn)
            await self.report(conn)
            self._looked_at = time.monotonic()

    async def learn(self, conn: asyncpg.Connection[asyncpg.Record]) -> None:
        """Learn which bridges there are."""
        callers = await self.addresses.callers(await list_senders(conn))
        try:
            await self.digests.learn(callers)
        except OSError as error:
            # Draining makes room, so it must not wait for this.
            log.warning("bridges not written down", reason=error.strerror)

    async def sort(self, conn: asyncpg.Connection[asyncpg.Record]) -> None:
        """Hold what was nobody's back for the bridge whose it turns out to be."""
        try:
            await self.quarantine.sort(partial(owners_of, conn))
        except SpoolFull:
            # Draining makes room, so it must not wait for this.
            log.warning("events of nobody wait for room")

    async def obey(self, conn: asyncpg.Connection[asyncpg.Record]) -> None:
        """Carry out what administrators want done with the events held back."""
        for order in await orders_for(conn, self.spool.name, datetime.now(UTC)):
            try:
                records = await self.carry_out(order)
            except SpoolFull:
                # Draining makes room, so it must not wait for this.
                log.warning("order waits for room", bridge=order.bridge, action=order.action)
                continue
            await store.insert_done(conn, order.id, self.spool.name, records)
            log.info("order carried out", bridge=order.bridge, action=order.action, events=records)

    async def carry_out(self, order: store.Order) -> int:
        """Do what is wanted of one bridge's events; return of how many."""
        if order.action == REPLAY:
            return await self.quarantine.replay(order.bridge, self.spool, order.ordered_at)
        return await self.quarantine.discard(order.bridge, order.ordered_at)

    async def report(self, conn: asyncpg.Connection[asyncpg.Record]) -> None:
        """Write what is held back, how much waits on disk and since when, what came of the rest."""
        place = await find_place(conn, self.spool.name)
        report = store.Report(
            depth=self.spool.depth(place),
            lag=await asyncio.to_thread(lag_of, self.spool, place, time.time()),
            held=await asyncio.to_thread(self.quarantine.held),
            outcomes=self.receiver.outcomes(),
        )
        await store.save_report(conn, self.spool.name, report, datetime.now(UTC))
        seen = self.receiver.strays.unwritten()
        await save_seen(conn, seen)
        self.receiver.strays.forget(seen)

    async def rest(self, taken: int) -> None:
        """Wait for something to do; in a flood leave the machine to the senders for a while."""
        if taken >= BATCH:
            await self.wait_for_lull()
            return
        waiting = [
            asyncio.ensure_future(event.wait()) for event in (self.spool.news, self.digests.doubt)
        ]
        with suppress(TimeoutError):
            await asyncio.wait(
                waiting, timeout=LOOK_EVERY.total_seconds(), return_when=asyncio.FIRST_COMPLETED
            )
        for waiter in waiting:
            waiter.cancel()
        await asyncio.sleep(GATHER.total_seconds())

    async def wait_for_lull(self) -> None:
        """Wait until no event comes for a moment, but not for long."""
        for _ in range(BUSY // GATHER):
            before = self.spool.end
            await asyncio.sleep(GATHER.total_seconds())
            if self.spool.end == before:
                return


def lag_of(spool: Spool, place: Place, now: float) -> float:
    """Return for how many seconds the oldest record from a place on has been waiting."""
    oldest = unseal_all(spool.read(place, limit=1).records)
    return max(0.0, now - oldest[0].received_at.timestamp()) if oldest else 0.0
