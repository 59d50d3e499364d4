"""The receiver's socket: a connection for each event, as Prosody opens them, at the least cost.

Raw sockets, not aiohttp: the kernel hands over a connection when its request is there, so that
most events cost one accept, one read, one write.  What comes in pieces is given to asyncio.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from datetime import timedelta

from bridges.receiving import heads
from bridges.receiving.handling import Receiver
from bridges.receiving.heads import BadHead
from bridges.receiving.pieces import END, Pieces

BACKLOG = 4096
AT_ONCE = 64
FIRST_BYTES = 64 * 1024
REST = timedelta(milliseconds=50)
SHORTAGE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Door:
    """The listening socket; taken when made, given up by `close`."""

    def __init__(self, receiver: Receiver, host: str, port: int) -> None:
        self.receiver = receiver
        self.loop = asyncio.get_running_loop()
        self.tasks: set[asyncio.Task[object]] = set()
        self.waiting: dict[Pieces, None] = {}
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self.listener.setblocking(False)
        self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
        self.listen()

    def close(self) -> None:
        """Take nobody any more; a second time does nothing."""
        if self.listener.fileno() >= 0:
            self.loop.remove_reader(self.listener.fileno())
            self.listener.close()

    def accept(self) -> None:
        """Take those who wait, not all at once: the disk's answers must get their turn."""
        for _ in range(AT_ONCE):
            try:
                taken, address = self.listener.accept()
                peer = taken.detach()
            except OSError as error:
                # Nobody waits, or somebody hung up.
                if error.errno in SHORTAGE:
                    self.rest()
                return
            self.greet(peer, str(address[0]))

    def rest(self) -> None:
        """Take nobody for a moment: asked again at once, the machine would be busy with that."""
        self.loop.remove_reader(self.listener.fileno())
        self.loop.call_later(REST.total_seconds(), self.listen)

    def listen(self) -> None:
        """Take who comes, unless the door was closed meanwhile."""
        if self.listener.fileno() >= 0:
            self.loop.add_reader(self.listener.fileno(), self.accept)

    def greet(self, peer: int, address: str) -> None:
        """Answer a request that is wholly there; else wait for the rest."""
        os.set_blocking(peer, False)
        try:
            data = os.read(peer, FIRST_BYTES)
        except BlockingIOError:
            data = b""
        except OSError:
            os.close(peer)
            return
        end = data.find(END)
        try:
            head = heads.parse_head(data[:end]) if end >= 0 else None
        except BadHead as error:
            farewell(peer, self.receiver.refuse(error))
            return
        body = data[end + len(END) :]
        if head is not None and not head.unheard and len(body) >= head.length:
            whole = body[: head.length]
            self.receiver.handle(head, whole, address, lambda told: farewell(peer, told))
        else:
            self.wait_for(peer, address, data)

    def wait_for(self, peer: int, address: str, data: bytes) -> None:
        """Give a connection whose request is not whole to asyncio."""
        taken = socket.socket(fileno=peer)
        task: asyncio.Task[object] = self.loop.create_task(
            self.loop.connect_accepted_socket(
                lambda: Pieces(self.receiver, address, data, self.waiting), taken
            )
        )
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


def farewell(peer: int, told: bytes) -> None:
    """Send an answer, which fits any socket's buffer, and close; who is gone hears nothing."""
    try:
        os.write(peer, told)
    except OSError:
        return
    finally:
        os.close(peer)
