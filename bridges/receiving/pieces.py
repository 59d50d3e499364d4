"""Connections whose request is not whole at once: so long, so many, and no more.

Whoever sends one byte and waits costs a descriptor.  When there are too many the oldest has to go,
so that strangers never keep a bridge out, whose request comes whole.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import cast

from bridges.receiving import heads
from bridges.receiving.handling import Receiver
from bridges.receiving.heads import BadHead, Head

PATIENCE = timedelta(seconds=10)
MOST_WAITING = 512
"""Well below the 1,024 descriptors that a process has where nobody raised them."""
MOST_BYTES = 64 * 1024**2
"""Of all bodies that are announced and not there; as many as may wait would be 4 GiB."""
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
        self.announced = 0
        self.is_judged = False
        self.is_answered = False
        self.lingers = False
        self.transport: asyncio.Transport | None = None
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the sender a limited time for the whole request."""
        self.transport = cast("asyncio.Transport", transport)
        self.timer = asyncio.get_running_loop().call_later(PATIENCE.total_seconds(), self.give_up)
        self.waiting[self] = None
        if len(self.waiting) > MOST_WAITING:
            next(iter(self.waiting)).give_way()
        self.data_received(b"")

    def data_received(self, data: bytes) -> None:
        """Collect the request and act when it is whole; what comes later is not looked at."""
        if self.is_judged or self.transport is None or self.transport.is_closing():
            return
        self.buffer += data
        try:
            if self.head is None and not self.read_head():
                return
        except BadHead as error:
            self.write(self.receiver.refuse(error))
            return
        if self.head is not None:
            self.hear(self.head, self.transport)

    def read_head(self) -> bool:
        """Read the head if it is there, and take it off the buffer."""
        end = self.buffer.find(END)
        if end < 0:
            if len(self.buffer) > heads.LARGEST_HEAD:
                raise BadHead(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return False
        self.head = heads.parse_head(bytes(self.buffer[:end]))
        del self.buffer[: end + len(END)]
        return True

    def hear(self, head: Head, transport: asyncio.Transport) -> None:
        """Act on a request that is whole, or of which the rest is not wanted.

        Whose it is shows in its head, so that is not asked again with each piece.
        """
        stranger = not self.announced and self.receiver.is_stranger(head, self.address)
        if not (stranger or head.unheard or len(self.buffer) >= head.length):
            self.announce(head.length)
            return
        self.is_judged = True
        self.lingers = head.unheard is not None and not stranger
        if not self.lingers:
            transport.pause_reading()
        whole = bytes(self.buffer[: head.length])
        self.receiver.handle(head, whole, self.address, self.write)

    def announce(self, length: int) -> None:
        """Take room for a body that is known to come; the oldest who wait for theirs must go."""
        if self.announced:
            return
        self.announced = length
        every = [one for one in self.waiting if one.announced]
        taken = sum(one.announced for one in every)
        for one in every:
            if taken <= MOST_BYTES:
                return
            taken -= one.announced
            one.give_way()

    def give_way(self) -> None:
        """Go, so that others find room; a bridge that was too slow sends it again."""
        self.waiting.pop(self, None)
        self.lingers = False
        if self.is_answered and self.transport is not None:
            self.transport.abort()
        else:
            self.write(heads.answer(HTTPStatus.SERVICE_UNAVAILABLE))

    def give_up(self) -> None:
        """Answer whoever took too long, or whom the disk lets wait too long.

        Who sent nothing hears nothing: no bridge has told who it is, and Prosody tries again.
        """
        nothing_came = self.head is None and not self.buffer
        if self.transport is not None and (nothing_came or self.is_answered):
            self.transport.abort()
        elif self.is_judged:
            self.write(heads.answer(HTTPStatus.SERVICE_UNAVAILABLE))
        else:
            self.write(heads.answer(self.receiver.turn_away(self.head)))

    def write(self, told: bytes) -> None:
        """Send the answer and close; a sender that is gone hears nothing.

        A bridge that is still sending may finish: closed at once, the connection would be reset,
        and the answer lost.
        """
        if self.transport is None or self.transport.is_closing() or self.is_answered:
            return
        self.is_answered = True
        self.transport.write(told)
        if self.lingers:
            self.transport.write_eof()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the timer; an event that is being written is kept all the same."""
        self.waiting.pop(self, None)
        if self.timer is not None:
            self.timer.cancel()
