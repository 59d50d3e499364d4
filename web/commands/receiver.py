"""`diemcau receiver`: becomes the tiny program that takes the bridges' events.

Run so, beside a `serve` with `DIEMCAU_RECEIVER_APART=1`, it lives on while that one is away.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from web.settings import Settings
from web.stores import visited_store

FOLDER = "receiver"
DATABASE = "DIEMCAU_DATABASE_URL"


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing can be chosen here: settings come from the environment."""
    _ = parser


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Replace this process, so that none of the program's weight stays in memory."""
    _ = args
    settings.require_data()
    url = asyncio.run(database_url(settings))
    words = command(settings)
    os.execve(words[0], words, {**os.environ, DATABASE: url})  # noqa: S606 - our own words only


def command(settings: Settings) -> list[str]:
    """Return what starts the receiver; the database's address goes by the environment."""
    return [
        sys.executable,
        "-m",
        "bridges.receiving.receiver",
        "--host",
        settings.receiver_host,
        "--port",
        str(settings.receiver_port),
        "--folder",
        str(settings.data / FOLDER),
        "--proxies",
        ",".join(map(str, settings.trusted_proxies)),
    ]


async def database_url(settings: Settings) -> str:
    """Return where the database is, our own running one included."""
    async with visited_store(settings) as store:
        return store.app_url
