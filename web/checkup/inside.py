"""What the database knows: itself, the schema, keys, messages, bridges."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import asyncpg

from bridges.registered.registry import list_bridges
from web import migrations
from web.backup.errors import BackupError
from web.checkup.finding import Finding, broken, well
from web.checkup.network import look_at_bridge
from web.database import list_unsafe
from web.embedded import EmbeddedError
from web.i18n import N_
from web.keyring import key_file
from web.keyring.keyring import KeyringError
from web.migrations import MigrationError
from web.settings import Settings
from web.store import checkup as store
from web.stores import Addresses, connect, visited_store

OLDEST_SERVER = 150000


async def look_at_store(settings: Settings) -> AsyncGenerator[Finding, None]:
    """Look at the database, and at what only it knows."""
    part = N_("database")
    try:
        async with (
            visited_store(settings) as addresses,
            aclosing(look_inside(settings, addresses)) as findings,
        ):
            async for finding in findings:
                yield finding
    except (EmbeddedError, BackupError, asyncpg.PostgresError, OSError) as error:
        yield broken(part, N_("the database does not answer: %(reason)s"), reason=error)


async def look_inside(settings: Settings, addresses: Addresses) -> AsyncGenerator[Finding, None]:
    """Look at server, schema, keys, messages and bridges."""
    conn = await connect(addresses.app_url)
    try:
        yield judge_server(await store.get_server_version(conn), await list_unsafe(conn))
        try:
            await migrations.check(conn)
        except MigrationError as error:
            yield broken(N_("schema"), N_("the schema does not fit: %(reason)s"), reason=error)
            return
        yield well(N_("schema"), N_("the schema is the program's own"))
        yield judge_fingerprint(settings, await store.get_fingerprint(conn))
        yield judge_messages(await store.count_dead(conn))
        bridges = await list_bridges(conn)
    finally:
        await conn.close()
    for finding in await asyncio.gather(*map(look_at_bridge, bridges)):
        yield finding


def judge_server(version: int, unsafe: list[str]) -> Finding:
    """Tell whether the server is new enough and keeps what it acknowledges."""
    part, major = N_("database"), version // 10000
    if version < OLDEST_SERVER:
        return broken(part, N_("PostgreSQL %(major)s is too old, 15 is needed"), major=major)
    if unsafe:
        sentence = N_("PostgreSQL may lose bookings in a crash: switch on %(settings)s")
        return broken(part, sentence, settings=", ".join(unsafe))
    return well(part, N_("PostgreSQL %(major)s answers"), major=major)


def judge_fingerprint(settings: Settings, known: str) -> Finding:
    """Tell whether the key file is the one that links and secrets were made with."""
    part = N_("keys")
    try:
        fits = not known or key_file.load(settings.keys_file).knows(known)
    except KeyringError as error:
        return broken(part, N_("the key file cannot be used: %(reason)s"), reason=error)
    if fits:
        return well(part, N_("links and secrets can be read with the key file"))
    sentence = N_("the links were made with key %(known)s, which is not in %(path)s: bring it back")
    return broken(part, sentence, known=known, path=settings.keys_file)


def judge_messages(dead: int) -> Finding:
    """Tell whether messages were given up."""
    part = N_("messages")
    if dead:
        return broken(part, N_("%(dead)s messages could not be sent and were given up"), dead=dead)
    return well(part, N_("no message was given up"))
