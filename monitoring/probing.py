"""Looking at every target in its turn, and handing what was seen to the store once a second.

`run` never waits for the store: with it away, looking goes on and results wait in a bounded
buffer.  Whoever owns the jobs calls `reload` and `write` in turns of their own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial

import structlog

from meetings.store import Connection
from monitoring.buffer import Buffer
from monitoring.metrics import ProbeMetrics
from monitoring.model import Outcome, ProbeKind, Result, Target
from monitoring.probes import PROBES, Probe
from monitoring.schedule import Schedule
from monitoring.store.devices import list_enabled_targets
from monitoring.vantage import Vantage
from monitoring.watching import record

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 400
MOST_SILENT = 200
MOST_ECHOES = 5000
BATCH = 5000
TICK_SECONDS = 0.01
LONGEST_REST_SECONDS = 0.5

Transaction = Callable[[], AbstractAsyncContextManager[Connection]]
"""Lends a connection inside a transaction that is committed at the end of the block."""


class Prober:
    """Looks at all enabled targets until it is stopped."""

    def __init__(
        self,
        vantage: Vantage,
        metrics: ProbeMetrics,
        *,
        most_connections: int = MOST_CONNECTIONS,
        most_echoes: int = MOST_ECHOES,
        probes: Mapping[ProbeKind, Probe] = PROBES,
    ) -> None:
        self.vantage = vantage
        self.probes = probes
        self.metrics = metrics
        self.schedule = Schedule()
        self.buffer = Buffer()
        self.changed = asyncio.Event()
        self.echoes = Lane(most_echoes)
        self.connections = Lane(most_connections)
        self.silent = Lane(MOST_SILENT)
        self.tasks: set[asyncio.Task[None]] = set()

    async def reload(self, transaction: Transaction) -> None:
        """Read again what is to be looked at."""
        async with transaction() as conn:
            targets = await list_enabled_targets(conn)
        self.schedule.sync(targets, time.monotonic())
        self.changed.set()

    async def write(self, transaction: Transaction) -> None:
        """Write what was seen, oldest first; what could not be written waits for the next turn."""
        lost, self.buffer.lost = self.buffer.lost, 0
        self.metrics.lost.inc(lost)
        with self.buffer.batch(BATCH) as results:
            if results:
                async with transaction() as conn:
                    await record(conn, results)

    async def run(self, stop: asyncio.Event) -> None:
        """Look at targets as their turns come, until `stop` is set; then let go of what runs."""
        try:
            while not stop.is_set():
                self._start_due()
                await self._rest()
        finally:
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    def _start_due(self) -> None:
        """Start what is due; looks that find no room wait, each target at most once."""
        while (turn := self.schedule.pop(time.monotonic())) is not None:
            task = asyncio.create_task(self._take_turn(*turn), name="look")
            self.tasks.add(task)
            task.add_done_callback(partial(self._ended, turn[0]))

    async def _rest(self) -> None:
        """Rest until the next turn or a change of targets; never long, so `stop` is seen."""
        due = self.schedule.next_due()
        seconds = LONGEST_REST_SECONDS if due is None else due - time.monotonic()
        self.changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(max(seconds, TICK_SECONDS), LONGEST_REST_SECONDS)):
                await self.changed.wait()

    async def _take_turn(self, target: Target, due: float) -> None:
        async with self.lane(target):
            self.metrics.lag.observe(time.monotonic() - due)
            await self.look(target)

    def lane(self, target: Target) -> Lane:
        """Return where a look waits for room.

        Targets known to be down have room of their own: each holds it until its time-out, and
        must not hold up those that answer.
        """
        if target.probe is ProbeKind.ICMP:
            return self.echoes
        return self.silent if self.schedule.is_down(target) else self.connections

    async def look(self, target: Target) -> None:
        """Look once, now, and keep what was seen."""
        with self.metrics.running.track_inprogress():
            result = await self.probes[target.probe](target, self.vantage)
        self.keep(target, result)

    def keep(self, target: Target, result: Result) -> None:
        """Put a result where it is written from, and plan the target's next turn."""
        self.metrics.count(target.probe, result)
        self.buffer.add(result)
        busy = self.lane(target).is_busy
        self.schedule.done(target, result.outcome, time.monotonic(), busy=busy)

    def _ended(self, target: Target, task: asyncio.Task[None]) -> None:
        """Let go of a look; a probe that broke is a bug, and must not end watching."""
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("probe broke", target=target.id, error=repr(error))
            self.schedule.done(target, Outcome.UNSEEN, time.monotonic())


class Lane:
    """Room for so many looks at once; more than half full is busy."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.running = 0
        self.room = asyncio.Semaphore(most)

    async def __aenter__(self) -> None:
        await self.room.acquire()
        self.running += 1

    async def __aexit__(self, *_: object) -> None:
        self.running -= 1
        self.room.release()

    @property
    def is_busy(self) -> bool:
        """Tell whether looks in doubt would take room from others."""
        return self.running > self.most // 2
