"""Making addresses of names without letting a dead name server hold anything else up.

The system's resolver blocks, so it runs in a few threads of its own; they are daemons, so that a
name server that never answers does not keep the program from stopping.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from time import monotonic

from monitoring.addresses import Address, parse, plain
from monitoring.errors import NoAnswer, Unseen

THREADS = 4
MOST_WAITING = 256
KEEP_SECONDS = 60.0
LARGEST_CACHE = 20_000

# The name server said there is no such name; anything else says nothing about the name.
NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})

Lookup = Callable[[str], list[str]]
"""Blocks until the name server answered; gives addresses, or raises OSError or ValueError."""

Asked = tuple[str, "asyncio.Future[Address]"]


def system_lookup(name: str) -> list[str]:
    """Ask as every other program on this machine does."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


class Resolver:
    """Names and what they meant a moment ago; one question for all who ask the same."""

    def __init__(self, lookup: Lookup = system_lookup) -> None:
        self.lookup = lookup
        self.queue: SimpleQueue[Asked | None] = SimpleQueue()
        self.waiting: dict[str, asyncio.Future[Address]] = {}
        self.known: dict[str, tuple[float, Address]] = {}
        self.threads: list[Thread] = []

    async def address(self, host: str) -> Address:
        """Return the address of a host; one that is written in digits never waits.

        Raises:
            NoAnswer: there is no such name.
            Unseen: nobody can tell us now, so nothing is known of the host.
        """
        if (written := parse(host)) is not None:
            return plain(written)
        kept = self.known.get(host)
        if kept is not None and monotonic() < kept[0]:
            return kept[1]
        return await asyncio.shield(self._ask(host))

    def _ask(self, host: str) -> asyncio.Future[Address]:
        if (asked := self.waiting.get(host)) is not None:
            return asked
        if len(self.waiting) >= MOST_WAITING:
            raise Unseen("names-busy")
        self._start()
        future: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        self.waiting[host] = future
        self.queue.put((host, future))
        return future

    def _start(self) -> None:
        if not self.threads:
            self.threads = [
                Thread(target=self._work, name="names", daemon=True) for _ in range(THREADS)
            ]
            for thread in self.threads:
                thread.start()

    def close(self) -> None:
        """Let the threads end when they next look up; nobody waits for them."""
        for _ in self.threads:
            self.queue.put(None)
        self.threads = []

    def _work(self) -> None:
        while (asked := self.queue.get()) is not None:
            host, future = asked
            answer = looked_up(self.lookup, host)
            loop = future.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._settle, host, future, answer)

    def _settle(
        self, host: str, future: asyncio.Future[Address], answer: Address | NoAnswer | Unseen
    ) -> None:
        self.waiting.pop(host, None)
        if isinstance(answer, NoAnswer | Unseen):
            future.set_exception(answer)
            future.exception()  # whoever asked may have given up; that is no loss to log
            return
        if len(self.known) >= LARGEST_CACHE:
            self.known.clear()
        self.known[host] = (monotonic() + KEEP_SECONDS, answer)
        future.set_result(answer)


def looked_up(lookup: Lookup, host: str) -> Address | NoAnswer | Unseen:
    """Return the first address of a name, or the fact that keeps us from one."""
    try:
        found = [parse(spelled) for spelled in lookup(host)]
    except socket.gaierror as error:
        no_name = error.errno in NO_SUCH_NAME
        return NoAnswer("no-such-name") if no_name else Unseen("names-unavailable")
    except (OSError, ValueError):
        return Unseen("names-unavailable")
    addresses = [address for address in found if address is not None]
    return plain(addresses[0]) if addresses else NoAnswer("no-such-name")
