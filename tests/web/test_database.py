import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from meetings.store import Connection
from web.database import Complaint, Pool, list_unsafe, open_pool, transaction
from web.embedded import embedded
from web.errors import DatabaseDown


@pytest.fixture(autouse=True)
def patience() -> None:
    """The program's own limits are tried here."""


async def test_pool_carries_json_as_values(pool: Pool) -> None:
    async with transaction(pool) as conn:
        told = await conn.fetchval("SELECT $1::jsonb", {"điểm cầu": [1, None]})

    assert told == {"điểm cầu": [1, None]}


async def test_transaction_undoes_a_block_that_fails(pool: Pool, conn: Connection) -> None:
    async def fail() -> None:
        async with transaction(pool) as inner:
            await inner.execute("INSERT INTO throttles VALUES ('x', 1, now(), NULL)")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert await conn.fetchval("SELECT count(*) FROM throttles") == 0


async def test_pool_opens_without_a_server_and_heals_when_it_comes(scratch: Path) -> None:
    folder = scratch / "data"
    async with embedded(folder) as cluster:
        url = cluster.app_url
    async with open_pool(url) as pool:
        with pytest.raises(DatabaseDown):
            async with transaction(pool):
                pass
        async with embedded(folder), transaction(pool) as conn:
            answer = await conn.fetchval("SELECT 1")
        with pytest.raises(DatabaseDown):
            async with transaction(pool) as conn:
                await conn.fetchval("SELECT 2")

    assert answer == 1


async def test_transaction_tells_a_lost_connection(pool: Pool, owner: Connection) -> None:
    async def lose() -> None:
        async with transaction(pool) as conn:
            pid = await conn.fetchval("SELECT pg_backend_pid()")
            await owner.execute("SELECT pg_terminate_backend($1)", pid)
            await conn.fetchval("SELECT 1")

    with pytest.raises(DatabaseDown):
        await lose()

    async with transaction(pool) as conn:
        assert await conn.fetchval("SELECT 1") == 1


async def test_transaction_keeps_the_name_of_a_mistake(pool: Pool) -> None:
    with pytest.raises(OSError, match="disk"):
        async with transaction(pool):
            raise OSError("disk")


async def test_exhausted_pool_is_told_within_the_limit(database: str) -> None:
    async with open_pool(database, largest=1) as pool, transaction(pool):
        with pytest.raises(DatabaseDown):
            async with asyncio.timeout(5), transaction(pool):
                pass


def test_complaint_is_written_once_in_a_while() -> None:
    complaint = Complaint(timedelta(seconds=10))

    told = [complaint.tell(now, "x") for now in (0.0, 1.0, 9.9, 10.0, 11.0)]

    assert told == [True, False, False, True, False]


async def test_unsafe_settings_of_the_server_are_named(conn: Connection) -> None:
    assert await list_unsafe(conn) == ["fsync", "full_page_writes", "synchronous_commit"]
