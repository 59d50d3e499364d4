"""`diemcau migrate`: bring the schema up to date."""

import argparse
import asyncio
import sys

import asyncpg

from web import logs
from web.embedded import EmbeddedError
from web.migrations import MigrationError
from web.settings import Settings
from web.stores import bring_up_to_date, visited_store


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing can be chosen: there is one schema, and it only goes forward."""
    del parser


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Migrate; print each step."""
    del args
    settings.require_data()
    logs.configure(settings.log_level)
    try:
        asyncio.run(migrate(settings))
    except (EmbeddedError, MigrationError, asyncpg.PostgresError, OSError) as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return 1
    return 0


async def migrate(settings: Settings) -> None:
    """Apply what is missing."""
    async with visited_store(settings) as store:
        for migration in await bring_up_to_date(store):
            print(f"{migration.number:04} {migration.name}")
    print("the schema is up to date")
