"""A line between a page and a Prosody that can be cut, and mended."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Line:
    """Carries what is said to a port; nothing, while it is cut."""

    to: int
    port: int = 0
    is_cut: bool = False
    ends: set[StreamWriter] = field(default_factory=set)

    async def carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Carry one connection, both ways."""
        if self.is_cut:
            writer.close()
            return
        back, there = await asyncio.open_connection("127.0.0.1", self.to)
        self.ends |= {writer, there}
        try:
            await asyncio.gather(pump(reader, there), pump(back, writer))
        finally:
            self.ends -= {writer, there}

    def cut(self) -> None:
        """Lose every connection without a word, and take none."""
        self.is_cut = True
        for end in self.ends:
            end.transport.abort()

    def mend(self) -> None:
        """Take connections again."""
        self.is_cut = False


async def pump(reader: StreamReader, writer: StreamWriter) -> None:
    """Hand on what comes, to its end."""
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def line(to: int) -> AsyncIterator[Line]:
    """Lay a line to a port of this machine."""
    made = Line(to=to)
    server = await asyncio.start_server(made.carry, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.cut()
