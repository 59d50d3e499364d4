"""The stored office calendar: seeded, edited, swapped, and what judges read of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from meetings.audit import list_audit
from meetings.ids import UnitId
from meetings.office.days import DayKind, DayTaken, NewDay, NoWeekend, SeasonName, StaleEntry
from meetings.office.keeping import (
    add_day,
    change_day,
    days_of,
    load_calendar,
    remove_day,
    seasons,
    set_hours,
    swap_days,
)
from meetings.office.workdays import HOLIDAYS, MADE_UP, SUMMER, WINTER
from meetings.store.grounds import get_standing

BY = "program:test"
TEST_DAY = NewDay(day=date(2026, 12, 7), kind=DayKind.HOLIDAY, name="Ngày truyền thống")


async def test_seeded_calendar_agrees_with_what_the_product_knew_before(conn):
    calendar = await load_calendar(conn)

    known = range(2026, 2028)
    off = {day for day in calendar.off if day.year in known and day.weekday() < 5}
    assert off == HOLIDAYS
    assert {day for day in calendar.made_up if day.year in known} == MADE_UP
    assert calendar.seasons == (SUMMER, WINTER)


async def test_booking_is_judged_by_the_calendar_as_it_is_stored(conn):
    await add_day(conn, TEST_DAY, by=BY)
    [winter] = [one for one in await seasons(conn) if one.name is SeasonName.WINTER]
    later = replace(winter.hours, opens=time(8))
    await set_hours(conn, SeasonName.WINTER, later, version=None, by=BY)

    _, calendar = await get_standing(conn, UnitId(0))

    assert calendar == await load_calendar(conn)
    assert not calendar.is_working_day(TEST_DAY.day)
    assert later in calendar.seasons


async def test_swaps_of_2026_stand_in_the_seed(conn):
    kinds = {entry.what.day: entry.what.kind for entry in await days_of(conn, 2026)}

    assert kinds[date(2026, 1, 2)] is kinds[date(2026, 8, 31)] is DayKind.SWAP_OFF
    assert kinds[date(2026, 1, 10)] is kinds[date(2026, 8, 22)] is DayKind.MAKE_UP


async def test_day_in_doubt_is_kept_with_its_doubt_and_counts_once_confirmed(conn):
    [entry] = [one for one in await days_of(conn, 2026) if one.what.day == date(2026, 11, 24)]
    assert (entry.what.confirmed, entry.what.note[:13]) == (False, "Chưa xác nhận")
    assert (await load_calendar(conn)).is_working_day(entry.what.day)

    sure = replace(entry.what, confirmed=True)
    await change_day(conn, entry.id, sure, version=entry.version, by=BY)

    assert not (await load_calendar(conn)).is_working_day(entry.what.day)


async def test_seed_reaches_ten_years_ahead(conn):
    years = {year: len(await days_of(conn, year)) for year in range(2025, 2038)}

    assert min(years.values()) >= 11


async def test_entered_day_is_off_until_it_is_taken_out(conn):
    entered = await add_day(conn, TEST_DAY, by=BY)
    assert not (await load_calendar(conn)).is_working_day(TEST_DAY.day)

    await remove_day(conn, entered.id, version=entered.version, by=BY)

    assert (await load_calendar(conn)).is_working_day(TEST_DAY.day)
    actions = [entry.action for entry in await list_audit(conn, subject="calendar")]
    assert actions == ["calendar.remove", "calendar.add"]


async def test_day_is_entered_once(conn):
    await add_day(conn, TEST_DAY, by=BY)

    with pytest.raises(DayTaken) as caught:
        await add_day(conn, TEST_DAY, by=BY)

    assert caught.value.day == TEST_DAY.day


async def test_swap_moves_a_working_day_to_a_saturday(conn):
    off, worked = date(2026, 12, 7), date(2026, 12, 12)

    await swap_days(conn, off, worked, source="Thông báo", by=BY)

    calendar = await load_calendar(conn)
    assert (calendar.is_working_day(off), calendar.is_working_day(worked)) == (False, True)
    assert calendar.next_working_day(date(2026, 12, 4)) == date(2026, 12, 8)
    assert calendar.next_working_day(date(2026, 12, 11)) == worked


async def test_swap_with_a_monday_is_refused(conn):
    with pytest.raises(NoWeekend):
        await swap_days(conn, date(2026, 12, 8), date(2026, 12, 7), source="", by=BY)


async def test_second_editor_is_told_that_somebody_was_first(conn):
    entered = await add_day(conn, TEST_DAY, by=BY)
    changed = replace(TEST_DAY, name="Ngày hội")
    await change_day(conn, entered.id, changed, version=1, by=BY)

    with pytest.raises(StaleEntry) as caught:
        await change_day(conn, entered.id, TEST_DAY, version=1, by=BY)

    assert caught.value.version == 2


async def test_hours_of_a_season_are_edited(conn):
    later = replace(WINTER, opens=time(8))
    [_, winter] = await seasons(conn)

    stored = await set_hours(conn, SeasonName.WINTER, later, version=winter.version, by=BY)

    calendar = await load_calendar(conn)
    assert stored.version == winter.version + 1
    assert calendar.hours_on(date(2026, 12, 1)).opens == time(8)
    assert calendar.hours_on(date(2026, 12, 1) + timedelta(days=180)) == SUMMER
