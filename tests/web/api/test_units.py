"""Units through the API: as of any day, and reformed from a day on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from meetings.audit import list_audit
from meetings.scheduling.policies import change_policy
from tests.makers import MONDAY_EIGHT, a_conference, a_site, a_unit, some_sites
from tests.web.api.conftest import NOW, booked

DAY = "2026-12-01"


async def ask(client, path: str, **body: Any) -> tuple[int, Any]:
    answer = await client.post(f"/api/v1/units/{path}", json=body)
    return answer.status, await answer.json()


async def test_lists_are_as_of_the_day_asked_for(program):
    leader = await program("leader")

    async def count(path: str) -> int:
        answer = await leader.get(f"/api/v1/{path}")
        assert answer.status == 200, path
        return len((await answer.json())["items"])

    assert await count("sites?group=all-communes&on=2025-06-30&limit=200") == 129
    assert await count("sites?group=all-communes&on=2025-07-01&limit=200") == 45
    assert await count("units?on=2025-06-30") > await count("units") > 45
    answer = await leader.get("/api/v1/units?on=30/06/2025")
    assert (answer.status, (await answer.json())["errors"][0]["code"]) == (422, "bad-date")
    answer = await leader.get("/api/v1/units?on=1945-01-01")
    assert (await answer.json())["errors"] == [
        {
            "field": "on",
            "code": "far-date",
            "message": "Chỉ nhận ngày từ 01/01/2000 đến 31/12/2099.",
        }
    ]


async def test_unit_tells_what_it_was_and_became(program):
    leader = await program("leader")

    now = await (await leader.get("/api/v1/units/03127")).json()
    then = await (await leader.get("/api/v1/units/03127?on=2025-06-30")).json()

    assert (now["full_name"], then["full_name"]) == ("Phường Điện Biên Phủ", "Phường Him Lam")
    assert then["id"] in {unit["id"] for unit in now["predecessors"]}
    assert [unit["id"] for unit in then["successors"]] == [now["id"]]
    assert (then["valid_to"], now["valid_from"]) == ("2025-07-01", "2025-07-01")
    assert [unit["code"] for unit in now["above"]] == ["11"]


@pytest.mark.parametrize("code", ["nobody", "a%0Ab", "%ed%a0%80", "03127%20x"])
async def test_unit_that_is_none_is_not_found(program, code):
    leader = await program("leader")

    answer = await leader.get(f"/api/v1/units/{code}")

    assert answer.status == 404


async def test_closing_names_the_conferences_in_the_way(program, conn):
    admin = await program("admin")
    site = await a_site(conn, "Sín Thầu")
    others = [one for one in await some_sites(conn, 2) if one != site.id]
    held = await a_conference(conn, sites=[others[0], site.id], start=NOW + timedelta(days=20))

    status, body = await ask(admin, "03158/close", **{"from": DAY})

    assert (status, body["code"]) == (409, "unit-in-use")
    assert [(one["conference"], one["title"], one["halls"]) for one in body["conferences"]] == [
        (held.id, held.title, 1)
    ]
    assert await list_audit(conn, subject="unit:03158") == []


async def test_closed_unit_is_gone_from_its_day_on(program):
    admin = await program("admin")

    status, body = await ask(admin, "03158/close", **{"from": DAY})

    assert (status, body["valid_to"]) == (200, DAY)
    assert (await admin.get(f"/api/v1/units/03158?on={DAY}")).status == 404
    assert (await admin.get("/api/v1/units/03158?on=2026-11-30")).status == 200


async def test_reforms_are_refused_with_the_field_at_fault(program):
    admin = await program("admin")

    async def field(path: str, **body: Any) -> tuple[int, str, str]:
        status, told = await ask(admin, path, **body)
        return status, told["errors"][0]["field"], told["errors"][0]["code"]

    assert await field("03158/close", **{"from": "soon"}) == (422, "from", "bad-date")
    assert await field("03158/rename", name="x", **{"from": DAY}) == (
        422,
        "from",
        "bad-reform-date",
    )
    assert await field("03158/close", **{"from": "2020-12-01"}) == (
        422,
        "from",
        "unit-has-become",
    )
    assert await field("03158/merge", into="03158", **{"from": DAY}) == (
        422,
        "into",
        "not-a-choice",
    )
    assert await field(
        "03158/merge", into="03160", new={"name": "x", "kind": "ward"}, **{"from": DAY}
    ) == (409, "into", "unit-code-taken")


async def test_merger_is_tried_out_before_it_is_made(program, conn):
    admin = await program("admin")
    for code, days in (("03158", 30), ("03160", 60)):
        unit = await a_unit(conn, code)
        await change_policy(
            conn, unit.id, {"horizon_days": days}, version=0, by="test", now=MONDAY_EIGHT
        )
    body = {"into": "03160", "from": DAY}

    tried = await ask(admin, "03158/merge?dry_run=true", **body)
    stands = (await admin.get(f"/api/v1/units/03158?on={DAY}")).status
    done = await ask(admin, "03158/merge", **body)

    assert (tried[0], stands, done[0]) == (200, 200, 200)
    assert done[1] == tried[1] | {"dry_run": False}
    assert done[1]["unsettled"] == [
        {
            "unit": "03160",
            "what": "policy.horizon_days",
            "said": [{"unit": "03160", "value": "60"}, {"unit": "03158", "value": "30"}],
            "outcome": "kept",
        }
    ]
    assert (await admin.get(f"/api/v1/units/03158?on={DAY}")).status == 404


async def test_commune_administrator_ends_no_unit(program):
    admin = await program("admin", unit="03158")

    for path in ("03158/close", "03160/close", "11/close"):
        assert (await ask(admin, path, **{"from": DAY}))[0] == 403


async def test_program_of_merged_units_books_for_the_one_they_became(program, sites):
    admin, secretary = await program("admin"), await program("secretary", unit="03158")
    code = "03158.moi"
    new = {"name": "Mường Nhé Mới", "kind": "commune"}
    assert (await ask(admin, "03158/merge", into=code, new=new, **{"from": DAY}))[0] == 200

    before = await booked(secretary, sites)
    times = {"start": "2026-12-25T08:00:00+07:00", "end": "2026-12-25T10:00:00+07:00"}
    after = await booked(secretary, sites, **times)

    assert (before["host"]["code"], after["host"]["code"]) == ("03158", code)


async def test_report_follows_successors_when_asked(program):
    leader = await program("leader")

    answer = await leader.get("/api/v1/report?first=2025-06&months=2&follow=successors")

    assert (answer.status, len((await answer.json())["rows"])) == (200, 45)
