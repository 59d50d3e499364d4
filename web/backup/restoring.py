"""Bringing an archive back."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path, PurePosixPath

from bridges.errors import SpoolInUse
from bridges.spooling.disk import take_lock
from web.backup import container, programs, swapping, vault
from web.backup.errors import NotAnArchive, ReceiverRuns, StoreNewer, StoreNotEmpty
from web.backup.saving import DUMP, FILES, FORMAT, MANIFEST, SERVER_MAJOR, passphrase_of
from web.backup.swapping import KEYS, NEW
from web.embedded import embedded
from web.embedded.folder import CLUSTER, LOCK, claim, locked
from web.keyring import key_file
from web.migrations import list_applied
from web.settings import Settings
from web.stores import Addresses, bring_up_to_date, connect, of_cluster, of_settings

HAS_TABLES = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema())"

RECEIVER, EVENTS = "receiver", "events"

Say = Callable[[str], None]


def open_archive(settings: Settings, path: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Give the archive's members, decrypted."""
    return container.members(vault.read(path, passphrase_of(settings)))


def check(settings: Settings, path: Path) -> dict[str, object]:
    """Read the whole archive once and return what it says of itself.

    Only after this is anything written: a damaged archive changes nothing.
    """
    about: dict[str, object] = {}
    seen = set()
    for name, pieces in open_archive(settings, path):
        seen.add(name)
        if name == MANIFEST:
            about = json.loads(b"".join(pieces))
        else:
            for _ in pieces:
                pass
    if about.get("format") != FORMAT or not {KEYS, DUMP} <= seen:
        raise NotAnArchive(path)
    return about


async def restore(
    settings: Settings, path: Path, *, force: bool, now: datetime, say: Say
) -> Path | None:
    """Put the archive's store in place; return where the old one is kept, if there was one.

    Raises:
        BackupError: nothing was changed; a receiver that runs apart is a reason too.
        FolderInUse: the service runs.
    """
    about = check(settings, path)
    say("the archive is whole")
    with ExitStack() as stack:
        data = claim(settings.data)
        stack.enter_context(locked(data))
        keep_receiver_out(data, stack)
        (data / NEW / swapping.COMMITTING).unlink(missing_ok=True)
        swapping.finish(data, settings.keys_file, now)
        refuse_full_folder(settings, data, force=force)
        swapping.discard(data)
        unpack(settings, path, data / NEW)
        say("the files are unpacked")
        if settings.database_url is None:
            await build_ours(settings, path, data / NEW)
        else:
            await fill_theirs(settings, path, data / NEW, about, force=force)
        say("the database is built")
        swapping.make_it_count(data)
        say("the restore counts")
        return swapping.finish(data, settings.keys_file, now)


def keep_receiver_out(data: Path, stack: ExitStack) -> None:
    """Hold the receiver's folder, if there is one, for as long as the stack.

    Raises:
        ReceiverRuns: one that runs apart has it.
    """
    events = data / RECEIVER / EVENTS
    try:
        if events.exists():
            stack.callback(os.close, take_lock(events / LOCK))
    except SpoolInUse as error:
        raise ReceiverRuns(events) from error


def refuse_full_folder(settings: Settings, data: Path, *, force: bool) -> None:
    """Make sure that nothing is there, or that somebody said it may go."""
    if not force and (
        (settings.is_embedded and (data / CLUSTER).exists()) or settings.keys_file.exists()
    ):
        raise StoreNotEmpty(str(data))


def unpack(settings: Settings, path: Path, new: Path) -> None:
    """Write keys and spools of the archive into a folder."""
    claim(new)
    for name, pieces in open_archive(settings, path):
        if name == KEYS:
            key_file.save(new / KEYS, key_file.parse(path, b"".join(pieces).decode()))
        elif name.startswith(FILES):
            write_file(new, PurePosixPath(name.removeprefix(FILES)), pieces)


def write_file(new: Path, name: PurePosixPath, pieces: Iterator[bytes]) -> None:
    """Write one file below the folder and nowhere else."""
    if name.is_absolute() or ".." in name.parts or not name.parts:
        raise NotAnArchive(new / name)
    place = new / name
    for parent in reversed(place.relative_to(new).parents):
        (new / parent).mkdir(mode=0o700, exist_ok=True)
    place.touch(mode=0o600)
    with place.open("wb") as file:
        file.writelines(pieces)


def find_dump(settings: Settings, path: Path) -> Iterator[bytes]:
    """Give the dump's pieces."""
    for name, pieces in open_archive(settings, path):
        if name == DUMP:
            yield from pieces


async def build_ours(settings: Settings, path: Path, new: Path) -> None:
    """Build a whole cluster of our own beside the running one's place."""
    async with embedded(new) as cluster:
        store = of_cluster(cluster)
        pieces = find_dump(settings, path)
        await programs.restore(cluster.binaries.folder, store.owner_url, pieces)
        await bring_up_to_date(store)


async def fill_theirs(
    settings: Settings, path: Path, new: Path, about: dict[str, object], *, force: bool
) -> None:
    """Fill another's database in one transaction.

    Raises:
        StoreNotEmpty: it has tables, and nobody said that they may go.
        StoreNewer: it has tables that the archive cannot remove.
    """
    store = of_settings(settings.database_url or "", settings.migrate_url)
    major, is_full = await look_at(store, about)
    if is_full and not force:
        raise StoreNotEmpty("the database")
    (new / swapping.COMMITTING).touch(mode=0o600)
    folder = await programs.choose(major)
    options = ("--clean", "--if-exists") if is_full else ()
    is_older = int(major) < int(str(about["major"]))
    put = programs.restore_into_older if is_older else programs.restore
    await put(folder, store.owner_url, find_dump(settings, path), *options)
    await bring_up_to_date(store)


async def look_at(store: Addresses, about: dict[str, object]) -> tuple[str, bool]:
    """Return a database's major version and whether it has tables.

    Raises:
        StoreNewer: it has migrations that the archive does not know.
    """
    conn = await connect(store.owner_url)
    try:
        known = about.get("migrations")
        numbers = {number for number, _, _ in await list_applied(conn)}
        if newer := numbers - set(known if isinstance(known, list) else ()):
            raise StoreNewer(sorted(newer))
        return str(await conn.fetchval(SERVER_MAJOR)), bool(await conn.fetchval(HAS_TABLES))
    finally:
        await conn.close()
