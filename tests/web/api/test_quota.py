"""T-A12: one who books everything stops at the configured limit, by whatever way they book."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from tests.meetings.test_claiming import SAVE_POLICY
from tests.web.api.conftest import a_body

PATH, SERIES = "/api/v1/conferences", "/api/v1/series"
FIRST = datetime(2026, 11, 30, 1, tzinfo=UTC)
LIMIT = 4


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
