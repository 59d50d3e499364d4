"""What a unit starts from: said by the nearest unit, used by line tests, visibility, papers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.content.line_test_rules import UsualTest, usual_period
from meetings.kinds import Visibility
from meetings.office.workdays import USUAL, ZONE, local_day
from meetings.scheduling.defaults import Defaults, change_defaults, in_force
from meetings.scheduling.policies import change_policy
from tests.makers import MONDAY_EIGHT, a_unit
from tests.web.api.conftest import booked
from tests.web.api.test_once import until_waiting

PLACE = "/api/v1/units/{}/defaults"
MONDAY = {"start": "2026-11-30T08:00:00+07:00", "end": "2026-11-30T10:00:00+07:00"}


def test_nearest_unit_decides_and_a_signature_is_ones_own():
    province = Defaults(line_test_days=2, line_test_at=time(9), signed_by="Nguyễn Văn A")
    office = Defaults(line_test_days=3, visibility=Visibility.OPEN, signed_as="CHÁNH VĂN PHÒNG")

    assert in_force([province, office], office) == Defaults(
        line_test_days=3,
        line_test_at=time(9),
        visibility=Visibility.OPEN,
        signed_as="CHÁNH VĂN PHÒNG",
    )
    assert in_force([province], Defaults()).signed_by == ""


@given(st.integers(0, 1_000_000), st.integers(1, 10), st.times(), st.integers(5, 480))
def test_line_is_tested_so_many_working_days_before(minute, days, at, minutes):
    start = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=minute)
    clock = at.replace(second=0, microsecond=0)
    usual = UsualTest(days=days, at=clock, length=timedelta(minutes=minutes))

    found = usual_period(start, USUAL, usual)

    day, between = local_day(found.start), 0
    while day < local_day(start):
        between += USUAL.is_working_day(day)
        day += timedelta(days=1)
    assert (between, found.start.astimezone(ZONE).time()) == (days, usual.at)
    assert found.end - found.start == usual.length


async def test_units_below_start_from_what_the_province_says(program, sites):
    admin = await program("admin")
    said = {"line_test_days": 2, "line_test_at": "09:30", "line_test_minutes": 45,
            "visibility": "open", "signed_as": "CHỦ TỊCH"}  # fmt: skip

    put = await admin.patch(PLACE.format("11"), json=said, headers={"If-Match": '"0"'})
    stale = await admin.patch(PLACE.format("11"), json=said, headers={"If-Match": '"0"'})
    below = await (await admin.get(PLACE.format("11.vpubnd"))).json()
    made = await booked(admin, sites, host="11.vpubnd", **MONDAY)
    later = {"start": "2026-12-02T08:00:00+07:00", "end": "2026-12-02T09:00:00+07:00"}
    kept = await booked(admin, sites, host="11.vpubnd", visibility="internal", **later)
    test = await (await admin.post(f"/api/v1/conferences/{made['id']}/line-test")).json()
    calendar = await (await admin.get(f"/api/v1/conferences/{made['id']}.ics")).text()

    assert (put.status, put.headers["ETag"], stale.status) == (200, '"1"', 412)
    assert (below["version"], below["own"]["visibility"]) == (0, None)
    assert below["in_force"] == said | {"signed_as": "", "signed_for": "", "signed_by": ""}
    assert (made["visibility"], kept["visibility"]) == ("open", "internal")
    assert (test["start"], test["end"]) == ("2026-11-26T02:30:00Z", "2026-11-26T03:15:00Z")
    assert "CLASS:PUBLIC" in calendar


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"line_test_days": 0}, "line_test_days"),
        ({"line_test_minutes": 481}, "line_test_minutes"),
        ({"line_test_at": "25:00"}, "line_test_at"),
        ({"signed_by": "Tài liệu Tuyệt mật"}, "signed_by"),
    ],
    ids=["days", "minutes", "time", "secret"],
)
async def test_what_cannot_be_is_refused(program, said, field):
    admin = await program("admin")

    answer = await admin.patch(PLACE.format("11"), json=said, headers={"If-Match": "*"})

    assert (answer.status, (await answer.json())["errors"][0]["field"]) == (422, field)


async def test_only_those_who_look_after_a_unit_read_and_change_it(program):
    office = await program("secretary", unit="11.vpubnd")

    own = await office.patch(PLACE.format("11.vpubnd"), json={}, headers={"If-Match": "*"})
    above = await office.patch(PLACE.format("11"), json={}, headers={"If-Match": "*"})

    assert (own.status, above.status, (await office.get(PLACE.format("11"))).status) == (
        200, 403, 403,
    )  # fmt: skip


async def test_page_keeps_what_was_typed_and_names_what_is_wrong(client_for, program):
    secretary, page = await client_for("secretary"), "/units/11.vpubnd/defaults"
    form = {"version": "0", "line_test_days": "2", "line_test_at": "9h"}
    form["signed_by"] = "Nguyễn Văn A"

    wrong = await secretary.post(page, data=form | {"line_test_minutes": "nửa giờ"})
    saved = await secretary.post(page, data=form, allow_redirects=False)
    stale = await secretary.post(page, data=form | {"line_test_days": "3"})
    shown = await (await secretary.get(page)).text()
    linked = await (await secretary.get("/units/11.vpubnd")).text()

    text = await wrong.text()
    assert (wrong.status, 'id="line_test_minutes-wrong"' in text, "Nguyễn Văn A" in text) == (
        422, True, True,
    )  # fmt: skip
    assert (saved.status, stale.status) == (303, 422)
    assert 'name="line_test_at" type="text" value="09:00"' in shown
    assert page in linked


@pytest.mark.parametrize(
    ("work", "both"),
    [
        (change_defaults, [{"line_test_days": 2}, {"line_test_minutes": 20}]),
        (partial(change_policy, now=MONDAY_EIGHT), [{"horizon_days": 30}, {"most_open": 5}]),
    ],
    ids=["defaults", "policy"],
)
async def test_two_who_name_no_version_both_change_what_a_unit_says(
    conn, pool, dien_bien, work, both
):
    unit = (await a_unit(conn)).id

    async def second():
        async with pool.acquire() as mine, mine.transaction():
            return await work(mine, unit, both[1], version=None, by="test")

    async with pool.acquire() as other, other.transaction():
        await work(other, unit, both[0], version=None, by="test")
        waiting = asyncio.create_task(second())
        await until_waiting(conn)
    found = await waiting

    said = getattr(found.own, "terms", found.own)
    assert {name: getattr(said, name) for one in both for name in one} == both[0] | both[1]
