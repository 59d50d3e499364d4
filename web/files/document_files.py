"""Files of documents on disk: written whole and safe before anything speaks of them.

A file comes into `incoming`, is synced, and is renamed to where its SHA-256 says; then the folder
is synced, then the row is written.  A kill at any line leaves no row without its file.  Files
without a row are swept after a day.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import structlog

from bridges.spooling.disk import sync_folder
from meetings.content.document_errors import DiskFull, DocumentMissing, EmptyFile, FileTooLarge
from meetings.content.documents import StoredFile, wanted_files
from meetings.store import Connection
from web.files.document_kinds import media_of

log = structlog.get_logger(__name__)

FOLDER = "documents"
INCOMING = "incoming"
MOST_BYTES = 50 * 1024**2
KEPT = timedelta(days=1)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def room_needed() -> Iterator[None]:
    """Tell a full disk, a full quota and a limit on files as DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        log.warning("no room for a document", reason=error.strerror)
        raise DiskFull from error


def place_of(data: Path, sha256: bytes) -> Path:
    """Return where a file of that hash lies."""
    name = sha256.hex()
    return data / FOLDER / name[:2] / name


def find_file(data: Path, sha256: bytes) -> Path:
    """Return the place of a file that is there.

    Raises:
        DocumentMissing: it is not on this machine.
    """
    place = place_of(data, sha256)
    if not place.is_file():
        raise DocumentMissing
    return place


class Incoming:
    """A file on its way in; left alone it is removed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.path = data / FOLDER / INCOMING / secrets.token_hex(16)
        self.hash = hashlib.sha256()
        self.size = 0

    async def __aenter__(self) -> Self:
        """Begin an empty file of our own."""
        with room_needed():
            await asyncio.to_thread(self.begin)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Remove what did not reach its place."""
        await asyncio.to_thread(self.path.unlink, missing_ok=True)

    def begin(self) -> None:
        """Make the folder and the file."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.touch(mode=0o600, exist_ok=False)

    async def take(self, chunks: AsyncIterator[bytes]) -> None:
        """Write the content as it comes, and sync it.

        Raises:
            FileTooLarge: there is more than is taken.
            EmptyFile: there is nothing.
            DiskFull: there is no room for it.
        """
        with room_needed():
            await self.write(chunks)
        if not self.size:
            raise EmptyFile

    async def write(self, chunks: AsyncIterator[bytes]) -> None:
        """Write and sync the content, counting and hashing it."""
        file = await asyncio.to_thread(self.path.open, "wb")
        try:
            async for chunk in chunks:
                self.size += len(chunk)
                if self.size > MOST_BYTES:
                    raise FileTooLarge
                self.hash.update(chunk)
                await asyncio.to_thread(file.write, chunk)
            await asyncio.to_thread(sync_file, file.fileno(), file.flush)
        finally:
            await asyncio.to_thread(file.close)

    async def settle(self, name: str) -> StoredFile:
        """Put the file into its place, to outlast a crash; call it under the files' lock.

        Raises:
            LyingFile: its content is not what its name says.
        """
        media = await asyncio.to_thread(media_of, name, self.path)
        place = place_of(self.data, self.hash.digest())
        with room_needed():
            await asyncio.to_thread(put, self.path, place)
        return StoredFile(sha256=self.hash.digest(), size=self.size, media=media)


def sync_file(descriptor: int, flush: object) -> None:
    """Bring what was written to the disk."""
    if callable(flush):
        flush()
    os.fsync(descriptor)


def put(path: Path, place: Path) -> None:
    """Rename a synced file to its place and sync the names that lead to it."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    path.replace(place)
    sync_folder(place.parent)
    sync_folder(place.parent.parent)


async def sweep(conn: Connection, data: Path, now: datetime) -> int:
    """Remove files that no document stands on and that are a day old; return how many."""
    if not (data / FOLDER).is_dir():
        return 0
    wanted = {sha256.hex() for sha256 in await wanted_files(conn)}
    swept = await asyncio.to_thread(remove_old, data / FOLDER, wanted, now - KEPT)
    if swept:
        log.info("documents swept", files=swept)
    return swept


def remove_old(folder: Path, wanted: set[str], before: datetime) -> int:
    """Remove the files that nobody wants and that were written before a moment."""
    old = [path for path in files_in(folder) if is_old(path, before) and path.name not in wanted]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def files_in(folder: Path) -> Iterator[Path]:
    """Give every file below a folder."""
    return (path for path in folder.rglob("*") if path.is_file())


def is_old(path: Path, before: datetime) -> bool:
    """Tell whether a file was written before a moment."""
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False
