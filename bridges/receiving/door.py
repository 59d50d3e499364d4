"""The receiver's socket: a connection for each event, as Prosody opens them, at the least cost.

Raw sockets, not aiohttp: the kernel hands over a connection when its request is there, so that
most events cost one accept, one read, one write.  What comes in pieces is given to asyncio.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from bridges.errors import SpoolFull
from bridges.receiving import heads, posts
from bridges.receiving.astray import Setting, Strays
from bridges.receiving.callers import Network
from bridges.receiving.digests import Digests
from bridges.receiving.heads import BadHead, Head
from bridges.receiving.pieces import END, Pieces
from bridges.receiving.posts import Keep, Known, Verdict
from bridges.receiving.quarantine import Quarantine
from bridges.spooling.envelopes import record
from bridges.spooling.spool import Spool

BACKLOG = 4096
AT_ONCE = 64
FIRST_BYTES = 64 * 1024
REST = timedelta(milliseconds=50)
SHORTAGE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

Reply = Callable[[bytes], None]


@dataclass(slots=True, kw_only=True)
class Receiver:
    """What all connections share: what is kept where, who may speak, what was counted and seen."""

    events: Spool
    quarantine: Quarantine
    digests: Digests
    proxies: Sequence[Network] = ()
    counts: Counter[tuple[str, Keep]] = field(default_factory=Counter)
    strays: Strays = field(default_factory=Strays)

    def handle(self, head: Head, body: bytes, peer: str, reply: Reply) -> None:
        """Answer a whole request of a peer, an event only when it is on disk."""
        if head.path == heads.HEALTH:
            reply(heads.health(self.figures(), failing=self.events.failing))
            return
        verdict = self.judge(head, body, peer)
        self.counts[verdict.bridge, verdict.keep] += 1
        if verdict.keep is not Keep.EVENT:
            self.digests.doubt.set()
        if verdict.keep is Keep.NOTHING:
            self.notice(head, peer, verdict)
            reply(heads.answer(verdict.status))
            return
        microseconds = time.time_ns() // 1000
        heard = b"" if head.unheard else body
        kept = record(verdict.whose, verdict.path, microseconds, heard, why=verdict.keep.why)

        def told(error: SpoolFull | None) -> None:
            reply(heads.answer(outcome(error, verdict)))

        if verdict.keep is Keep.EVENT:
            self.strays.came_right(verdict.bridge, Setting.EVENTS, datetime.now(UTC))
            self.events.add(kept, told)
        else:
            self.quarantine.add(verdict.bridge, kept, told)

    def notice(self, head: Head, peer: str, verdict: Verdict) -> None:
        """Remember a call to an address where nothing is, if it may be a bridge's."""
        if verdict.status is HTTPStatus.NOT_FOUND:
            known = Known(callers=self.digests.known, proxies=self.proxies)
            if stray := posts.stray(head, known, peer=peer, now=time.time()):
                self.strays.note(stray)

    def judge(self, head: Head, body: bytes, peer: str) -> Verdict:
        """Return what to do with a request that is no health check."""
        known = Known(callers=self.digests.known, proxies=self.proxies)
        return posts.decide(head, body, known, peer=peer, now=time.time())

    def refuse(self, error: BadHead) -> bytes:
        """Count what is no request, and return the answer."""
        self.counts["", Keep.NOTHING] += 1
        return heads.answer(error.status)

    def turn_away(self, head: Head | None) -> HTTPStatus:
        """Count a request that was not whole in time, and return what its sender hears."""
        known = Known(callers=self.digests.known, proxies=self.proxies)
        verdict = posts.late(head, known, now=time.time())
        self.counts[verdict.bridge, verdict.keep] += 1
        return verdict.status

    def is_stranger(self, head: Head, peer: str) -> bool:
        """Tell from a head that nothing of the body will be kept, so that it need not be heard."""
        return head.path != heads.HEALTH and self.judge(head, b"", peer).keep is Keep.NOTHING

    def figures(self) -> Mapping[str, int]:
        """Return what a health check tells."""
        sums = Counter(dict.fromkeys(Keep, 0))
        for (_, kind), number in self.counts.items():
            sums[kind] += number
        return {kind.value: sums[kind] for kind in Keep} | {"spool": self.events.size()}

    def outcomes(self) -> dict[str, dict[str, int]]:
        """Return what became of each bridge's events; strangers are counted together, as ""."""
        told: dict[str, dict[str, int]] = {}
        for (bridge, kind), number in self.counts.items():
            told.setdefault(bridge, {})[kind.value] = number
        return told


def outcome(error: SpoolFull | None, verdict: Verdict) -> HTTPStatus:
    """Return the status after the disk had its say; what it did not take must come again.

    That holds for what is held back too: a bridge never sends again what was refused.
    """
    return verdict.status if error is None else HTTPStatus.SERVICE_UNAVAILABLE


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
