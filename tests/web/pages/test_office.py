"""The page of the office calendar: read by everybody, edited by admins."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime

from meetings.model import State
from meetings.office.keeping import days_of, load_calendar
from meetings.office.workdays import ZONE
from tests.makers import a_conference
from web.keys import OFFICE

PAGE = "/office-calendar"


async def test_leader_reads_the_year_and_cannot_edit(client_for):
    leader = await client_for("leader")

    text = await (await leader.get(PAGE, params={"year": "2026"})).text()

    assert "ngày làm việc trong năm 2026" in text
    assert "Nghỉ hoán đổi, làm bù 10/01/2026" in text
    assert "Chưa xác nhận, chưa tính" in text
    assert "Ghi vào lịch" not in text


async def test_admin_enters_a_day_as_people_write_it(client_for, conn):
    admin = await client_for("admin")
    form = {"day": "7/12/2026", "kind": "holiday", "name": "Ngày hội", "year": "2026"}

    answer = await admin.post(f"{PAGE}/days", data=form, allow_redirects=False)

    assert answer.headers["Location"] == f"{PAGE}?said=day-entered&year=2026"
    assert not (await load_calendar(conn)).is_working_day(date(2026, 12, 7))


async def test_wrong_day_is_told_beside_its_field_and_nothing_typed_is_lost(client_for):
    admin = await client_for("admin")
    form = {"day": "31/02/2026", "kind": "holiday", "name": "Ngày hội", "year": "2026"}

    answer = await admin.post(f"{PAGE}/days", data=form)

    text = await answer.text()
    assert answer.status == 422
    assert 'id="day-wrong"' in text
    assert 'value="Ngày hội"' in text


async def test_day_in_doubt_is_confirmed_by_one_press(client_for, conn):
    admin = await client_for("admin")
    [entry] = [one for one in await days_of(conn, 2026) if not one.what.confirmed]

    await admin.post(f"{PAGE}/days/{entry.id}/confirm", data={"version": "1"})

    assert not (await load_calendar(conn)).is_working_day(date(2026, 11, 24))


async def test_hours_and_swaps_are_typed_as_people_write_them(client_for, conn):
    admin = await client_for("admin")
    hours = {"season": "winter", "version": "1", "since": "16/10", "opens": "8h"}
    lunch = {"lunch_begins": "11h30", "lunch_ends": "13:30", "closes": "17 giờ"}

    first = await admin.post(f"{PAGE}/hours", data=hours | lunch, allow_redirects=False)
    swap = {"off": "7/12/2026", "worked": "12/12/2026"}
    second = await admin.post(f"{PAGE}/swaps", data=swap, allow_redirects=False)
    wrong = await admin.post(f"{PAGE}/hours", data=hours | lunch | {"since": "31/10"})

    calendar = await load_calendar(conn)
    assert (first.status, second.status, wrong.status) == (303, 303, 422)
    assert f"{calendar.hours_on(date(2026, 12, 1)).opens:%H:%M}" == "08:00"
    assert calendar.is_working_day(date(2026, 12, 12))


async def test_program_hears_of_a_change_by_itself(app, client_for, conn):
    admin = await client_for("admin")
    office = app[OFFICE]
    assert office.calendar.is_working_day(date(2026, 12, 7))

    form = {"day": "7/12/2026", "kind": "holiday", "name": "Ngày hội"}
    await admin.post(f"{PAGE}/days", data=form)

    async with asyncio.timeout(60):
        while office.calendar.is_working_day(date(2026, 12, 7)):
            await asyncio.sleep(0.01)


async def test_swap_names_the_day_that_is_taken_already(client_for):
    admin = await client_for("admin")
    await admin.post(
        f"{PAGE}/days", data={"day": "7/12/2026", "kind": "holiday", "name": "Ngày hội"}
    )

    taken = await admin.post(f"{PAGE}/swaps", data={"off": "7/12/2026", "worked": "12/12/2026"})
    weekday = await admin.post(f"{PAGE}/swaps", data={"off": "8/12/2026", "worked": "9/12/2026"})

    wrong = [re.findall(r'id="(\w+)-wrong"', await one.text()) for one in (taken, weekday)]
    assert ([one.status for one in (taken, weekday)], wrong) == ([422, 422], [["off"], ["worked"]])


async def test_day_off_tells_of_conferences_that_were_planned_on_it_before(client_for, conn):
    admin = await client_for("admin")
    for state, hour in ((State.CONFIRMED, 8), (State.CONFIRMED, 10), (State.CANCELLED, 14)):
        start = datetime(2026, 12, 7, hour, tzinfo=ZONE)
        await a_conference(conn, state=state, start=start)
    days = {"off": "7/12/2026", "worked": "12/12/2026", "year": "2026"}

    text = await (await admin.post(f"{PAGE}/swaps", data=days)).text()

    told = re.findall(r'<a href="([^"]*)">(2 hội nghị đã xếp vào ngày này)<', text)
    assert told == [("/schedule/day?on=2026-12-07", "2 hội nghị đã xếp vào ngày này")]
    assert text.count("đã xếp vào ngày này") == 1
