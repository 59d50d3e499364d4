"""Where the database is: ours, started for the occasion or running already, or another's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import asyncpg

from meetings.store import Connection
from web.backup import swapping
from web.embedded import Cluster, FolderInUse, attached, embedded
from web.embedded.binaries import Binaries
from web.embedded.folder import claim, locked
from web.embedded.roles import APP
from web.migrations import Migration, migrate
from web.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """How the two roles reach the database, and which programs fit it (ours: the wheel's)."""

    app_url: str = field(repr=False)
    owner_url: str = field(repr=False)
    app_role: str | None
    programs: Binaries | None = None


def of_cluster(cluster: Cluster) -> Addresses:
    """Return the addresses of a server of ours."""
    return Addresses(
        app_url=cluster.app_url,
        owner_url=cluster.owner_url,
        app_role=APP,
        programs=cluster.binaries,
    )


def of_settings(url: str, owner_url: str | None) -> Addresses:
    """Return the addresses of another's server; with one role it must own the tables."""
    role = urlsplit(url).username if owner_url else None
    return Addresses(app_url=url, owner_url=owner_url or url, app_role=role)


def finish_restore(settings: Settings) -> None:
    """Finish the exchange of a restore that was cut off; read the keys only after this."""
    if swapping.is_open(settings.data):
        with locked(claim(settings.data)):
            swapping.finish(settings.data, settings.keys_file, datetime.now(UTC))


def own_data(settings: Settings) -> None:
    """Make the data folder ours, and finish what a restore left: others may write there then.

    Raises:
        FolderNotOurs: it holds something else.
    """
    finish_restore(settings)
    claim(settings.data)


@asynccontextmanager
async def owned_store(settings: Settings) -> AsyncIterator[Addresses]:
    """Give the data folder and the database to the one service that runs on them.

    Raises:
        FolderInUse: a service runs there already.
    """
    finish_restore(settings)
    if settings.database_url is not None:
        with locked(claim(settings.data)):
            yield of_settings(settings.database_url, settings.migrate_url)
        return
    async with embedded(settings.data) as cluster:
        yield of_cluster(cluster)


@asynccontextmanager
async def visited_store(settings: Settings) -> AsyncIterator[Addresses]:
    """Give the database to a command that may run beside the service."""
    with suppress(FolderInUse):
        finish_restore(settings)
    if settings.database_url is not None:
        yield of_settings(settings.database_url, settings.migrate_url)
        return
    async with attached(settings.data) as cluster:
        yield of_cluster(cluster)


@asynccontextmanager
async def visited_transaction(settings: Settings) -> AsyncIterator[Connection]:
    """Give a command one transaction; a database of ours is brought up to date before."""
    async with visited_store(settings) as store:
        if settings.database_url is None:
            await bring_up_to_date(store)
        conn = await connect(store.app_url)
        try:
            async with conn.transaction():
                yield conn
        finally:
            await conn.close()


async def bring_up_to_date(store: Addresses) -> list[Migration]:
    """Migrate, as the owner; return what was applied."""
    return await migrate(store.owner_url, app_role=store.app_role)


async def connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Open one connection for a command."""
    return await asyncpg.connect(url, timeout=10, command_timeout=60)
