"""`diemcau backup FILE`: one encrypted archive of database, spools and keys."""

import argparse
import asyncio
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from web import logs
from web.backup.errors import BackupError, NoPassphrase
from web.backup.saving import save
from web.embedded import EmbeddedError
from web.keyring import key_file
from web.keyring.keyring import KeyringError
from web.settings import Settings

FAILURES = (BackupError, EmbeddedError, KeyringError, asyncpg.PostgresError, OSError)


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the archive's path."""
    parser.add_argument("file", type=Path, help="the archive to write")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Write the archive; the service may run meanwhile."""
    settings.require_store()
    logs.configure("warning")
    try:
        settings = with_passphrase(settings, twice=True)
        asyncio.run(save(settings, key_file.load(settings.keys_file), args.file, at=now()))
    except FAILURES as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return 1
    print(args.file)
    return 0


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def with_passphrase(settings: Settings, *, twice: bool) -> Settings:
    """Return the settings with a passphrase, asked for on a terminal when they have none.

    Raises:
        NoPassphrase: there is none and nobody to ask, or the two tries differ.
    """
    if settings.backup_passphrase:
        return settings
    if not sys.stdin.isatty():
        raise NoPassphrase
    given = getpass.getpass("Passphrase: ")
    if not given or (twice and getpass.getpass("The same again: ") != given):
        raise NoPassphrase
    return settings.model_copy(update={"backup_passphrase": given})
