"""Folders for tests: open to PostgreSQL's user, in memory where there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 * 1024**3
"""What must be free in memory; all that lies there at once takes a tenth of it."""
PREFIX = "diemcau-tests"


def roomy_memory() -> Path | None:
    """Return where files live in memory, when there is room and programs may run from there.

    Copying a database makes 700 files, and what is written is flushed often: on a disk that is
    busy this takes more time than all the rest.
    """
    if not os.access(MEMORY, os.W_OK):
        return None
    found = os.statvfs(MEMORY)
    roomy = found.f_bavail * found.f_frsize >= ROOM_BYTES
    return MEMORY if roomy and not found.f_flag & os.ST_NOEXEC else None


def forget_the_killed(inside: Path) -> None:
    """Remove the folders of test runs that were killed before they could."""
    for folder in inside.glob(f"{PREFIX}-*"):
        if not Path("/proc", folder.name.split("-")[2]).exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_folder(inside: Path | None = None) -> Iterator[Path]:
    """Make a folder that PostgreSQL's user reaches; root's own temporary ones are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}-{os.getpid()}-", dir=inside))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
