"""Lists ask the database as often for many rows as for few."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.makers import a_conference

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
