"""The pool, transactions, and what they do while PostgreSQL is away."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

import asyncpg
import structlog

from meetings.store import Connection
from web.errors import DatabaseDown

log = structlog.get_logger(__name__)

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

COMMAND_LIMIT = timedelta(seconds=5)
ACQUIRE_LIMIT = timedelta(seconds=1)
CONNECT_LIMIT = timedelta(seconds=2)
LARGEST_POOL = 10

SERVER_SETTINGS = MappingProxyType(
    {
        "application_name": "diemcau",
        "timezone": "UTC",
        # Past the client's own limit, so that a client that vanished leaves no lock behind.
        "statement_timeout": "10s",
        "idle_in_transaction_session_timeout": "30s",
        # An acknowledged booking is there after any crash, whatever the server's default.
        "synchronous_commit": "on",
    }
)

# The server is away, going away, coming up, full, or too slow: asking again later is right.
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InternalClientError,
    TimeoutError,
)

LIST_UNSAFE = """
    SELECT name FROM pg_settings
     WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'
     ORDER BY name
"""


class Unreachable(OSError):
    """Nothing could be reached where the database should be."""


class Complaint:
    """A log line that is written at most once in a while, however often its cause returns."""

    def __init__(self, every: timedelta) -> None:
        self.every = every
        self.told_at = -every.total_seconds()
        self.withheld = 0

    def tell(self, now_seconds: float, reason: str) -> bool:
        """Write the line unless it was written a short while ago; tell whether it was."""
        if now_seconds - self.told_at < self.every.total_seconds():
            self.withheld += 1
            return False
        log.warning("database away", reason=reason, withheld=self.withheld)
        self.told_at, self.withheld = now_seconds, 0
        return True


AWAY_COMPLAINT = Complaint(timedelta(seconds=10))


async def prepare(conn: Connection) -> None:
    """Teach a new connection to carry JSON as Python values."""
    for name in ("json", "jsonb"):
        await conn.set_type_codec(
            name,
            schema="pg_catalog",
            encoder=partial(json.dumps, ensure_ascii=False),
            decoder=json.loads,
        )


async def restore(conn: Connection) -> None:
    """Make a connection fit for the next one: nothing of ours outlives its transaction.

    asyncpg's own way asks the server to forget settings, cursors and locks of a session; all that
    we set is local to a transaction, and the round trip is as costly as a query.
    """
    if conn.is_in_transaction():
        await conn.reset()


async def reach(url: str) -> Connection:
    """Open a connection to the database at an address.

    Raises:
        Unreachable: no road leads there: it is refused, unknown, or nothing is at the socket.
    """
    try:
        return await asyncpg.connect(url, timeout=10)
    except TimeoutError:
        raise
    except OSError as error:
        raise Unreachable(*error.args) from error


@asynccontextmanager
async def open_pool(url: str, *, largest: int = LARGEST_POOL) -> AsyncIterator[Pool]:
    """Keep a pool that connects when it is used, so the program starts without a database.

    No connection is kept ready in the background: asyncpg writes a traceback for each try to
    restore one while the server is away.
    """
    pool = asyncpg.create_pool(
        url,
        init_size=0,
        min_size=0,
        max_size=largest,
        timeout=CONNECT_LIMIT.total_seconds(),
        command_timeout=COMMAND_LIMIT.total_seconds(),
        server_settings=dict(SERVER_SETTINGS),
        init=prepare,
        reset=restore,
    )
    async with pool:
        yield pool


@contextmanager
def away_is_a_fact() -> Iterator[None]:
    """Turn every way in which a server, or a pool that closes, can be away into DatabaseDown."""
    try:
        yield
    except (OSError, asyncpg.InterfaceError, *AWAY) as error:
        AWAY_COMPLAINT.tell(time.monotonic(), type(error).__name__)
        raise DatabaseDown from error


def is_lost(conn: Connection) -> bool:
    """Tell whether the connection broke; the pool takes a broken one back at once."""
    try:
        return conn.is_closed()
    except asyncpg.InterfaceError:
        return True


@asynccontextmanager
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """Lend a connection, outside any transaction.

    Raises:
        DatabaseDown: there is none to be had, or it broke; safe to try again later.
    """
    with away_is_a_fact():
        conn = await pool.acquire(timeout=ACQUIRE_LIMIT.total_seconds())
    try:
        yield conn
    except AWAY as error:
        AWAY_COMPLAINT.tell(time.monotonic(), type(error).__name__)
        raise DatabaseDown from error
    except asyncpg.InterfaceError as error:
        # A bug of ours keeps its name; a connection that closed under us does not.
        if not is_lost(conn):
            raise
        raise DatabaseDown from error
    finally:
        with away_is_a_fact():
            await pool.release(conn, timeout=ACQUIRE_LIMIT.total_seconds())


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """Lend a connection inside a transaction that is committed at the end of the block.

    Raises:
        DatabaseDown: as `connection`; if the break came at the commit its outcome is unknown.
    """
    async with connection(pool) as conn, conn.transaction():
        yield conn


async def list_unsafe(conn: Connection) -> list[str]:
    """Return the settings with which the server may lose what it has acknowledged."""
    return [row["name"] for row in await conn.fetch(LIST_UNSAFE)]
