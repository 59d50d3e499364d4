"""What waits to be written: one flush takes all that came while the one before was under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from bridges.errors import SpoolFull

PATIENCE = timedelta(seconds=8)
"""With a disk that hangs.  Prosody gives an event up for good where nobody answers for 20 s."""

Told = Callable[[SpoolFull | None], None]
"""Hears how a write went; must not raise."""

Waiting = tuple[bytes, Told]
"""Records as they stand in a file, and who waits for them."""


Result = TypeVar("Result")


class Queue:
    """Gives to `write`, on a thread of its own, what is put here; close it at the end."""

    def __init__(self, name: str, write: Callable[[bytes], None]) -> None:
        self.failing = False
        self.news = asyncio.Event()
        self._name = name
        self._write = write
        self._waiting: list[Waiting] = []
        self._flusher: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")

    async def close(self) -> None:
        """Write what waits and end the thread."""
        if self._flusher is not None:
            await self._flusher
        self._disk.shutdown()

    async def next(self, work: Callable[[], Result]) -> Result:
        """Do something between two writes; what is still to be written is not waited for."""
        return await asyncio.get_running_loop().run_in_executor(self._disk, work)

    def put(self, framed: bytes, told: Told) -> None:
        """Let it be written with the next flush."""
        self._waiting.append((framed, told))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush(), name=self._name)

    async def written(self, framed: bytes) -> None:
        """Return when it would survive a crash.

        Raises:
            SpoolFull: the disk did not take it.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.put(framed, lambda error: settle(done, error))
        await done

    async def _flush(self) -> None:
        """Write all that waits, at once, until nothing does."""
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                await self._flush_these(waiting)
        finally:
            self._flusher = None

    async def _flush_these(self, waiting: list[Waiting]) -> None:
        """Write and tell who waits."""
        self._hurry(waiting)
        try:
            data = b"".join(framed for framed, _ in waiting)
            await self.next(lambda: self._write(data))
        except Exception as error:
            self.failing = True
            tell_all(waiting, SpoolFull())
            if not isinstance(error, OSError):
                raise
        else:
            self.failing = False
            self.news.set()
            tell_all(waiting, None)
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def _hurry(self, waiting: list[Waiting]) -> None:
        """Let nobody wait for a disk that hangs."""
        later, patience = asyncio.get_running_loop().call_later, PATIENCE.total_seconds()
        self._timer = later(patience, self._give_up, waiting)

    def _give_up(self, waiting: list[Waiting]) -> None:
        """Tell all who wait that the disk did not take it; look again while it hangs."""
        late = [*waiting, *self._waiting]
        waiting.clear()
        self._waiting.clear()
        self.failing = True
        self._hurry(waiting)
        tell_all(late, SpoolFull())


def tell_all(waiting: Sequence[Waiting], error: SpoolFull | None) -> None:
    """Tell everybody who waits how the write went."""
    for _, told in waiting:
        told(error)


def settle(done: asyncio.Future[None], error: SpoolFull | None) -> None:
    """Wake who awaits a record, unless it no longer does."""
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
