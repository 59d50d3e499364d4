"""Work for several bridges side by side: one that hangs keeps no other waiting.

A job hands out its work here; what takes long goes on by itself while the job takes its next turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import Self

from bridges.spreading import Spread, Work
from web.jobs import Job, finish, take_turn


class Errands:
    """Pieces of work by name, each done once at a time; the end waits for them, not for ever."""

    def __init__(self, *, patience: timedelta, limit: timedelta) -> None:
        self._patience = patience
        self._limit = limit
        self._tasks: dict[tuple[str, Hashable], asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what is being done, then cancel it."""
        await finish(list(self._tasks.values()))

    def of(self, job: str) -> Spread:
        """Return how a job hands out its work; names are its own."""

        async def spread(works: Mapping[Hashable, Work]) -> None:
            """Begin what is not being done already, and wait a while for that."""
            begun = [
                self._start(job, name, work)
                for name, work in works.items()
                if (job, name) not in self._tasks
            ]
            if begun:
                await asyncio.wait(begun, timeout=self._patience.total_seconds())

        return spread

    def _start(self, job: str, name: Hashable, work: Work) -> asyncio.Task[None]:
        """Begin one piece; whatever it raises is logged, as of the job."""
        key = job, name
        turn = Job(name=job, work=work, every=self._patience, limit=self._limit)
        task = self._tasks[key] = asyncio.create_task(take_turn(turn), name=f"errand {key}")
        task.add_done_callback(lambda _: self._tasks.pop(key))
        return task
