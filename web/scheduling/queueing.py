"""The queue for halls: those who book the same ones stand in line before they take a connection.

The store's own locks keep promises apart; this line only spares connections, so it need not know
every hall: those of groups are found by a query, and their bookers wait in the store.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeAlias

from meetings.errors import Contended
from meetings.ids import SiteId
from meetings.period import Period
from meetings.store.claims import lock_keys

LONGEST_QUEUE = timedelta(seconds=5)

Place: TypeAlias = tuple[int, int]
"""A slot of a day and a bucket of halls, as the store locks them."""


class Queue:
    """Lets one writer at a time to each place, in the order in which they came."""

    def __init__(self, longest: timedelta = LONGEST_QUEUE) -> None:
        self.longest = longest
        self.locks: dict[Place, asyncio.Lock] = {}
        self.waiting: Counter[Place] = Counter()

    @asynccontextmanager
    async def passing(self, places: Collection[Place]) -> AsyncIterator[None]:
        """Wait until nobody else is at any of the places.

        All take them in the same order, so nobody waits in a circle.

        Raises:
            Contended: it takes too long.
        """
        wanted = sorted(set(places))
        self.waiting.update(wanted)
        held: list[asyncio.Lock] = []
        try:
            await self._take([self.locks.setdefault(one, asyncio.Lock()) for one in wanted], held)
            yield
        finally:
            for lock in held:
                lock.release()
            self._leave(wanted)

    async def _take(self, locks: Collection[asyncio.Lock], held: list[asyncio.Lock]) -> None:
        """Take the locks one after the other; `held` says which were had when it failed."""
        try:
            async with asyncio.timeout(self.longest.total_seconds()):
                for lock in locks:
                    await lock.acquire()
                    held.append(lock)
        except TimeoutError as error:
            raise Contended from error

    def _leave(self, places: Collection[Place]) -> None:
        """Forget the places that nobody waits for any more."""
        self.waiting.subtract(places)
        for one in places:
            if not self.waiting[one]:
                del self.waiting[one], self.locks[one]


def places_of(sites: Collection[int], period: Period) -> list[Place]:
    """Return where those who book these halls meet."""
    return lock_keys([SiteId(site) for site in sites], period)
