"""Writing an archive."""

import json
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bridges.spooling.disk import sync_folder
from web.backup import container, programs, vault
from web.backup.swapping import KEYS, is_kept
from web.files.document_files import FOLDER
from web.keyring.key_file import load, written
from web.keyring.keyring import Keyring
from web.migrations import list_applied
from web.settings import Settings
from web.stores import connect, visited_store

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files/"

# A spool's name tells the database how far it was read.  A restored spool gets a new one and is
# read again from its beginning; what is there already is known by its content.
NOT_SAVED = frozenset({"name", "lock"})

SERVER_MAJOR = "SELECT current_setting('server_version_num')::int / 10000"


def kept_files(data: Path) -> Iterator[Path]:
    """Give the files of the spools: everything in folders of the data folder but the cluster."""
    for folder in sorted(data.iterdir() if data.exists() else ()):
        if folder.is_dir() and is_kept(folder.name):
            yield from (
                path
                for path in sorted(folder.rglob("*"))
                if path.is_file() and path.name not in NOT_SAVED
            )


async def save(settings: Settings, keyring: Keyring, path: Path, *, at: datetime) -> None:
    """Write the archive beside its place, then put it there; a cut-off one is never seen.

    Runs beside the service: the spools are read before the database, so what is drained in
    between is in the one or the other, or in both.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    folder = path.parent  # of the archive
    try:
        with os.fdopen(descriptor, "wb") as file:
            writer = vault.Writer(file, passphrase_of(settings))
            await fill(writer, settings, keyring, at)
            writer.finish()
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        sync_folder(folder)
    finally:
        partial.unlink(missing_ok=True)


def passphrase_of(settings: Settings) -> str:
    """Return the passphrase; the command has put it into the settings."""
    return settings.backup_passphrase or ""


async def fill(writer: vault.Writer, settings: Settings, keyring: Keyring, at: datetime) -> None:
    """Write every member: what it is, the spools, the database, the keys.

    Keys may be rotated meanwhile: the dump is read by what the file held before it or holds now.
    """
    async with visited_store(settings) as store:
        conn = await connect(store.owner_url)
        try:
            major = str(await conn.fetchval(SERVER_MAJOR))
            numbers = [number for number, _, _ in await list_applied(conn)]
        finally:
            await conn.close()
        about = {"format": FORMAT, "at": at.isoformat(), "major": major, "migrations": numbers}
        container.put(writer, MANIFEST, json.dumps(about).encode())
        saved = set(kept_files(settings.data))
        for path in sorted(saved):
            add_file(writer, settings.data, path)
        container.begin(writer, DUMP)
        async for piece in programs.dump(await programs.choose(major), store.owner_url):
            container.add(writer, piece)
        container.end(writer)
        both = keyring.joined(load(settings.keys_file))
        container.put(writer, KEYS, written(both).encode())
        # Papers that came while the rest was written: their rows may be in the dump.
        for path in kept_files(settings.data / FOLDER):
            if path not in saved:
                add_file(writer, settings.data, path)
        container.end(writer)


def add_file(writer: vault.Writer, data: Path, path: Path) -> None:
    """Add a spool's file as long as it is now; one that was drained meanwhile is not needed."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    container.put(writer, FILES + path.relative_to(data).as_posix(), content)
