"""Lists ask the database as often for many rows as for few."""

from __future__ import annotations

from contextlib import AsyncExitStack
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from tests.makers import a_conference
from web.keys import POOL

FOR_A_PAGE: ContextVar[bool] = ContextVar("FOR_A_PAGE", default=False)
OF_THE_DRIVER = ("typeinfo_tree", "'jit'")
"""What asyncpg asks of its own on a connection that meets a type for the first time."""
LISTS = (
    "/",
    "/conferences",
    "/schedule/week",
    "/schedule/month",
    "/schedule/leaders",
    "/schedule/halls",
    "/schedule/weekly",
    "/sites",
    "/units",
    "/board",
    "/report",
    "/people",
    "/audit",
)


@web.middleware
async def mark(request, handler):
    """Let what is asked for a page be told from what the program asks meanwhile."""
    FOR_A_PAGE.set(True)
    return await handler(request)


@pytest.fixture
def app(app):
    app.middlewares.insert(0, mark)
    return app


@pytest.fixture
async def count_queries(app, server):
    """Count the statements of one page, whichever connections it is lent."""
    asked: list[str] = []

    def note(record) -> None:
        ours = not any(word in record.query for word in OF_THE_DRIVER)
        if FOR_A_PAGE.get() and ours and "SELECT" in record.query:
            asked.append(record.query)

    async with AsyncExitStack() as lent:
        for _ in range(app[POOL].get_max_size()):
            connection = await lent.enter_async_context(app[POOL].acquire())
            connection.add_query_logger(note)

    async def count(client, path):
        asked.clear()
        await client.get(path)
        return len(asked)

    return count


@pytest.mark.parametrize("path", LISTS)
async def test_list_asks_as_often_for_many_as_for_few(
    client_for, conn, bridge, count_queries, path
):
    admin = await client_for("admin")
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    await a_conference(conn, start=soon)
    await admin.get(path)
    few = await count_queries(admin, path)

    for number in range(1, 5):
        await a_conference(conn, start=soon + timedelta(hours=3 * number))

    assert (await count_queries(admin, path), few > 0) == (few, True)
