"""Putting a restored store in the old one's place: all of it, or nothing.

A restore is built in `restore.new`.  Renaming that to `restore.ready` is the moment from which
it counts: whoever opens the store next finishes the exchange, however often it is cut off.
"""

import os
import shutil
from datetime import datetime
from pathlib import Path

from web.backup.errors import RestoreInterrupted
from web.embedded.folder import CLUSTER, ELSEWHERE, LOCK, RUNTIME

NEW = "restore.new"
READY = "restore.ready"
BEFORE = "before-restore-"
KEYS = "keys.json"

# Made before the first byte goes into a database that is not ours to exchange.
COMMITTING = "committing"

# Names in a data folder that are no part of what is kept.
NOT_KEPT = frozenset({CLUSTER, LOCK, RUNTIME, KEYS, NEW, READY, COMMITTING})


def sync_tree(folder: Path) -> None:
    """Make a folder's files and names outlast a crash of the machine.

    The cluster's are PostgreSQL's care: it stopped with a checkpoint.
    """
    kept = [path for child in folder.iterdir() if child.name != CLUSTER for path in tree(child)]
    for path in [*kept, folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def tree(path: Path) -> list[Path]:
    """Return a file, or a folder with all that is in it."""
    return [path, *path.rglob("*")] if path.is_dir() else [path]


def sync_names(folder: Path) -> None:
    """Make renames in a folder outlast a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(data: Path) -> None:
    """Remove what a restore that never counted has left, its cluster elsewhere included."""
    new = data / NEW
    cluster = (new / CLUSTER).resolve()
    if ELSEWHERE in cluster.parents:
        shutil.rmtree(cluster, ignore_errors=True)
    shutil.rmtree(new, ignore_errors=True)


def make_it_count(data: Path) -> None:
    """Let the restore in `restore.new` take the store's place from this moment on."""
    sync_tree(data / NEW)
    (data / NEW).rename(data / READY)
    sync_names(data)


def is_open(data: Path) -> bool:
    """Tell whether a restore was cut off after it began to count."""
    return (data / READY).exists() or (data / NEW / COMMITTING).exists()


def finish(data: Path, keys_file: Path, now: datetime) -> Path | None:
    """Finish an exchange that counts; return where the old store is kept, if anything was done.

    Call it under the data folder's lock.

    Raises:
        RestoreInterrupted: one into a foreign database was cut off where nobody can tell.
    """
    if (data / NEW / COMMITTING).exists():
        raise RestoreInterrupted(data / NEW)
    ready = data / READY
    if not ready.exists():
        return None
    before = next(data.glob(f"{BEFORE}*.partial"), None)
    if before is None:
        before = data / f"{BEFORE}{now:%Y%m%dT%H%M%S}.partial"
        before.mkdir(mode=0o700)
    for item in sorted(ready.iterdir()):
        exchange(item, keys_file if item.name == KEYS else data / item.name, before)
    sync_names(data)
    shutil.rmtree(ready)
    kept = before.with_suffix("")
    before.rename(kept)
    sync_names(data)
    return kept


def exchange(item: Path, place: Path, before: Path) -> None:
    """Move one item to its place, and what stood there aside; harmless when repeated."""
    if item.name in {LOCK, RUNTIME, COMMITTING}:
        return
    if os.path.lexists(place) and not os.path.lexists(before / item.name):
        shutil.move(place, before / item.name)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.move(item, place)
    sync_names(place.parent)
