"""The segment that a spool writes: whole records at its end, or nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from bridges.spooling.disk import read_stretch, size_of, sync_folder, write_all

AHEAD_BYTES = 256 * 1024


class Segment:
    """A new file, open for writing until `close`; `length` counts what would survive a crash.

    Zeros are filled in ahead of the records: an fsync that changes no size waits neither for the
    journal of the file system nor for what others wrote to it.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self.path = path
        self.length = 0
        self._filled = 0
        self._file = os.open(path, flags, 0o600)

    def write(self, data: bytes) -> None:
        """Add records and return when they would survive a crash.

        Raises:
            OSError: nobody knows what the disk holds; never trust this file again, close it.
        """
        if not self._filled:
            sync_folder(self.path.parent)
        end = self.length + len(data)
        if end > self._filled:
            self._filled = end + AHEAD_BYTES
            write_all(self._file, data + bytes(AHEAD_BYTES), self.length)
        else:
            write_all(self._file, data, self.length)
        os.fdatasync(self._file)
        self.length = end

    def close(self) -> None:
        """End the segment: cut it back to its records, as far as the disk lets us."""
        # What stays are zeros, or was never acknowledged.
        with suppress(OSError):
            os.ftruncate(self._file, self.length)
            if not self.length:
                self.path.unlink()
        os.close(self._file)


def length_of(path: Path) -> int:
    """Return the bytes of a segment's records, without the zeros that are filled in ahead."""
    size = size_of(path)
    start = max(0, size - AHEAD_BYTES)
    return start + len(read_stretch(path, start, size).rstrip(b"\0"))
