"""Asking for rooms: one question serves all who come meanwhile, a refusal is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bridges.trial.config import TrialConfig
from bridges.trial.errors import ReservationRefused
from bridges.trial.model import OccupantJid, RoomName
from bridges.trial.reservations import Approved, Refused, Verdict
from bridges.trial.sending import Sender

log = structlog.get_logger(__name__)


class Asking:
    """The questions under way and the refusals that still stand.

    `approve` makes the room, before anybody who waited for it goes on.
    """

    def __init__(
        self, config: TrialConfig, sender: Sender, approve: Callable[[RoomName, Approved], None]
    ) -> None:
        self._config = config
        self._sender = sender
        self._approve = approve
        self._waiting: dict[RoomName, list[asyncio.Future[Verdict]]] = {}
        self._refusals: dict[RoomName, tuple[Refused, datetime]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, name: RoomName, owner: OccupantJid) -> None:
        """Wait until the room is made.

        Raises:
            ReservationRefused: now, or less than half a minute ago.
        """
        verdict = self._remembered(name) or await self._verdict(name, owner)
        if isinstance(verdict, Refused):
            raise ReservationRefused(verdict.code, verdict.text)

    def forget(self, now: datetime) -> None:
        """Drop the refusals that no longer stand."""
        standing = {name: (told, end) for name, (told, end) in self._refusals.items() if end > now}
        self._refusals = standing

    async def stop(self) -> None:
        """Drop the questions under way; who waits is told as if the service were down."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _remembered(self, name: RoomName) -> Refused | None:
        """Return the refusal that still stands for a room."""
        refused, until = self._refusals.get(name, (None, None))
        return refused if until is not None and self._config.clock() < until else None

    async def _verdict(self, name: RoomName, owner: OccupantJid) -> Verdict:
        """Return what the service says, asking it unless somebody is doing so."""
        waiting: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        if name not in self._waiting:
            self._waiting[name] = []
            task = asyncio.create_task(self._question(name, owner), name=f"trial asks for {name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._waiting[name].append(waiting)
        return await waiting

    async def _question(self, name: RoomName, owner: OccupantJid) -> None:
        """Ask, make the room or remember the refusal, release who waits: last come, first."""
        verdict: Verdict = Refused(code=0, text="Rejected by reservation server")
        try:
            verdict = await self._sender.reserve(name, owner)
            self._conclude(name, verdict)
        finally:
            for waiting in reversed(self._waiting.pop(name)):
                if not waiting.done():
                    waiting.set_result(verdict)

    def _conclude(self, name: RoomName, verdict: Verdict) -> None:
        """Make the room, or remember that it is refused."""
        if isinstance(verdict, Approved):
            self._approve(name, verdict)
            return
        log.info("trial room refused", room=name, status=verdict.code)
        until = self._config.clock() + self._config.timing.refusal_remembered
        self._refusals[name] = (verdict, until)
