"""Another rule for a series: dates keep their links, what was changed by hand stays."""

from __future__ import annotations

from typing import Any

import pytest

from meetings.series.watching import watch_skips
from tests.web.api.conftest import NOW, Client, a_body, booked
from tests.web.api.test_series import PATH, a_series

CONFERENCES = "/api/v1/conferences"
ANY = {"If-Match": "*"}
LINKS = "SELECT site_id, hash FROM links WHERE conference_id = $1 ORDER BY site_id"
HELD = """
    SELECT count(*) FROM holds h JOIN conferences c ON c.id = h.conference_id
     WHERE c.series_id = $1 AND h.firm
       AND (lower(h.during), upper(h.during)) = (lower(c.period), upper(c.period))
"""


@pytest.fixture
async def secretary(program) -> Client:
    client: Client = await program("secretary")
    return client


@pytest.fixture
async def weekly(secretary, sites) -> dict[str, Any]:
    body = a_series(sites, host="11", rrule="FREQ=WEEKLY;COUNT=4")
    answer: dict[str, Any] = await (await secretary.post(PATH, json=body)).json()
    return answer


async def change(client, series, query="", **body):
    return await client.patch(f"{PATH}/{series['id']}{query}", json=body, headers=ANY)


def days(series):
    return [one["start"][:10] for one in series["created"]]


async def test_another_weekday_moves_each_date_with_its_links_and_keeps_what_is_ones_own(
    secretary, weekly, conn
):
    ids = [one["id"] for one in weekly["created"]]
    links = [await conn.fetch(LINKS, number) for number in ids]
    own = {"start": "2026-12-16T08:00:00Z", "end": "2026-12-16T09:00:00Z", "title": "Riêng"}
    await secretary.patch(f"{CONFERENCES}/{ids[2]}", json=own, headers=ANY)
    await secretary.patch(f"{CONFERENCES}/{ids[1]}", json={"title": "Khác"}, headers=ANY)

    answer = await change(secretary, weekly, rrule="FREQ=WEEKLY;BYDAY=TU;COUNT=5", minutes=60)

    series = await answer.json()
    assert answer.status == 200
    assert days(series) == ["2026-12-01", "2026-12-08", "2026-12-16", "2026-12-22", "2026-12-29"]
    assert [one["id"] for one in series["created"]][:4] == ids
    assert [await conn.fetch(LINKS, number) for number in ids] == links
    titles = [
        (await (await secretary.get(f"{CONFERENCES}/{one['id']}")).json())["title"]
        for one in series["created"]
    ]
    assert titles == [weekly["title"], "Khác", "Riêng", weekly["title"], weekly["title"]]
    assert await conn.fetchval(HELD, weekly["id"]) == 15
    assert (series["rrule"], series["version"]) == ("FREQ=WEEKLY;BYDAY=TU;COUNT=5", 2)
    fifth = series["created"][4]["id"]
    assert (await secretary.get(f"{CONFERENCES}/{fifth}/room")).status == 200
    assert len(await conn.fetch(LINKS, fifth)) == 3


async def test_dates_that_the_rule_no_longer_has_are_called_off(secretary, weekly):
    answer = await change(secretary, weekly, rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=2")

    series = await answer.json()
    assert days(series) == ["2026-11-30", "2026-12-14"]
    gone = await (await secretary.get(f"{CONFERENCES}/{weekly['created'][1]['id']}")).json()
    assert gone["state"] == "cancelled"


async def test_dates_that_clash_under_the_new_rule_are_left_out_in_sight(secretary, weekly, sites):
    at = {"start": "2026-12-08T09:00:00+07:00", "end": "2026-12-08T11:00:00+07:00"}
    rival = await booked(secretary, sites, **at)

    series = await (await change(secretary, weekly, rrule="FREQ=WEEKLY;BYDAY=TU;COUNT=4")).json()

    assert days(series) == ["2026-12-01", "2026-12-15", "2026-12-22"]
    [skipped] = series["skipped"]
    assert (skipped["date"], skipped["reason"]) == ("2026-12-08", "clash")
    assert skipped["rival"]["conference"] == rival["id"]


async def test_another_rule_for_the_following_dates_leaves_the_others(secretary, weekly):
    query = "?scope=following&date=2026-12-14"

    answer = await change(
        secretary, weekly, query, rrule="FREQ=WEEKLY;BYDAY=WE,FR;COUNT=3", starts_at="14:00"
    )

    before = await (await secretary.get(f"{PATH}/{weekly['id']}")).json()
    after = await answer.json()
    assert days(before) == ["2026-11-30", "2026-12-07"]
    assert [one["start"] for one in after["created"]] == [
        "2026-12-16T07:00:00Z",
        "2026-12-18T07:00:00Z",
        "2026-12-23T07:00:00Z",
    ]


async def test_what_a_change_comes_to_is_told_before_and_nothing_is_changed(
    secretary, weekly, sites
):
    at = {"start": "2026-12-16T09:00:00+07:00", "end": "2026-12-16T11:00:00+07:00"}
    rival = await booked(secretary, sites, **at)
    place = f"{PATH}/{weekly['id']}"
    own = weekly["created"][3]["id"]
    await secretary.patch(f"{CONFERENCES}/{own}", json={"title": "Riêng"}, headers=ANY)
    before = await (await secretary.get(place)).json()
    query = "?scope=following&date=2026-12-07"
    body = {"rrule": "FREQ=WEEKLY;BYDAY=WE;COUNT=4", "starts_at": "09:30"}

    answer = await secretary.post(f"{place}/preview{query}", json=body)
    other = await secretary.post(f"{place}/preview", json={"title": "Khác"})
    one = await secretary.post(f"{place}/preview?scope=one&date=2026-12-07", json=body)

    told = await answer.json()
    assert answer.status == 200
    assert await (await secretary.get(place)).json() == before
    assert [(it["id"], it["start_now"][:10], it["start"][:16]) for it in told["moved"]] == [
        (weekly["created"][1]["id"], "2026-12-07", "2026-12-09T02:30"),
        (own, "2026-12-21", "2026-12-23T02:30"),
    ]
    assert [it["start"][:10] for it in told["created"]] == ["2026-12-30"]
    assert [it["id"] for it in told["cancelled"]] == [weekly["created"][2]["id"]]
    [skipped] = told["skipped"]
    assert (skipped["date"], skipped["rival"]["conference"]) == ("2026-12-16", rival["id"])
    assert {name for name, items in (await other.json()).items() if items} == set()
    assert one.status == 422
    rest = await (await change(secretary, weekly, query, **body)).json()
    assert [it["start"] for it in rest["created"]] == [
        told["moved"][0]["start"],
        told["moved"][1]["start"],
        told["created"][0]["start"],
    ]


async def test_what_speaks_against_each_date_is_told_before_it_changes(secretary, weekly, sites):
    place = f"{PATH}/{weekly['id']}/preview"
    rule = {"rrule": "FREQ=WEEKLY;BYDAY=SA;COUNT=5", "on_holidays": "keep"}

    moved = await (await secretary.post(place, json=rule)).json()
    own = f"{PATH}/{weekly['id']}?scope=one&date=2026-12-07"
    await secretary.patch(own, json={"starts_at": "11:00", "minutes": 120}, headers=ANY)
    changed = await (await secretary.post(place, json={"sites": sites[:2]})).json()

    assert {name: rules_of(moved[name]) for name in ("moved", "created")} == {
        "moved": [["day-off"]] * 4,
        "created": [["day-off"]],
    }
    assert rules_of(changed["changed"]) == [[], ["crosses-lunch"], [], []]
    assert moved["moved"][0]["warnings"][0]["sentence"]


def rules_of(dates):
    return [[one["rule"] for one in it["warnings"]] for it in dates]


async def test_host_urgency_secretary_and_visibility_change_on_all_dates(secretary, weekly, conn):
    what = {
        "host": "11.vpubnd",
        "urgency": "urgent",
        "secretary": "Phạm Thị B",
        "visibility": "open",
    }

    answer = await change(secretary, weekly, **what)

    rows = await conn.fetch(
        "SELECT u.code AS host, c.urgency, c.secretary, c.visibility"
        "  FROM conferences c JOIN units u ON u.id = c.host_unit_id WHERE c.series_id = $1",
        weekly["id"],
    )
    assert answer.status == 200
    assert [dict(row) for row in rows] == [what] * 4
    assert (await answer.json())["host"]["code"] == "11.vpubnd"


@pytest.mark.parametrize(
    ("query", "body", "status", "code"),
    [
        ("", {"rrule": "FREQ=SECONDLY;COUNT=5"}, 422, "rule-too-often"),
        ("", {"rrule": "FREQ=WEEKLY"}, 422, "rule-without-end"),
        ("", {"rrule": "FREQ=WEEKLY;COUNT=2611"}, 422, "rule-too-long"),
        ("?scope=one&date=2026-12-07", {"rrule": "FREQ=WEEKLY;COUNT=5"}, 422, "not-a-choice"),
    ],
)
async def test_a_rule_that_cannot_be_followed_changes_nothing(
    secretary, weekly, query, body, status, code
):
    answer = await change(secretary, weekly, query, **body)

    assert answer.status == status
    assert code in [one["code"] for one in (await answer.json())["errors"]]
    assert await (await secretary.get(f"{PATH}/{weekly['id']}")).json() == weekly


async def test_a_rule_under_which_nothing_can_be_held_changes_nothing(secretary, weekly):
    refused = await change(secretary, weekly, rrule="FREQ=WEEKLY;COUNT=1", first_day="2027-01-01")

    assert (refused.status, (await refused.json())["code"]) == (409, "series-clash")
    assert await (await secretary.get(f"{PATH}/{weekly['id']}")).json() == weekly


async def test_somebody_who_does_not_book_for_the_new_host_changes_nothing(
    program, secretary, sites
):
    office = await program("secretary", unit="11.vpubnd")
    made = await (await office.post(PATH, json=a_series(sites))).json()

    assert (await change(office, made, host="11")).status == 403
    assert a_body(sites)["kind"] == made["kind"]


async def test_dates_before_a_unit_became_another_are_put_back_for_what_it_was(
    program, sites, conn
):
    admin = await program("admin")
    taken = {"start": "2026-12-14T08:00:00+07:00", "end": "2026-12-14T09:00:00+07:00"}
    rival = await booked(admin, sites[2:], **taken)
    weeks = a_series(sites[1:], host="03158", rrule="FREQ=WEEKLY;COUNT=5")
    series = await (await admin.post(PATH, json=weeks)).json()
    body = {"from": "2026-12-20", "into": "03999", "new": {"name": "Mới", "kind": "commune"}}
    body |= {"also": ["03160"]}
    assert (await admin.post("/api/v1/units/03158/merge", json=body)).status == 200
    await admin.delete(f"{CONFERENCES}/{rival['id']}", headers=ANY)

    back = await admin.post(f"{PATH}/{series['id']}/restore", json={"date": "2026-12-14"})
    other = await change(admin, series, rrule="FREQ=WEEKLY;BYDAY=TU,MO;COUNT=8")

    assert (back.status, (await back.json())["host"]["code"]) == (201, "03158")
    assert (other.status, (await other.json())["host"]["code"]) == (200, "03999")
    await watch_skips(conn, NOW)
    now_is = await (await admin.get(f"{PATH}/{series['id']}")).json()
    assert all(one["free_since"] for one in now_is["skipped"])
    left_out = {one["date"]: one["reason"] for one in now_is["skipped"]}
    assert left_out == dict.fromkeys(("2026-12-01", "2026-12-08", "2026-12-15"), "sites-not-found")
    again = await admin.post(f"{PATH}/{series['id']}/restore", json={"date": "2026-12-08"})
    assert (again.status, (await again.json())["host"]["code"]) == (201, "03158")
