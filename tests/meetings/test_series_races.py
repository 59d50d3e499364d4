"""Series among other bookings: nobody is promised a hall twice, and nothing waits for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from meetings.attempts import attempt
from meetings.errors import SiteBusy
from meetings.scheduling.booking import book
from meetings.series.errors import SeriesClash
from meetings.series.plan import OnHolidays
from tests.makers import MONDAY_EIGHT, a_directory, a_wish
from tests.repeating import repeat
from web.database import open_pool, transaction

BY = "test"
NOW = MONDAY_EIGHT - timedelta(hours=1)
OVERLAPS = """
    SELECT count(*) FROM holds a JOIN holds b
        ON a.site_id = b.site_id AND a.conference_id < b.conference_id AND a.during && b.during
"""


async def one_series(pool, wish):
    async def work():
        async with transaction(pool) as conn:
            done = await repeat(
                conn, wish, "FREQ=WEEKLY;COUNT=10", on_holidays=OnHolidays.SKIP, now=NOW
            )
            return len(done.plan.booked)

    try:
        return await attempt(work)
    except SeriesClash:
        return 0


async def one_booking(pool, wish):
    async def work():
        async with transaction(pool) as conn:
            await book(conn, wish, by="test", now=NOW)
            return 1

    try:
        return await attempt(work)
    except SiteBusy:
        return 0


async def test_series_and_bookings_at_once_promise_every_hall_once(database, conn):
    await a_directory(conn)
    wishes = [
        await a_wish(conn, sites=3, start=MONDAY_EIGHT + timedelta(weeks=week))
        for week in range(10)
    ]
    later = await a_wish(conn, sites=3, start=MONDAY_EIGHT + timedelta(hours=1))

    async with open_pool(database, largest=12) as pool:
        made = await asyncio.gather(
            one_series(pool, wishes[0]),
            *(one_booking(pool, wish) for wish in wishes),
            one_series(pool, later),
        )

    held = await conn.fetchval("SELECT count(*) FROM holds")
    assert await conn.fetchval(OVERLAPS) == 0
    assert held == 3 * sum(made)
    # All of them overlap on each of the ten Mondays, so that one of them has it.
    assert sum(made) == 10


READ = """
    SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables
     WHERE relname IN ('conferences', 'invitations') ORDER BY relname
"""


async def test_series_after_single_bookings_reads_no_table_for_each_row(conn, owner, dien_bien):
    wishes = [
        await a_wish(conn, sites=2, start=MONDAY_EIGHT + timedelta(hours=3 * hour))
        for hour in range(9)
    ]
    await owner.execute("ANALYZE")  # of nothing: a look at the whole table seems cheapest for ever
    for wish in wishes:
        async with conn.transaction():
            await book(conn, wish, by="test", now=NOW)

    async with conn.transaction():
        later = await a_wish(conn, sites=45, start=MONDAY_EIGHT + timedelta(weeks=9))
        done = await repeat(
            conn, later, "FREQ=WEEKLY;COUNT=20", on_holidays=OnHolidays.KEEP, now=NOW
        )
        read = {row["relname"]: row["seq_tup_read"] for row in await conn.fetch(READ)}

    rows = len(done.plan.booked) * 45
    assert rows == 900
    assert {name: count < rows * 2 for name, count in read.items()} == {
        "conferences": True, "invitations": True,
    }  # fmt: skip
