"""One ICMP socket for all targets of an IP version: raw as root, else as the kernel allows."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from itertools import count
from secrets import randbits, token_bytes

from monitoring.addresses import Address
from monitoring.echoes import COOKIE_BYTES, ECHO_REPLY, cookie_of, request
from monitoring.errors import Unseen

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
PROTOCOLS = {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
PACKETS_AT_ONCE = 256
LONGEST_PACKET = 2048

# linux/icmp.h: a raw socket of version 4 drops the types whose bits are set.
SOL_RAW, ICMP_FILTER = 255, 1


class Pinger:
    """Sends echo requests and hands each reply to whoever waits for it."""

    def __init__(self) -> None:
        self.sockets: dict[int, socket.socket] = {}
        self.waiting: dict[bytes, tuple[str, asyncio.Future[None]]] = {}
        self.identifier = randbits(16)
        self.prefix = token_bytes(COOKIE_BYTES // 2)
        self.numbers = count()

    async def echo(self, address: Address, *, tries: int, rest_seconds: float) -> None:
        """Return when the address answered one of some requests, sent one after another.

        Raises:
            Unseen: this process may not send echo requests.
            TimeoutError: no answer came.
            OSError: there is no way to that address.
        """
        sock = self._socket(address.version)
        number = next(self.numbers)
        cookie = self.prefix + struct.pack("!I", number & 0xFFFFFFFF)
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[cookie] = (str(address), answered)
        packet = request(address.version, self.identifier, number, cookie)
        try:
            for _ in range(tries):
                with suppress(BlockingIOError, InterruptedError):  # the next try is soon
                    sock.sendto(packet, (str(address), 0))
                done, _ = await asyncio.wait([answered], timeout=rest_seconds)
                if done:
                    return
        except PermissionError as error:  # a firewall of this machine, or a broadcast address
            raise Unseen("not-permitted") from error
        finally:
            del self.waiting[cookie]
        raise TimeoutError

    def _socket(self, version: int) -> socket.socket:
        if version not in self.sockets:
            sock = opened(version)
            asyncio.get_running_loop().add_reader(sock.fileno(), self._receive, version, sock)
            self.sockets[version] = sock
        return self.sockets[version]

    def _receive(self, version: int, sock: socket.socket) -> None:
        """Take what has come, but leave the loop to others after a while."""
        raw = sock.type == socket.SOCK_RAW
        for _ in range(PACKETS_AT_ONCE):
            try:
                packet, sender = sock.recvfrom(LONGEST_PACKET)
            except BlockingIOError:
                return
            except OSError:  # the kernel tells an earlier packet's fate here; its try times out
                continue
            self._take(cookie_of(version, packet, raw=raw), sender[0])

    def _take(self, cookie: bytes | None, sender: str) -> None:
        address, answered = self.waiting.get(cookie or b"", ("", None))
        if answered is not None and sender == address and not answered.done():
            answered.set_result(None)

    def close(self) -> None:
        """Close the sockets; what still waits times out."""
        for sock in self.sockets.values():
            asyncio.get_running_loop().remove_reader(sock.fileno())
            sock.close()
        self.sockets = {}


def opened(version: int) -> socket.socket:
    """Return a socket for echo requests, of whichever kind this process may have.

    Raises:
        Unseen: it may have none (neither CAP_NET_RAW nor net.ipv4.ping_group_range).
    """
    for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM):
        try:
            sock = socket.socket(FAMILIES[version], kind, PROTOCOLS[version])
        except OSError:
            continue
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        if kind is socket.SOCK_RAW and version == 4:  # noqa: PLR2004  # IP version 4
            only_replies = ~(1 << ECHO_REPLY[version]) & 0xFFFFFFFF
            sock.setsockopt(SOL_RAW, ICMP_FILTER, struct.pack("@I", only_replies))
        return sock
    raise Unseen("not-permitted")
