"""Polls about days on pages: asked, tallied with the best day first, booked or closed."""

from __future__ import annotations

import re

import pytest
from multidict import MultiDict

from tests.web.api.conftest import app as app  # noqa: PLC0414 - a fixture
from tests.web.api.conftest import booked
from tests.web.api.conftest import bridge as bridge  # noqa: PLC0414 - a fixture
from tests.web.api.conftest import program as program  # noqa: PLC0414 - a fixture
from tests.web.api.conftest import sites as sites  # noqa: PLC0414 - a fixture
from web.errors import BadForm, Problem
from web.pages.conference.poll_rows import periods_in, rows_in
from web.pages.reading import Texts

OFFICE = "11.vpubnd"
DAYS = {
    "date": ["02/12/2026", "03/12/2026", ""],
    "start": ["8h", "8h", "8h"],
    "end": ["10h", "10h", ""],
}


async def opened(program, client_for, sites, conn, *, days=DAYS):
    office = await program("secretary", unit=OFFICE)
    body = await booked(office, sites)
    kept = {"name": "Giao ban", "conference": body["id"]}
    template = (await (await office.post("/api/v1/templates", json=kept)).json())["id"]
    page = await client_for("secretary", unit=OFFICE)
    place = f"/templates/{template}/poll"
    units = re.findall(r'name="units" value="(\d+)"', await (await page.get(place)).text())
    text = await (await page.post(place, data=days | {"units": units})).text()
    links = re.findall(r'value="[^"]*(/j/poll/[^"]+)"', text)
    return page, await conn.fetchval("SELECT max(id) FROM polls"), links, place


async def test_best_day_stands_first_and_is_booked_in_one_step(program, client_for, sites, conn):
    page, poll, links, _ = await opened(program, client_for, sites, conn)
    stranger = await client_for(None)
    for link in links:
        await stranger.post(link, data={"period-0": "no", "period-1": "yes"})

    text = await (await page.get(f"/polls/{poll}")).text()
    days = re.findall(r'name="period" value="(\d)"', text)
    answer = await page.post(
        f"/polls/{poll}/book", data={"period": days[0], "key": "k"}, allow_redirects=False
    )
    again = await page.post(f"/polls/{poll}/book", data={"period": days[1], "key": "l"})
    over = await (await stranger.get(links[0])).text()

    won = "SELECT p.conference_id, to_char(lower(c.period), 'DD') AS day"
    row = await conn.fetchrow(f"{won} FROM polls p JOIN conferences c ON c.id = p.conference_id")
    assert (days, row["day"]) == (["2", "1"], "03")
    assert answer.headers["Location"] == f"/conferences/{row['conference_id']}?said=booked"
    assert again.status == 409
    assert "đã kết thúc" in over


async def test_a_day_is_booked_against_a_warning_only_when_that_was_read(
    program, client_for, sites, conn
):
    days = DAYS | {"date": ["05/12/2026", "06/12/2026", ""]}
    page, poll, _, _ = await opened(program, client_for, sites, conn, days=days)
    place, form = f"/polls/{poll}/book", {"period": "1", "key": "k"}

    asked = await page.post(place, data=form)
    text = await asked.text()
    open_ = await conn.fetchval("SELECT conference_id IS NULL FROM polls WHERE id = $1", poll)
    accepted = dict(re.findall(r'name="(accepted)" value="([0-9a-f]{32})"', text))
    booked_ = await page.post(place, data=form | accepted, allow_redirects=False)

    assert (asked.status, open_, booked_.status) == (409, True, 303)
    assert "05/12/2026 không phải ngày làm việc" in text


async def test_only_retired_halls_ask_whether_to_leave_them_out(program, client_for, sites, conn):
    page, poll, _, _ = await opened(program, client_for, sites, conn)
    await booked(
        await program("admin"),
        sites,
        start="2026-12-02T08:00:00+07:00",
        end="2026-12-02T10:00:00+07:00",
    )
    retire = "UPDATE sites SET valid = daterange(lower(valid), '2026-12-01') WHERE id = $1"

    taken = await page.post(f"/polls/{poll}/book", data={"period": "1", "key": "k"})
    await conn.execute(retire, sites[1])
    retired = await page.post(f"/polls/{poll}/book", data={"period": "2", "key": "l"})

    first, second = await taken.text(), await retired.text()
    label = await conn.fetchval(
        "SELECT u.name FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1", sites[1]
    )
    assert (taken.status, retired.status) == (409, 409)
    assert ("without_retired" in first, "without_retired" in second) == (False, True)
    assert f"vào ngày đó: {label}" in second


async def test_poll_is_closed_without_a_day(program, client_for, sites, conn):
    page, poll, links, _ = await opened(program, client_for, sites, conn)
    stranger = await client_for(None)

    await page.post(f"/polls/{poll}/close")

    late = await stranger.post(links[0], data={"period-0": "yes"})
    shown = await (await page.get("/polls")).text()
    assert late.status == 409
    assert "Đã đóng" in shown


async def test_wrong_day_is_told_beside_its_field_and_nothing_is_lost(
    program, client_for, sites, conn
):
    page, _, _, place = await opened(program, client_for, sites, conn)

    answer = await page.post(place, data={"date": "32/12/2026", "start": "8h", "end": "10h"})

    text = await answer.text()
    assert answer.status == 422
    assert 'id="date-0-wrong"' in text
    assert 'value="32/12/2026"' in text
    assert await conn.fetchval("SELECT count(*) FROM polls") == 1


OPEN = "SELECT count(*) FROM polls"


async def test_form_that_is_sent_twice_opens_one_poll_and_shows_its_links_again(
    program, client_for, sites, conn
):
    page, _, _, place = await opened(program, client_for, sites, conn)
    form = await (await page.get(place)).text()
    units = re.findall(r'name="units" value="(\d+)"', form)
    [key] = re.findall(r'name="key" value="([^"]+)"', form)
    before = await conn.fetchval(OPEN)

    answers = [
        await (await page.post(place, data=DAYS | {"units": units, "key": key})).text()
        for _ in range(2)
    ]

    links = [re.findall(r'value="[^"]*/j/poll/([^"]+)"', text) for text in answers]
    assert (links[0], len(links[0])) == (links[1], 3)
    assert await conn.fetchval(OPEN) == before + 1


def test_proposed_day_that_ends_after_midnight_keeps_its_tick():
    night = [("date", "02/12/2026"), ("start", "22h"), ("end", "1h")]
    form = Texts(MultiDict([*night, *night, ("next_day", "1")]))

    with pytest.raises(BadForm) as wrong:
        periods_in(form, some=True)

    assert wrong.value.problems == {"end-0": Problem("next-day-not-ticked")}
    assert [row["next_day"] for row in rows_in(form)] == ["", "1"]
