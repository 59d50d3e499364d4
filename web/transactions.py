"""A connection for a request: whoever opens the transaction commits it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from aiohttp import web

from meetings.store import Connection
from web import database
from web.keys import POOL


def transaction(request: web.Request) -> AbstractAsyncContextManager[Connection]:
    """Lend a connection inside a transaction that is committed at the end of the block.

    Raises:
        DatabaseDown: PostgreSQL is away; the answer is 503 with Retry-After.
    """
    return database.transaction(request.config_dict[POOL])


def connection(request: web.Request) -> AbstractAsyncContextManager[Connection]:
    """Lend a connection outside any transaction, for one or two reads."""
    return database.connection(request.config_dict[POOL])
