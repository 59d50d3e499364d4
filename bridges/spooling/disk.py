"""What we ask of a local disk: whole writes, names that last, locks, files replaced at once."""

from __future__ import annotations

import fcntl
import os
import uuid
from contextlib import suppress
from pathlib import Path

from bridges.errors import SpoolInUse


def write_all(file: int, data: bytes, position: int = 0) -> None:
    """Write every byte at a position; a disk that is almost full takes only some."""
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, position)
        view = view[written:]
        position += written


def read_stretch(path: Path, start: int, stop: int) -> bytes:
    """Return the bytes `[start, stop)` of a file; one that was removed meanwhile has none."""
    if stop <= start:
        return b""
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(stop - start)
    except FileNotFoundError:
        return b""


def size_of(path: Path) -> int:
    """Return the bytes of a file; one that was removed meanwhile has none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def sync_folder(folder: Path) -> None:
    """Make the names in the folder survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_folder(folder: Path) -> tuple[int, str]:
    """Make a folder and lock it for this process; return the lock and the name kept there.

    Raises:
        SpoolInUse: another process holds it.
        OSError: the disk is full; nothing is held.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = take_lock(folder / "lock")
    try:
        return lock, read_name(folder / "name")
    except OSError:
        os.close(lock)
        raise


def take_lock(path: Path) -> int:
    """Lock a file for this process until it ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise SpoolInUse(str(path.parent)) from error
    return descriptor


def read_name(path: Path) -> str:
    """Return the spool's own name, made once; the database remembers by it how far it was read.

    A file without one was made while the disk was full, by a version before this.
    """
    with suppress(FileNotFoundError):
        if name := path.read_text().strip():
            return name
    name = uuid.uuid4().hex
    replace_file(path, name.encode())
    return name


def replace_file(path: Path, data: bytes) -> None:
    """Put the data in the file's place so that a reader sees the old or the new, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(path)
    sync_folder(path.parent)
