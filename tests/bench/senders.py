"""Bridges that post events at the least cost: a connection for each, and no asyncio.

The machine is shared with what is measured, so that a dear sender would be the figure.
"""

import select
import socket
import time
from collections.abc import Callable, Iterator
from itertools import islice

from tests.bench.measuring import Series

LONGEST_ANSWER = 4096


def deliver(port: int, senders: int, events: int, event: Callable[[int], bytes]) -> Series:
    """Post events, each sender its next as soon as it heard of the last; demand 200 for each."""
    return Deliverer(port, map(event, range(events))).run(senders)


class Deliverer:
    """The senders' connections, waited for together."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.address = ("127.0.0.1", port)
        self.requests = requests
        self.poll = select.epoll()
        self.open: dict[int, tuple[socket.socket, float]] = {}
        self.latencies: list[float] = []

    def run(self, senders: int) -> Series:
        """Post everything."""
        began = time.perf_counter()
        with self.poll:
            self.begin(senders)
            while self.open:
                ready = self.poll.poll()
                for number, _ in ready:
                    self.hear(number)
                self.begin(len(ready))
        return Series(tuple(self.latencies), time.perf_counter() - began)

    def begin(self, count: int) -> None:
        """Post the next events, if there are any."""
        for request in islice(self.requests, count):
            began = time.perf_counter()
            taken = socket.socket()
            taken.connect(self.address)
            taken.send(request)
            self.poll.register(taken, select.EPOLLIN)
            self.open[taken.fileno()] = (taken, began)

    def hear(self, number: int) -> None:
        """Take an answer and end its connection."""
        taken, began = self.open.pop(number)
        with taken:
            answer = taken.recv(LONGEST_ANSWER)
        if b" 200 " not in answer:
            raise RuntimeError(f"event refused: {answer!r}")
        self.latencies.append(time.perf_counter() - began)
