"""Connections whose request is not whole at once: so long, so many, and no more.

Whoever sends one byte and waits costs a descriptor.  When there are too many the oldest has to go,
so that strangers never keep a bridge out, whose request comes whole.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from bridges.receiving import posts
from bridges.receiving.posts import BadHead, Head

if TYPE_CHECKING:
    from bridges.receiving.door import Receiver

PATIENCE = timedelta(seconds=10)
MOST_WAITING = 512
"""Well below the 1,024 descriptors that a process has where nobody raised them."""
END = b"\r\n\r\n"


class Pieces(asyncio.Protocol):
    """A connection whose request comes in pieces: one request, one answer, then it closes."""

    def __init__(
        self, receiver: Receiver, address: str, data: bytes, waiting: dict[Pieces, None]
    ) -> None:
        self.receiver = receiver
        self.waiting = waiting
        self.address = address
        self.buffer = bytearray(data)
        self.head: Head | None = None
        self.transport: asyncio.Transport | None = None
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the sender a limited time for the whole request."""
        self.transport = cast("asyncio.Transport", transport)
        self.timer = asyncio.get_running_loop().call_later(
            PATIENCE.total_seconds(), self.write, posts.answer(HTTPStatus.REQUEST_TIMEOUT)
        )
        self.waiting[self] = None
        if len(self.waiting) > MOST_WAITING:
            self.waiting.pop(oldest := next(iter(self.waiting)))
            # A bridge that was too slow sends it again.
            oldest.write(posts.answer(HTTPStatus.SERVICE_UNAVAILABLE))
        self.data_received(b"")

    def data_received(self, data: bytes) -> None:
        """Collect the request; act when it is whole."""
        self.buffer += data
        try:
            if self.head is None and not self.read_head():
                return
        except BadHead as error:
            self.write(posts.answer(error.status))
            return
        head = self.head
        if head is None or self.transport is None or self.transport.is_closing():
            return
        whole_is_there = len(self.buffer) >= head.length
        if whole_is_there or self.receiver.is_stranger(head, self.address):
            self.transport.pause_reading()
            whole = bytes(self.buffer[: head.length])
            self.receiver.handle(head, whole, self.address, self.write)

    def read_head(self) -> bool:
        """Read the head if it is there, and take it off the buffer."""
        end = self.buffer.find(END)
        if end < 0:
            if len(self.buffer) > posts.LARGEST_HEAD:
                raise BadHead(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return False
        self.head = posts.parse_head(bytes(self.buffer[:end]))
        del self.buffer[: end + len(END)]
        return True

    def write(self, told: bytes) -> None:
        """Send the answer and close; a sender that is gone hears nothing."""
        if self.timer is not None:
            self.timer.cancel()
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(told)
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the timer; an event that is being written is kept all the same."""
        self.waiting.pop(self, None)
        if self.timer is not None:
            self.timer.cancel()
