"""Dates that a series left out are offered again only while all that it needs is there."""

from __future__ import annotations

from datetime import timedelta

from meetings.office.workdays import local_day
from meetings.reforms.reforming import close_unit
from meetings.scheduling.booking import cancel
from meetings.series.explaining import skips_of
from meetings.series.watching import watch_skips
from meetings.store.occurrences import list_skips
from meetings.store.series import get_series
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_unit, a_wish, some_sites
from tests.repeating import repeat

BY = "test"
NOW = MONDAY_EIGHT - timedelta(hours=1)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY_EIGHT + number * timedelta(days=1) for number in (1, 2, 3))


async def watch(conn, series, now):
    """Look for free dates; return those of each series."""
    await watch_skips(conn, now)
    found = [await list_skips(conn, one) for one in series]
    return [[one.date for one in skips if one.free_since] for skips in found]


async def test_no_date_is_offered_behind_the_end_of_its_host(conn):
    await a_directory(conn)
    unit, sites = await a_unit(conn, "03160"), await some_sites(conn, 2)
    taken = [
        await a_conference(conn, sites=sites, start=day) for day in (TUESDAY, WEDNESDAY, THURSDAY)
    ]
    hosts = zip(sites, (unit.code, "11.vpubnd"), strict=True)
    wishes = [await a_wish(conn, sites=[site], host=host) for site, host in hosts]
    series = [(await repeat(conn, one, "FREQ=DAILY;COUNT=4", now=NOW)).id for one in wishes]
    await close_unit(conn, unit, since=local_day(WEDNESDAY), by=BY)
    for one in taken:
        await cancel(conn, one.id, reason="mưa lũ", version=None, by=BY, now=NOW)

    before = await watch(conn, series, NOW)
    after = await watch(conn, series, TUESDAY)

    tuesday, wednesday, thursday = map(local_day, (TUESDAY, WEDNESDAY, THURSDAY))
    assert before == [[tuesday], [tuesday, wednesday, thursday]]
    assert after == [[], [wednesday, thursday]]


async def test_date_that_is_taken_again_is_told_as_free_no_longer(conn):
    await a_directory(conn)
    sites = await some_sites(conn, 2)
    wish = await a_wish(conn, sites=sites)
    rivals = [await a_conference(conn, sites=sites, start=day) for day in (TUESDAY, WEDNESDAY)]
    number = (await repeat(conn, wish, "FREQ=DAILY;COUNT=3", now=NOW)).id
    for one in rivals:
        await cancel(conn, one.id, reason="mưa lũ", version=None, by=BY, now=NOW)
    await watch_skips(conn, NOW)
    series = await get_series(conn, number)

    free = await skips_of(conn, series, now=NOW)
    await a_conference(conn, sites=sites[:1], start=TUESDAY, now=NOW)
    taken = await skips_of(conn, series, now=NOW)
    begun = await skips_of(conn, series, now=WEDNESDAY)

    assert [one.free_since for one in free] == [NOW, NOW]
    assert [one.free_since for one in taken] == [None, NOW]
    assert [one.free_since for one in begun] == [None, None]
