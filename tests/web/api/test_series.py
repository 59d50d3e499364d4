"""Series through the API: dates, what is left out and why, all or nothing, bad rules."""

from __future__ import annotations

from typing import Any

import pytest

from bridges.placement.rooms import room_of
from meetings.audit import list_audit
from meetings.model import SiteId
from tests.makers import an_official
from tests.web.api.conftest import a_body, booked

PATH = "/api/v1/series"
OFFICE = "11.vpubnd"
WEEKLY = "FREQ=WEEKLY;COUNT=8"
FIRST = {"start": "2026-11-30T08:00:00+07:00", "end": "2026-11-30T10:00:00+07:00"}


def a_series(sites: list[SiteId], **more: Any) -> dict[str, Any]:
    return a_body(sites, **{**FIRST, "rrule": WEEKLY, **more})


async def test_series_is_booked_with_a_conference_a_room_and_links_on_every_date(
    program, sites, conn
):
    secretary = await program("secretary", unit=OFFICE)

    answer = await secretary.post(PATH, json=a_series(sites))

    body = await answer.json()
    assert answer.status == 201
    assert answer.headers["Location"] == f"{PATH}/{body['id']}"
    starts = [one["start"] for one in body["created"]]
    assert starts[:2] == ["2026-11-30T01:00:00Z", "2026-12-07T01:00:00Z"]
    assert (len(starts), body["skipped"]) == (8, [])
    for one in body["created"]:
        conference = await (await secretary.get(f"/api/v1/conferences/{one['id']}")).json()
        room = await room_of(conn, one["id"])
        links = await conn.fetch("SELECT FROM links WHERE conference_id = $1", one["id"])
        assert (conference["start"], conference["state"]) == (one["start"], "confirmed")
        assert (room.bridge_name, len(links)) == ("meet", len(conference["sites"]))
    [entry] = await list_audit(conn, subject=f"series:{body['id']}")
    assert (entry.action, entry.detail) == ("series.book", {"conferences": 8, "skipped": 0})
    [booked] = await list_audit(conn, subject=f"conference:{body['created'][0]['id']}")
    assert booked.action == "conference.book"


async def test_a_slip_of_the_year_is_told_of_the_first_date_alone(program, sites):
    secretary = await program("secretary", unit=OFFICE)
    rule = {"rrule": "FREQ=YEARLY;COUNT=3", "on_holidays": "keep"}
    slip = {"start": "2036-12-01T08:00:00+07:00", "end": "2036-12-01T10:00:00+07:00"}

    years = await (await secretary.post(f"{PATH}/preview", json=a_series(sites, **rule))).json()
    late = await (await secretary.post(PATH, json=a_series(sites, **rule, **slip))).json()

    told = [[[one["rule"] for one in day["warnings"]] for day in said["created"]]
            for said in (years, late)]  # fmt: skip
    assert [["far-ahead" in one for one in dates] for dates in told] == [
        [False, False, False],
        [True, False, False],
    ]


async def test_series_is_shown_as_it_was_answered(program, sites):
    secretary = await program("secretary", unit=OFFICE)
    body = await (await secretary.post(PATH, json=a_series(sites))).json()

    answer = await secretary.get(f"{PATH}/{body['id']}")
    listed = await (await secretary.get(PATH)).json()

    assert answer.headers["ETag"] == '"1"'
    assert await answer.json() == body
    assert [one["id"] for one in listed["items"]] == [body["id"]]


async def test_clashing_date_is_left_out_and_its_rival_named(program, sites):
    secretary = await program("secretary", unit=OFFICE)
    rival = a_body(
        sites, start="2026-12-07T09:00:00+07:00", end="2026-12-07T09:30:00+07:00", title="Họp khác"
    )
    other = await (await secretary.post("/api/v1/conferences", json=rival)).json()

    body = await (await secretary.post(PATH, json=a_series(sites))).json()

    [skipped] = body["skipped"]
    assert len(body["created"]) == 7
    assert (skipped["date"], skipped["reason"]) == ("2026-12-07", "clash")
    assert skipped["rival"]["conference"] == other["id"]
    assert skipped["rival"]["title"] == "Họp khác"


async def test_all_or_nothing_books_nothing_and_names_every_date(program, sites, conn):
    secretary = await program("secretary", unit=OFFICE)
    rival = a_body(sites, start="2026-12-07T09:00:00+07:00", end="2026-12-07T09:30:00+07:00")
    await secretary.post("/api/v1/conferences", json=rival)

    answer = await secretary.post(PATH, json=a_series(sites, all_or_nothing=True))

    problem = await answer.json()
    assert (answer.status, problem["code"]) == (409, "series-clash")
    assert [one["date"] for one in problem["skipped"]] == ["2026-12-07"]
    assert await conn.fetchval("SELECT count(*) FROM conferences") == 1
    assert await conn.fetchval("SELECT count(*) FROM series") == 0


@pytest.mark.parametrize(
    ("option", "held", "left_out"),
    [
        ("skip", ["2026-12-25", "2027-01-08"], ["2027-01-01"]),
        ("next-working-day", ["2026-12-25", "2027-01-04", "2027-01-08"], []),
        ("keep", ["2026-12-25", "2027-01-01", "2027-01-08"], []),
    ],
)
async def test_holidays_are_left_out_moved_or_kept(program, sites, option, held, left_out):
    secretary = await program("secretary", unit=OFFICE)
    first = {"start": "2026-12-25T08:00:00+07:00", "end": "2026-12-25T09:00:00+07:00"}
    wish = a_series(sites, **first, rrule="FREQ=WEEKLY;COUNT=3", on_holidays=option)

    body = await (await secretary.post(f"{PATH}/preview", json=wish)).json()

    assert [one["start"][:10] for one in body["created"]] == held
    assert [(one["date"], one["reason"]) for one in body["skipped"]] == [
        (day, "holiday") for day in left_out
    ]


async def test_what_speaks_against_each_date_is_told_and_kept(program, sites, conn):
    secretary = await program("secretary", unit=OFFICE)
    first = {"start": "2026-12-25T16:00:00+07:00", "end": "2026-12-25T17:30:00+07:00"}
    wish = a_series(sites, **first, rrule="FREQ=DAILY;COUNT=2", on_holidays="keep")

    seen = await (await secretary.post(f"{PATH}/preview", json=wish)).json()
    body = await (await secretary.post(PATH, json=wish)).json()

    told = [[one["rule"] for one in day["warnings"]] for day in body["created"]]
    assert told == [["out-of-hours"], ["day-off", "out-of-hours"]]
    assert [[one["rule"] for one in day["warnings"]] for day in seen["created"]] == told
    kept = "SELECT array_agg(rule ORDER BY conference_id, place) FROM conference_warnings"
    assert await conn.fetchval(kept) == ["out-of-hours", "day-off", "out-of-hours"]
    audit = "SELECT detail -> 'overridden' FROM audit WHERE action = 'series.book'"
    assert await conn.fetchval(audit) == ["day-off", "out-of-hours"]


async def test_a_plain_saturday_is_a_day_off_and_no_holiday(program, sites, conn):
    secretary = await program("secretary", unit=OFFICE)
    first = {"start": "2026-12-25T08:00:00+07:00", "end": "2026-12-25T09:00:00+07:00"}
    wish = a_series(sites, **first, rrule="FREQ=DAILY;COUNT=2", on_holidays="skip")

    body = await (await secretary.post(PATH, json=wish)).json()

    assert [(one["date"], one["reason"]) for one in body["skipped"]] == [("2026-12-26", "day-off")]
    assert await conn.fetchval("SELECT reason FROM series_skips") == "day-off"


async def test_preview_changes_nothing(program, sites, conn):
    secretary = await program("secretary", unit=OFFICE)

    body = await (await secretary.post(f"{PATH}/preview", json=a_series(sites))).json()

    assert len(body["created"]) == 8
    assert await conn.fetchval("SELECT count(*) FROM conferences") == 0


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=WEEKLY", "rule-without-end"),
        ("FREQ=SECONDLY;UNTIL=20991231", "rule-too-often"),
        ("FREQ=DAILY;UNTIL=20991231", "rule-too-long"),
        ("FREQ=YEARLY;COUNT=3;BYSETPOS=1,1,1,1", "bad-rule"),
    ],
)
async def test_bad_rule_is_told_beside_its_field(program, sites, rule, code):
    secretary = await program("secretary", unit=OFFICE)

    answer = await secretary.post(PATH, json=a_series(sites, rrule=rule))

    errors = (await answer.json())["errors"]
    assert answer.status == 422
    assert [(one["field"], one["code"]) for one in errors] == [("rrule", code)]


async def test_wall_clock_of_another_zone_stays_over_its_change_of_time(program, sites):
    secretary = await program("secretary", unit=OFFICE)
    first = {"start": "2027-03-08T13:00:00Z", "end": "2027-03-08T14:00:00Z"}
    wish = a_series(sites, **first, rrule="FREQ=WEEKLY;COUNT=2", zone="America/New_York")

    body = await (await secretary.post(f"{PATH}/preview", json=wish)).json()
    unknown = await secretary.post(PATH, json=wish | {"zone": "Mars/Olympus"})

    assert [one["start"] for one in body["created"]] == [
        "2027-03-08T13:00:00Z",
        "2027-03-15T12:00:00Z",
    ]
    assert [one["code"] for one in (await unknown.json())["errors"]] == ["bad-zone"]


async def test_stranger_does_not_find_the_series(program, sites):
    secretary = await program("secretary", unit=OFFICE)
    body = await (await secretary.post(PATH, json=a_series(sites))).json()
    stranger = await program("secretary", unit="03127")

    answer = await stranger.get(f"{PATH}/{body['id']}")

    assert (answer.status, (await answer.json())["code"]) == (404, "series-not-found")


async def test_same_key_books_one_series(program, sites, conn):
    secretary = await program("secretary", unit=OFFICE)
    headers = {"Idempotency-Key": "giao-ban-tuan"}

    first = await secretary.post(PATH, json=a_series(sites), headers=headers)
    second = await secretary.post(PATH, json=a_series(sites), headers=headers)

    assert await first.json() == await second.json()
    assert await conn.fetchval("SELECT count(*) FROM series") == 1


async def test_dates_that_meet_a_closed_hall_or_a_busy_official_say_whose_and_until_when(
    program, sites, conn
):
    secretary = await program("secretary")
    chair = await an_official(conn, "Chủ tịch UBND tỉnh")
    shut = {"start": "2026-12-07T07:00:00+07:00", "end": "2026-12-07T12:00:00+07:00"}
    black = {"site": sites[1], "reason": "Sửa điện", **shut}
    assert (await secretary.post("/api/v1/black-outs", json=black)).status == 201
    busy = {"start": "2026-12-14T09:00:00+07:00", "end": "2026-12-14T11:00:00+07:00"}
    await booked(secretary, sites[2:], chair_id=chair, **busy)
    body = a_series(sites[:2], host="11", chair_id=chair, rrule="FREQ=WEEKLY;COUNT=4")

    looked = await (await secretary.post(f"{PATH}/preview", json=body)).json()
    whole = await secretary.post(PATH, json=body | {"all_or_nothing": True})
    made = await (await secretary.post(PATH, json=body)).json()
    later = await (await secretary.get(f"{PATH}/{made['id']}")).json()

    said = {one["date"]: one for one in looked["skipped"]}
    rules = {day: [why["rule"] for why in one["reasons"]] for day, one in said.items()}
    assert rules == {"2026-12-07": ["blacked-out"], "2026-12-14": ["official-busy"]}
    [closed] = said["2026-12-07"]["reasons"]
    assert (closed["start"], closed["holder"]["title"]) == ("2026-12-07T00:00:00Z", "Sửa điện")
    assert "Sửa điện" in closed["sentence"]
    assert (whole.status, (await whole.json())["skipped"]) == (409, looked["skipped"])
    assert made["skipped"] == later["skipped"] == looked["skipped"]
