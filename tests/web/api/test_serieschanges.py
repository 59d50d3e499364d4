"""Series edited: one date, the following, all; what was changed by hand stays; dates put back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from meetings.audit import list_audit
from meetings.series.watching import watch_skips
from tests.makers import an_official
from tests.web.api.conftest import NOW, Client, a_body
from tests.web.api.test_series import OFFICE, PATH, a_series

CONFERENCES = "/api/v1/conferences"
ANY = {"If-Match": "*"}


@pytest.fixture
async def secretary(program) -> Client:
    client: Client = await program("secretary", unit=OFFICE)
    return client


@pytest.fixture
async def weekly(secretary, sites) -> dict[str, Any]:
    body: dict[str, Any] = await (await secretary.post(PATH, json=a_series(sites))).json()
    return body


async def starts(client, series):
    body = await (await client.get(f"{PATH}/{series}")).json()
    return [one["start"][:16] for one in body["created"] if one["state"] == "confirmed"]


async def test_all_dates_move_and_what_was_changed_by_hand_stays(secretary, weekly):
    own = weekly["created"][2]["id"]
    await secretary.patch(
        f"{CONFERENCES}/{own}",
        json={
            "title": "Họp đặc biệt",
            "start": "2026-12-14T03:00:00Z",
            "end": "2026-12-14T04:00:00Z",
        },
        headers=ANY,
    )

    answer = await secretary.patch(
        f"{PATH}/{weekly['id']}",
        json={"starts_at": "09:00", "title": "Giao ban tuần", "chair": "Phó Chủ tịch"},
        headers={"If-Match": '"1"'},
    )

    body = await answer.json()
    kept = await (await secretary.get(f"{CONFERENCES}/{own}")).json()
    first = await (await secretary.get(f"{CONFERENCES}/{weekly['created'][0]['id']}")).json()
    assert (answer.status, body["version"], body["starts_at"]) == (200, 2, "09:00")
    assert [one["start"][11:16] for one in body["created"]] == ["02:00", "02:00", "03:00"] + [
        "02:00"
    ] * 5
    assert [one["own"] for one in body["created"]].index(True) == 2
    assert (kept["title"], kept["chair"]) == ("Họp đặc biệt", "Phó Chủ tịch")
    assert (first["title"], first["chair"]) == ("Giao ban tuần", "Phó Chủ tịch")


async def test_officials_of_a_series_are_held_on_its_coming_dates(secretary, weekly, conn):
    chair = await an_official(conn)

    answer = await secretary.patch(
        f"{PATH}/{weekly['id']}", json={"chair_id": chair, "delegates": [chair]}, headers=ANY
    )
    held = await conn.fetchval("SELECT count(*) FROM official_holds WHERE official_id = $1", chair)
    freed = await secretary.patch(f"{PATH}/{weekly['id']}", json={"chair_id": None}, headers=ANY)
    first = await (await secretary.get(f"{CONFERENCES}/{weekly['created'][0]['id']}")).json()

    assert (answer.status, held, freed.status) == (200, len(weekly["created"]), 200)
    assert (first["chair_id"], first["delegates"]) == (None, [chair])


async def test_following_dates_become_a_series_of_their_own(secretary, weekly):
    answer = await secretary.patch(
        f"{PATH}/{weekly['id']}?scope=following&date=2026-12-21",
        json={"minutes": 60, "starts_at": "14:00"},
        headers=ANY,
    )

    rest = await answer.json()
    before = await (await secretary.get(f"{PATH}/{weekly['id']}")).json()
    assert rest["id"] != weekly["id"]
    assert await starts(secretary, weekly["id"]) == [
        "2026-11-30T01:00",
        "2026-12-07T01:00",
        "2026-12-14T01:00",
    ]
    assert [one["start"][11:16] for one in rest["created"]] == ["07:00"] * 5
    assert (before["rrule"], rest["rrule"]) == (
        "FREQ=WEEKLY;UNTIL=20261220",
        "FREQ=WEEKLY;UNTIL=20270118",
    )


async def test_one_date_is_changed_alone(secretary, weekly):
    await secretary.patch(
        f"{PATH}/{weekly['id']}?scope=one&date=2026-12-07", json={"title": "Khác"}, headers=ANY
    )

    titles = [
        (await (await secretary.get(f"{CONFERENCES}/{one['id']}")).json())["title"]
        for one in weekly["created"][:3]
    ]
    assert titles == [weekly["title"], "Khác", weekly["title"]]


async def test_second_editor_of_a_series_is_told(secretary, weekly):
    place = f"{PATH}/{weekly['id']}"
    await secretary.patch(place, json={"title": "Một"}, headers={"If-Match": '"1"'})

    stale = await secretary.patch(place, json={"title": "Hai"}, headers={"If-Match": '"1"'})
    blind = await secretary.patch(place, json={"title": "Hai"})

    assert (stale.status, blind.status) == (412, 428)


async def test_date_that_clashes_at_another_time_is_left_out_or_refuses_it_whole(
    secretary, weekly, sites
):
    place = f"{PATH}/{weekly['id']}"
    rival = a_body(sites, start="2026-12-14T14:00:00+07:00", end="2026-12-14T15:00:00+07:00")
    other = await (await secretary.post(CONFERENCES, json=rival)).json()

    refused = await secretary.patch(
        place, json={"starts_at": "13:30", "all_or_nothing": True}, headers=ANY
    )
    whole = await starts(secretary, weekly["id"])
    answer = await secretary.patch(place, json={"starts_at": "13:30"}, headers=ANY)

    assert (refused.status, (await refused.json())["code"]) == (409, "site-busy")
    assert {one[11:] for one in whole} == {"01:00"}
    [skipped] = (await answer.json())["skipped"]
    assert (skipped["date"], skipped["reason"]) == ("2026-12-14", "clash")
    assert skipped["rival"]["conference"] == other["id"]
    left = await starts(secretary, weekly["id"])
    assert ([one[11:] for one in left], "2026-12-14T06:30" in left) == (["06:30"] * 7, False)
    gone = await (await secretary.get(f"{CONFERENCES}/{weekly['created'][2]['id']}")).json()
    assert gone["state"] == "cancelled"


async def test_following_dates_are_called_off(secretary, weekly, conn):
    answer = await secretary.delete(
        f"{PATH}/{weekly['id']}?scope=following&date=2026-12-14&reason=Tết", headers=ANY
    )

    states = [one["state"] for one in (await answer.json())["created"]]
    [entry, _] = await list_audit(conn, subject=f"series:{weekly['id']}")
    assert states == ["confirmed"] * 2 + ["cancelled"] * 6
    assert entry.detail == {"scope": "following", "conferences": 6, "reason": "Tết"}


async def test_date_left_out_is_marked_when_free_and_put_back(secretary, sites, conn):
    rival = a_body(sites, start="2026-12-07T09:00:00+07:00", end="2026-12-07T09:30:00+07:00")
    other = await (await secretary.post(CONFERENCES, json=rival)).json()
    series = await (await secretary.post(PATH, json=a_series(sites))).json()
    place, day = f"{PATH}/{series['id']}/restore", {"date": "2026-12-07"}
    early = await secretary.post(place, json=day)
    await watch_skips(conn, NOW)
    taken = await (await secretary.get(f"{PATH}/{series['id']}")).json()

    await secretary.delete(f"{CONFERENCES}/{other['id']}", headers=ANY)
    await watch_skips(conn, NOW + timedelta(minutes=1))
    free = await (await secretary.get(f"{PATH}/{series['id']}")).json()
    another = await (await secretary.post(CONFERENCES, json=rival)).json()
    gone = await (await secretary.get(f"{PATH}/{series['id']}")).json()
    await secretary.delete(f"{CONFERENCES}/{another['id']}", headers=ANY)
    answer = await secretary.post(place, json=day)

    assert (early.status, (await early.json())["code"]) == (409, "site-busy")
    assert taken["skipped"][0]["free_since"] is None
    assert free["skipped"][0]["free_since"] == "2026-11-23T02:01:00Z"
    assert gone["skipped"][0]["free_since"] is None
    assert (answer.status, (await answer.json())["start"]) == (201, "2026-12-07T01:00:00Z")
    after = await (await secretary.get(f"{PATH}/{series['id']}")).json()
    again = await secretary.post(place, json=day)
    assert (len(after["created"]), after["skipped"]) == (8, [])
    assert (again.status, (await again.json())["code"]) == (409, "date-not-skipped")


async def test_calendar_has_an_event_a_date_with_a_uid_that_stays(secretary, weekly):
    place = f"{PATH}/{weekly['id']}"

    async def uids():
        calendar = Calendar.from_ical(await (await secretary.get(f"{place}.ics")).read())
        return [str(event["UID"]) for event in calendar.walk("VEVENT")]

    before = await uids()
    await secretary.patch(place, json={"starts_at": "10:00"}, headers=ANY)

    assert len(before) == 8
    assert await uids() == before
