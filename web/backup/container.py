"""Members in a row in one stream, of sizes that nobody knows in advance.

Each member is its name and its pieces, each with its length; an empty piece ends it.  An empty
name ends the container.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import Protocol

from web.backup.errors import CannotDecrypt

LENGTH = struct.Struct(">I")
LARGEST_PIECE = 1024 * 1024


class Sink(Protocol):
    """What takes bytes."""

    def write(self, data: bytes) -> None:
        """Take more."""


def begin(sink: Sink, name: str) -> None:
    """Open a member."""
    encoded = name.encode()
    sink.write(LENGTH.pack(len(encoded)) + encoded)


def add(sink: Sink, piece: bytes) -> None:
    """Add to the open member."""
    for start in range(0, len(piece), LARGEST_PIECE):
        part = piece[start : start + LARGEST_PIECE]
        sink.write(LENGTH.pack(len(part)) + part)


def end(sink: Sink) -> None:
    """Close the member; once more, with none open, the container."""
    sink.write(LENGTH.pack(0))


def put(sink: Sink, name: str, content: bytes) -> None:
    """Write a whole member."""
    begin(sink, name)
    add(sink, content)
    end(sink)


class Source:
    """Reads exact lengths from chunks of any size."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks = iter(chunks)
        self.held = bytearray()

    def take(self, length: int) -> bytes:
        """Return exactly that many bytes."""
        while len(self.held) < length:
            more = next(self.chunks, None)
            if more is None:
                raise CannotDecrypt
            self.held += more
        taken = bytes(self.held[:length])
        del self.held[:length]
        return taken

    def piece(self) -> bytes:
        """Return the next piece, empty at an end."""
        (length,) = LENGTH.unpack(self.take(LENGTH.size))
        if length > LARGEST_PIECE:
            raise CannotDecrypt
        return self.take(length)

    def pieces(self) -> Iterator[bytes]:
        """Give the open member's pieces."""
        while piece := self.piece():
            yield piece


def members(chunks: Iterable[bytes]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Give each member's name and pieces; pieces left unread are skipped."""
    source = Source(chunks)
    while name := source.piece():
        pieces = source.pieces()
        yield name.decode(), pieces
        for _ in pieces:
            pass
    # The vault checks the last chunk only when it is read.
    for _ in source.chunks:
        pass
