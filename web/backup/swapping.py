"""Putting a restored store in the old one's place: all of it, or nothing.

A restore is built in `restore.new`.  Renaming that to `restore.ready` is the moment from which
it counts: whoever opens the store next finishes the exchange, however often it is cut off.
"""

import os
import shutil
from datetime import datetime
from pathlib import Path

from bridges.spooling.disk import sync_folder
from web.backup.errors import RestoreInterrupted
from web.embedded.folder import CLUSTER, ELSEWHERE, LOCK, RUNTIME

NEW = "restore.new"
READY = "restore.ready"
DONE = "restore.done"
BEFORE = "before-restore-"

# Says, in `restore.ready`, that the old store is out of the way and only the new one comes in.
ASIDE = "aside"
KEYS = "keys.json"

# Made before the first byte goes into a database that is not ours to exchange.
COMMITTING = "committing"

# Names in a data folder that are no part of what is kept.
NOT_KEPT = frozenset(
    {CLUSTER, LOCK, RUNTIME, KEYS, f"{KEYS}.partial", NEW, READY, DONE, COMMITTING, ASIDE}
)


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
    sync_folder(data)


def is_open(data: Path) -> bool:
    """Tell whether a restore was cut off after it began to count."""
    return any((data / name).exists() for name in (READY, DONE, f"{NEW}/{COMMITTING}"))


def finish(data: Path, keys_file: Path, now: datetime) -> Path | None:
    """Finish an exchange that counts; return where the old store is kept, if anything was done.

    Call it under the data folder's lock.

    Raises:
        RestoreInterrupted: one into a foreign database was cut off where nobody can tell.
    """
    if (data / NEW / COMMITTING).exists():
        raise RestoreInterrupted(data / NEW)
    ready = data / READY
    if ready.exists():
        if not (ready / ASIDE).exists():
            put_aside(data, keys_file, begin_before(data, now))
            (ready / ASIDE).touch(mode=0o600)
            sync_folder(ready)
        bring_in(data, keys_file)
        ready.rename(data / DONE)
        sync_folder(data)
    return tidy(data)


def begin_before(data: Path, now: datetime) -> Path:
    """Return the folder for the old store: the one begun before a kill, else a new one."""
    begun = next(data.glob(f"{BEFORE}*.partial"), None)
    before = begun or data / f"{BEFORE}{now:%Y%m%dT%H%M%S}.partial"
    before.mkdir(mode=0o700, exist_ok=True)
    return before


def put_aside(data: Path, keys_file: Path, before: Path) -> None:
    """Move the old store away, whole: no spool of it may be drained into the new one."""
    if keys_file.exists():
        copy_whole(keys_file, before / KEYS)
    replaced = {CLUSTER} if os.path.lexists(data / READY / CLUSTER) else set()
    for old in sorted(data.iterdir()):
        if old.name in replaced or is_kept(old.name):
            old.rename(before / old.name)
    sync_folder(before)
    sync_folder(data)


def is_kept(name: str) -> bool:
    """Tell whether a name in a data folder belongs to what is kept of a store."""
    return name not in NOT_KEPT and not name.startswith(BEFORE)


def bring_in(data: Path, keys_file: Path) -> None:
    """Move what is left of the new store to its place."""
    for item in sorted((data / READY).iterdir()):
        if item.name == KEYS:
            keys_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy_whole(item, keys_file)
        elif item.name == CLUSTER or is_kept(item.name):
            item.rename(data / item.name)
    sync_folder(data)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a small secret file so that the target is the old or the new one, never a part."""
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    partial.rename(target)
    sync_folder(target.parent)


def tidy(data: Path) -> Path | None:
    """Remove what an exchange leaves; return where the old store is kept, if there was one."""
    shutil.rmtree(data / DONE, ignore_errors=True)
    begun = next(data.glob(f"{BEFORE}*.partial"), None)
    if begun is None:
        return None
    kept = begun.with_suffix("")
    begun.rename(kept)
    sync_folder(data)
    return kept
