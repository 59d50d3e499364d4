"""A connection that reads no more than it may, with or without TLS.

Sockets are driven directly: asyncio's transports read ahead by up to 256 KiB, and an endless
answer must cost us a few kilobytes.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from monitoring.addresses import Address
from monitoring.errors import NoAnswer

MOST_BYTES = 64 * 1024
PIECE_BYTES = 4096
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}

Answer = TypeVar("Answer")


@asynccontextmanager
async def connected(address: Address, port: int) -> AsyncIterator[socket.socket]:
    """Lend a socket that is connected to exactly this address."""
    with socket.socket(FAMILIES[address.version], socket.SOCK_STREAM) as sock:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (str(address), port))
        yield sock


def lenient() -> ssl.SSLContext:
    """Return a context that believes every certificate.

    Halls' codecs sign their own; what is asked is whether they answer, and nothing is told them.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


LENIENT = lenient()


class Plain:
    """Bytes as they are, counted."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.left = MOST_BYTES

    async def send(self, data: bytes) -> None:
        """Send it all."""
        await asyncio.get_running_loop().sock_sendall(self.sock, data)

    async def receive(self) -> bytes:
        """Return some bytes, none at the end.

        Raises:
            NoAnswer: the other side has sent more than anybody needs.
        """
        if self.left <= 0:
            raise NoAnswer("too-long")
        loop = asyncio.get_running_loop()
        data = await loop.sock_recv(self.sock, min(PIECE_BYTES, self.left))
        self.left -= len(data)
        return data


class Sealed:
    """The same through TLS; the bytes of the handshake count too."""

    def __init__(self, wire: Plain, name: str | None) -> None:
        self.wire = wire
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.session = LENIENT.wrap_bio(self.incoming, self.outgoing, server_hostname=name)

    async def send(self, data: bytes) -> None:
        """Shake hands if need be, and send it all."""
        await self._turn(lambda: self.session.write(data))

    async def receive(self) -> bytes:
        """Return some bytes, none at the end."""
        try:
            return await self._turn(lambda: self.session.read(PIECE_BYTES))
        except ssl.SSLZeroReturnError:
            return b""

    async def _turn(self, step: Callable[[], Answer]) -> Answer:
        """Do a step of the session, moving bytes both ways until it is done."""
        while True:
            try:
                answer = step()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            else:
                await self._flush()
                return answer

    async def _flush(self) -> None:
        if data := self.outgoing.read():
            await self.wire.send(data)

    async def _fill(self) -> None:
        if data := await self.wire.receive():
            self.incoming.write(data)
        else:
            self.incoming.write_eof()
