"""The office calendar through the API."""

from __future__ import annotations

from datetime import date

from meetings.office.keeping import load_calendar

PATH = "/api/v1/calendar-days"
DAY = {"day": "2026-12-07", "kind": "holiday", "name": "Ngày truyền thống"}


async def test_everybody_reads_a_year(program):
    hall = await program("hall")

    answer = await hall.get(PATH, params={"year": "2026"})

    items = (await answer.json())["items"]
    assert [item["day"] for item in items][:3] == ["2026-01-01", "2026-01-02", "2026-01-10"]
    assert [item["kind"] for item in items][:3] == ["holiday", "swap_off", "make_up_workday"]


async def test_only_an_admin_enters_a_day(program):
    secretary = await program("secretary")

    answer = await secretary.post(PATH, json=DAY)

    assert (answer.status, (await answer.json())["code"]) == (403, "forbidden")


async def test_day_is_entered_changed_and_taken_out(program, conn):
    admin = await program("admin")
    answer = await admin.post(PATH, json=DAY)
    body = await answer.json()
    assert answer.status == 201
    assert body == {
        **DAY,
        "id": body["id"],
        "name_en": "",
        "source": "",
        "confirmed": True,
        "note": "",
        "version": 1,
    }

    place = f"{PATH}/{body['id']}"
    changed = await admin.patch(place, json={"name": "Ngày hội"}, headers={"If-Match": '"1"'})
    stale = await admin.delete(place, headers={"If-Match": '"1"'})
    blind = await admin.delete(place)
    gone = await admin.delete(place, headers={"If-Match": '"2"'})

    assert [one.status for one in (changed, stale, blind, gone)] == [200, 412, 428, 200]
    assert (await changed.json())["name"] == "Ngày hội"
    assert (await load_calendar(conn)).is_working_day(date(2026, 12, 7))


async def test_swap_enters_both_days_or_none(program):
    admin = await program("admin")
    swap = {"off": "2026-12-07", "worked": "2026-12-12"}

    first = await admin.post(f"{PATH}/swap", json=swap)
    second = await admin.post(f"{PATH}/swap", json={**swap, "off": "2026-12-08"})

    problem = await second.json()
    assert (first.status, second.status) == (201, 409)
    assert (problem["code"], problem["errors"][0]["field"]) == ("calendar-day-taken", "day")
    assert problem["day"] == "2026-12-12"
    entered = (await (await admin.get(PATH, params={"year": "2026"})).json())["items"]
    assert "2026-12-08" not in {item["day"] for item in entered}


async def test_day_of_a_weekend_is_not_given_in_exchange(program):
    admin = await program("admin", headers={"Accept-Language": "en"})

    answer = await admin.post(f"{PATH}/swap", json={"off": "2026-12-05", "worked": "2026-12-12"})

    assert answer.status == 422
    assert (await answer.json())["errors"] == [
        {
            "field": "off",
            "code": "not-worked",
            "message": "Offices are closed on Saturdays and Sundays anyhow.",
        }
    ]


async def test_hours_that_run_backwards_are_refused(program):
    admin = await program("admin")
    body = {
        "season": "winter",
        "month": 10,
        "day": 16,
        "opens": "07:30",
        "lunch_begins": "13:00",
        "lunch_ends": "11:30",
        "closes": "17:00",
    }

    answer = await admin.patch("/api/v1/office-hours", json=body, headers={"If-Match": "*"})
    good = {**body, "lunch_begins": "11:30", "lunch_ends": "13:00", "opens": "08:00"}
    right = await admin.patch("/api/v1/office-hours", json=good, headers={"If-Match": '"1"'})

    assert [one["field"] for one in (await answer.json())["errors"]] == ["lunch_ends"]
    assert (answer.status, right.status) == (422, 200)
    assert (await right.json()) == {**good, "version": 2}
