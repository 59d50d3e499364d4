"""T-A7: a series of 260 dates, k of which clash: all or nothing, or every lost date named."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from meetings.model import Wish
from meetings.office.workdays import local_day
from meetings.series.errors import SeriesClash
from meetings.series.plan import SkipReason
from meetings.store import Connection
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_wish
from tests.repeating import repeat

DATES = 260
NOW = MONDAY_EIGHT - timedelta(hours=1)
HELD = """
    SELECT lower(during) AS starts_at FROM holds h JOIN conferences c ON c.id = h.conference_id
     WHERE c.series_id = $1
"""


async def book_daily(conn: Connection, wish: Wish, *, whole: bool) -> tuple[int, dict[date, Any]]:
    """Book the wish on every day; return the series and what was said of dates left out."""
    async with conn.transaction():
        done = await repeat(conn, wish, f"FREQ=DAILY;COUNT={DATES}", whole=whole, now=NOW)
    return done.id, {one.date: one for one in done.plan.skipped}


@pytest.mark.parametrize("clashes", [0, 1, 20])
async def test_every_date_is_booked_or_named_with_its_rival(conn: Connection, clashes: int) -> None:
    await a_directory(conn)
    days = sorted(Random(clashes).sample(range(DATES), clashes))
    rivals = {
        MONDAY_EIGHT.date() + timedelta(days=day): (
            await a_conference(
                conn, sites=1, start=MONDAY_EIGHT + timedelta(days=day, hours=1), now=NOW
            )
        ).id
        for day in days
    }
    wish = await a_wish(conn, sites=1)
    if clashes:
        with pytest.raises(SeriesClash) as refused:
            await book_daily(conn, wish, whole=True)
        assert [one.date for one in refused.value.skipped] == sorted(rivals)
        assert await conn.fetchval("SELECT count(*) FROM series") == 0

    series, skipped = await book_daily(conn, wish, whole=not clashes)

    held = {local_day(row["starts_at"]) for row in await conn.fetch(HELD, series)}
    assert {day: one.rival and one.rival.conference for day, one in skipped.items()} == rivals
    assert {one.reason for one in skipped.values()} <= {SkipReason.CLASH}
    assert (len(held), held & skipped.keys()) == (DATES - clashes, set())


async def test_a_series_of_which_no_date_is_free_is_refused_either_way(conn: Connection) -> None:
    await a_directory(conn)
    wish = await a_wish(conn, sites=1)
    await book_daily(conn, wish, whole=True)

    for whole in (True, False):
        with pytest.raises(SeriesClash) as refused:
            await book_daily(conn, wish, whole=whole)
        assert len(refused.value.skipped) == DATES
    assert await conn.fetchval("SELECT count(*) FROM series") == 1
