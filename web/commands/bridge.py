"""`diemcau bridge check NAME`: ask a bridge what we will ask it in earnest."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import aiohttp
import asyncpg

from bridges.checking import Answer, check
from bridges.errors import BridgeNotFound
from bridges.reconciling import known_bridges
from web import keyring
from web.database import open_pool, transaction
from web.embedded import EmbeddedError
from web.keyring import KeyringError
from web.settings import Settings
from web.stores import visited_store

PLAIN_FAILURES = (BridgeNotFound, EmbeddedError, KeyringError, asyncpg.PostgresError, OSError)


def configure(parser: argparse.ArgumentParser) -> None:
    """Take what to do and the bridge's name."""
    parser.add_argument("action", choices=["check"])
    parser.add_argument("name", help="the bridge's name")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print an answer a line; the exit code is 1 if one of them is bad."""
    settings.require_store()
    try:
        answers = asyncio.run(ask(settings, args.name))
    except PLAIN_FAILURES as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return 1
    for answer in answers:
        print(f"{'ok ' if answer.well else 'BAD'}  {answer.asked}: {answer.told}")
    return 0 if all(answer.well for answer in answers) else 1


async def ask(settings: Settings, name: str) -> Sequence[Answer]:
    """Return what the bridge answered.

    Raises:
        BridgeNotFound: there is none of that name.
    """
    seal = keyring.load(settings.keys_file)
    async with (
        visited_store(settings) as store,
        open_pool(store.app_url, largest=1) as pool,
        transaction(pool) as conn,
    ):
        known = (await known_bridges(conn, seal)).get(name)
    if known is None:
        raise BridgeNotFound(name)
    async with aiohttp.ClientSession() as http:
        return await check(http, known, datetime.now(UTC))
