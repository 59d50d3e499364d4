"""A series moved whole: a few statements however many dates, and nothing of a date is lost."""

from __future__ import annotations

from typing import Any

import pytest

from meetings.audit import list_audit
from tests.web.api.conftest import Client, a_body, booked
from tests.web.api.test_series import PATH, a_series
from tests.web.api.test_trips import listened

CONFERENCES = "/api/v1/conferences"
ANY = {"If-Match": "*"}
SPANS = """
    SELECT lower(c.period) = lower(h.during) AND upper(c.period) = upper(h.during)
           AND lower(c.period) = lower(s.during) AND s.seats = 3
           AND r.ends_at = upper(c.period) AND r.opens_at < lower(c.period) AND h.firm AS kept
      FROM conferences c
      JOIN holds h ON h.conference_id = c.id
      JOIN seat_holds s ON s.conference_id = c.id
      JOIN rooms r ON r.conference_id = c.id
     WHERE c.series_id = $1 AND c.state = 'confirmed'
"""
LINKS = """
    SELECT count(*) FROM links l JOIN conferences c ON c.id = l.conference_id
     WHERE c.series_id = $1
"""


@pytest.fixture
async def secretary(program) -> Client:
    client: Client = await program("secretary")
    return client


@pytest.fixture
async def a_year(secretary, sites):
    """Book series of so many weeks, at seven in the morning or later."""

    async def book(weeks: int, hour: int = 7, **more: Any) -> dict[str, Any]:
        at = {
            "start": f"2026-11-30T{hour:02}:00:00+07:00",
            "end": f"2026-11-30T{hour + 1:02}:00:00+07:00",
        }
        rule = f"FREQ=WEEKLY;COUNT={weeks}"
        body = a_series(sites, host="11", rrule=rule, on_holidays="keep") | at | more
        made: dict[str, Any] = await (await secretary.post(PATH, json=body)).json()
        return made

    return book


async def change(client, series, query="", **body):
    answer = await client.patch(f"{PATH}/{series['id']}{query}", json=body, headers=ANY)
    assert answer.status == 200, await answer.text()
    return await answer.json()


@pytest.mark.parametrize(
    "what",
    [
        {"starts_at": "{hour}:30"},
        {"rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT={dates}"},
        {"secretary": "Phạm Thị B", "main_site": 0},
    ],
)
async def test_many_dates_are_asked_for_as_often_as_few(app, secretary, sites, a_year, what):
    few, many = await a_year(5), await a_year(40, hour=9)
    counts = []
    for series, dates, hour in ((few, 5, 18), (many, 40, 20)):
        heard = await listened(app)
        body = {
            name: value.format(dates=dates, hour=hour) if isinstance(value, str) else sites[1]
            for name, value in what.items()
        }
        after = await change(secretary, series, **body)
        assert (len(after["created"]), after["skipped"]) == (dates, [])
        [asked] = [list(one) for one in heard if any("UPDATE series" in query for query in one)]
        counts.append(asked)

    assert counts[0] == counts[1]


async def test_all_that_belongs_to_a_date_moves_with_it(secretary, a_year, conn):
    series = await a_year(6)
    first = series["created"][0]["id"]
    tested = await secretary.post(f"{CONFERENCES}/{first}/line-test", json={})
    test = await tested.json()

    await change(secretary, series, starts_at="09:30", minutes=90, title="Giao ban tuần")

    assert {row["kept"] for row in await conn.fetch(SPANS, series["id"])} == {True}
    versions = await conn.fetch(
        "SELECT version, title FROM conference_versions WHERE conference_id = $1 ORDER BY version",
        first,
    )
    assert [row["version"] for row in versions] == [1, 2]
    [newest, *_] = await list_audit(conn, subject=f"conference:{first}")
    assert (newest.action, newest.detail["title"]) == (
        "conference.amend",
        [series["title"], "Giao ban tuần"],
    )
    [told, *_] = await list_audit(conn, subject=f"series:{series['id']}")
    assert (told.action, told.detail) == ("series.amend", {"scope": "all", "conferences": 6})
    await change(secretary, series, rrule="FREQ=WEEKLY;BYDAY=TH;COUNT=6")
    after = await (await secretary.get(f"{CONFERENCES}/{first}/line-test")).json()
    assert (after["conference"], after["start"] > test["start"]) == (test["conference"], True)


async def test_dates_move_onto_where_their_neighbours_were(secretary, sites, conn):
    body = a_series(sites, host="11", rrule="FREQ=DAILY;COUNT=6", on_holidays="keep")
    series = await (await secretary.post(PATH, json=body)).json()
    ids = [one["id"] for one in series["created"]]

    later = await change(secretary, series, rrule="FREQ=DAILY;COUNT=6", first_day="2026-12-01")
    longer = await change(secretary, series, minutes=1440)

    days = [one["start"][8:10] for one in later["created"] if one["state"] == "confirmed"]
    assert days == ["01", "02", "03", "04", "05", "06"]
    assert [one["id"] for one in later["created"]][:5] == ids[1:]
    assert (len(longer["created"]), longer["skipped"]) == (6, [])
    assert await conn.fetchval("SELECT count(*) FROM holds WHERE firm") == 18


async def test_what_was_changed_by_hand_stays_where_it_cannot_go(secretary, a_year, sites):
    series = await a_year(4)
    own = series["created"][1]
    await secretary.patch(f"{CONFERENCES}/{own['id']}", json={"title": "Riêng"}, headers=ANY)
    at = {"start": "2026-12-07T14:00:00+07:00", "end": "2026-12-07T15:00:00+07:00"}
    await booked(secretary, sites, **at)

    place = f"{PATH}/{series['id']}/preview"
    told = await (await secretary.post(place, json={"starts_at": "14:00"})).json()
    after = await change(secretary, series, starts_at="14:00", chair="Phó Chủ tịch")

    [staying] = told["staying"]
    assert (staying["id"], staying["title"], staying["reason"]) == (own["id"], "Riêng", "clash")
    kept = await (await secretary.get(f"{CONFERENCES}/{own['id']}")).json()
    assert [one["start"][11:16] for one in after["created"]] == ["07:00", "00:00"] + ["07:00"] * 2
    assert (kept["title"], kept["chair"], kept["state"]) == ("Riêng", "Phó Chủ tịch", "confirmed")
    assert after["skipped"] == []


async def test_date_whose_own_hall_is_taken_stays_and_the_others_move(
    secretary, a_year, conn, sites
):
    series = await a_year(3)
    own = series["created"][1]["id"]
    fourth = await conn.fetchval("SELECT id FROM sites WHERE id <> ALL ($1) LIMIT 1", sites)
    more = {"sites": [*sites, fourth]}
    await secretary.patch(f"{CONFERENCES}/{own}", json=more, headers=ANY)
    at = {"start": "2026-12-07T14:00:00+07:00", "end": "2026-12-07T15:00:00+07:00"}
    await booked(secretary, [fourth], **at)

    after = await change(secretary, series, starts_at="14:00")

    assert [one["start"][11:16] for one in after["created"]] == ["07:00", "00:00", "07:00"]


async def test_date_without_seats_at_the_new_time_is_left_out(secretary, a_year, conn, sites):
    series = await a_year(3)
    others = await conn.fetch("SELECT id FROM sites WHERE id <> ALL ($1) LIMIT 2", sites)
    at = {"start": "2026-12-07T14:00:00+07:00", "end": "2026-12-07T15:00:00+07:00"}
    await booked(secretary, [row["id"] for row in others], **at)
    await conn.execute("UPDATE seat_pools SET seats = 4")

    after = await change(secretary, series, starts_at="14:00")

    assert [(one["date"], one["reason"]) for one in after["skipped"]] == [
        ("2026-12-07", "no-seats")
    ]
    assert len(after["created"]) == 2


async def test_halls_of_all_dates_change_or_of_none(secretary, a_year, conn, sites):
    series = await a_year(3)
    fourth, fifth = [
        row["id"]
        for row in await conn.fetch("SELECT id FROM sites WHERE id <> ALL ($1) LIMIT 2", sites)
    ]
    at = {"start": "2026-12-07T07:00:00+07:00", "end": "2026-12-07T08:00:00+07:00"}
    await booked(secretary, [fourth], **at)

    place = f"{PATH}/{series['id']}"
    refused = await secretary.patch(place, json={"sites": [*sites, fourth]}, headers=ANY)
    await change(secretary, series, sites=[*sites, fifth])

    assert (refused.status, (await refused.json())["code"]) == (409, "site-busy")
    assert await conn.fetchval(LINKS, series["id"]) == 12
    assert a_body(sites)["kind"] == series["kind"]
