"""`diemcau demo`: say what the demo put here, or take all of it away."""

from __future__ import annotations

import argparse
import asyncio
import sys

import asyncpg

from web.database import open_pool, transaction
from web.demo import store
from web.demo.removing import remove
from web.embedded import EmbeddedError
from web.settings import Settings
from web.stores import visited_store

ACTOR = "program:demo"


def configure(parser: argparse.ArgumentParser) -> None:
    """Take --remove; the demo itself is loaded by `serve` with DIEMCAU_DEMO=1."""
    parser.add_argument("--remove", action="store_true", help="take the demo away for good")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it, beside a running service or without one."""
    settings.require_store()
    try:
        count = asyncio.run(answer(settings, removing=args.remove))
    except (EmbeddedError, asyncpg.PostgresError, OSError) as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return 1
    print(f"{count} demo conferences {'removed' if args.remove else 'are here'}")
    return 0


async def answer(settings: Settings, *, removing: bool) -> int:
    """Return how many demo conferences there are, or were."""
    async with (
        visited_store(settings) as addresses,
        open_pool(addresses.app_url, largest=1) as pool,
        transaction(pool) as conn,
    ):
        return await remove(conn, by=ACTOR) if removing else await store.count_demo(conn)
