"""`diemcau rotate`: a fresh key in the key file; running programs take it by themselves."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import asyncpg

from web.backup.errors import BackupError
from web.database import open_pool, transaction
from web.embedded import EmbeddedError
from web.first_start import OtherKeys
from web.formats import day_and_time
from web.keyring import rotating
from web.keyring.keyring import Keyring, KeyringError
from web.settings import Settings
from web.stores import visited_store

BY = "program:rotate"
UNAVAILABLE = 69
LARGEST = 100_000
FAILURES = (
    OtherKeys,
    KeyringError,
    BackupError,
    EmbeddedError,
    asyncpg.PostgresError,
    OSError,
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Take how long the key before stays good, and when the fresh one is used."""
    parser.add_argument(
        "--grace",
        type=days,
        default=rotating.GRACE,
        metavar="DAYS",
        help="how long links and calendar addresses of the key before stay good; 0 if it leaked",
    )
    parser.add_argument(
        "--after",
        type=minutes,
        default=rotating.AFTER,
        metavar="MINUTES",
        help="when the fresh key is used: every machine must have the file by then",
    )


def days(text: str) -> timedelta:
    """Read a number of days."""
    return timedelta(days=number(text))


def minutes(text: str) -> timedelta:
    """Read a number of minutes."""
    return timedelta(minutes=number(text))


def number(text: str) -> float:
    """Read a number that is not negative, and not beyond all sense.

    Raises:
        ValueError: it is none.
    """
    value = float(text)
    if not 0 <= value <= LARGEST:
        raise ValueError(text)
    return value


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it, and say from when and until when which key is good."""
    settings.require_store()
    try:
        ring = asyncio.run(rotate(settings, args.after, args.grace))
    except FAILURES as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return UNAVAILABLE
    for line in lines_of(ring, settings):
        print(line)
    return 0


async def rotate(settings: Settings, after: timedelta, grace: timedelta) -> Keyring:
    """Write the file while the store is held, so that two of these wait for each other."""
    async with (
        visited_store(settings) as store,
        open_pool(store.app_url, largest=1) as pool,
        transaction(pool) as conn,
    ):
        now = datetime.now(UTC)
        return await rotating.begin(
            conn, settings.keys_file, after=after, grace=grace, by=BY, now=now
        )


def lines_of(ring: Keyring, settings: Settings) -> Iterator[str]:
    """Yield what was done, and what is left to do for whoever typed the command."""
    for key in ring.keys:
        name = ring.fingerprint_of(key)
        if key.since is not None:
            yield f"key {name} is used from {day_and_time(key.since)} on"
        if key.until is not None:
            yield f"key {name} is good until {day_and_time(key.until)}"
    if not settings.is_embedded:
        yield f"machines with a file of their own need {settings.keys_file} before that"
