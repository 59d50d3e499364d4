"""T-A12: one who books everything stops at the configured limit, by whatever way they book."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from meetings.approval.chains import Step
from meetings.model import Role
from meetings.store.chains import insert_chain
from tests.makers import a_unit
from tests.meetings.test_claiming import SAVE_POLICY
from tests.web.api.conftest import a_body

PATH, SERIES = "/api/v1/conferences", "/api/v1/series"
FIRST = datetime(2026, 11, 30, 1, tzinfo=UTC)
LIMIT = 4
HELD = """
    SELECT count(*) FROM conferences c JOIN units u ON u.id = c.host_unit_id
     WHERE u.code = $1 AND c.state = 'confirmed'
"""
CANCEL_ONE = """
    UPDATE conferences SET state = 'cancelled'
     WHERE id = (SELECT max(id) FROM conferences WHERE series_id IS NULL)
"""


def on_day(number: int) -> dict[str, str]:
    start = FIRST + timedelta(days=number)
    return {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}


async def test_one_who_books_everything_stops_at_the_limit(program, sites, owner):
    await owner.execute(SAVE_POLICY, "11", None, LIMIT)
    squatter = await program("secretary", unit="11.vpubnd")

    async def book(number: int) -> tuple[int, str]:
        answer = await squatter.post(PATH, json=a_body(sites, **on_day(number)))
        body = await answer.json()
        return answer.status, str(body.get("code") or body["id"])

    told = await asyncio.gather(*map(book, range(LIMIT + 8)))
    booked = [identity for status, identity in told if status == 201]
    series = await squatter.post(
        SERIES, json=a_body(sites, **on_day(40), rrule="FREQ=DAILY;COUNT=9", on_holidays="keep")
    )
    refused = await series.json()
    gone = await squatter.delete(f"{PATH}/{booked[0]}", headers={"If-Match": "*"})
    again = [await book(number) for number in (60, 61)]

    assert (len(booked), gone.status) == (LIMIT, 200)
    assert {one for one in told if one[0] != 201} == {(409, "quota-reached")}
    assert (series.status, {one["reason"] for one in refused["skipped"]}) == (
        409,
        {"quota-reached"},
    )
    assert (again[0][0], again[1]) == (201, (409, "quota-reached"))


async def test_another_rule_of_a_series_makes_no_more_dates_than_the_host_may_have(
    program, sites, owner
):
    await owner.execute(SAVE_POLICY, "11", None, LIMIT)
    secretary = await program("secretary", unit="11.vpubnd")
    wish = a_body(sites, **on_day(0), rrule="FREQ=WEEKLY;COUNT=3")
    made = await (await secretary.post(SERIES, json=wish)).json()

    answer = await secretary.patch(
        f"{SERIES}/{made['id']}",
        json={"rrule": "FREQ=WEEKLY;COUNT=7"},
        headers={"If-Match": "*"},
    )
    body = await answer.json()

    assert answer.status == 200, body
    assert len(body["created"]) == LIMIT
    assert [one["reason"] for one in body["skipped"]] == ["quota-reached"] * 3


async def test_a_series_goes_to_another_host_only_where_that_may_have_all_its_dates(
    program, sites, owner, conn
):
    """T-A12 by a change of host: exact at n and n + 1, a new rule's dates counted in."""
    await owner.execute(SAVE_POLICY, "11.vpubnd", None, LIMIT)
    admin = await program("admin")
    wish = a_body(sites, **on_day(0), host="11", rrule="FREQ=WEEKLY;COUNT=3")
    made = await (await admin.post(SERIES, json=wish)).json()

    async def there(number: int) -> int:
        body = a_body(sites, **on_day(number), host="11.vpubnd")
        answer = await admin.post(PATH, json=body)
        return int(answer.status)

    async def change(**what: object) -> tuple[int, dict[str, Any]]:
        place, headers = f"{SERIES}/{made['id']}", {"If-Match": "*"}
        answer = await admin.patch(place, json=what, headers=headers)
        return answer.status, await answer.json()

    booked = [await there(3), await there(4)]
    refused = await change(host="11.vpubnd")
    retimed = await change(host="11.vpubnd", starts_at="09:00")
    held = await conn.fetchval(HELD, "11.vpubnd")
    await conn.execute(CANCEL_ONE)
    more = await change(host="11.vpubnd", rrule="FREQ=WEEKLY;COUNT=5")

    assert booked == [201, 201]
    assert [(status, body["code"]) for status, body in (refused, retimed)] == [
        (409, "quota-reached")
    ] * 2
    assert (held, more[0]) == (2, 200)
    assert [one["reason"] for one in more[1]["skipped"]] == ["quota-reached"] * 2
    assert await conn.fetchval(HELD, "11.vpubnd") == LIMIT


async def test_halls_of_a_series_change_only_as_far_as_others_can_wait(
    program, sites, conn, monkeypatch
):
    secretary = await program("secretary", unit="11.vpubnd")
    wish = a_body(sites[:2], **on_day(0), rrule="FREQ=WEEKLY;COUNT=4")
    made = await (await secretary.post(SERIES, json=wish)).json()
    place, headers = f"{SERIES}/{made['id']}", {"If-Match": "*"}
    monkeypatch.setattr("meetings.series.limits.MOST_PLACES", 11)

    wide = await secretary.patch(place, json={"sites": list(sites[:3])}, headers=headers)
    words = await secretary.patch(place, json={"title": "Giao ban"}, headers=headers)
    monkeypatch.setattr("meetings.series.limits.MOST_PLACES", 12)
    fits = await secretary.patch(place, json={"sites": list(sites[:3])}, headers=headers)

    monkeypatch.setattr("meetings.series.plan.MOST_PLACES", 11)
    top = (await a_unit(conn, "11")).id
    await insert_chain(conn, top, None, [Step(role=Role.LEADER, unit=top)])
    daily = await secretary.patch(place, json={"rrule": "FREQ=DAILY;COUNT=4"}, headers=headers)
    monkeypatch.setattr("meetings.series.plan.MOST_PLACES", 12)
    asked = await secretary.patch(place, json={"rrule": "FREQ=DAILY;COUNT=4"}, headers=headers)

    assert (daily.status, asked.status) == (422, 202)
    assert await conn.fetchval("SELECT count(*) FROM submissions") == 1
    assert (wide.status, words.status, fits.status) == (422, 200, 200)
    assert [(one["field"], one["code"]) for one in (await wide.json())["errors"]] == [
        ("sites", "series-too-large")
    ]
