"""The weekly work schedule through the API: as JSON, as a workbook and as a Word file."""

from __future__ import annotations

import io

import pytest
from docx import Document
from openpyxl import load_workbook

from tests.web.api.conftest import booked
from web.files.document_kinds import DOCX, XLSX

WEEKLY = "/api/v1/schedule/weekly"
ON = "2026-11-25"


async def test_week_is_told_day_by_day(program, sites):
    secretary = await program("secretary")
    conference = await booked(secretary, sites, chair="Chủ tịch UBND tỉnh")

    answer = await secretary.get(WEEKLY, params={"on": ON, "unit": "11"})

    told = await answer.json()
    assert (answer.status, answer.headers["Vary"]) == (200, "Accept, Accept-Language")
    assert (told["first"], told["last"], told["above"]) == ("2026-11-23", "2026-11-29", "")
    assert [(day["day"], day["mark"]) for day in told["days"]] == [
        (f"2026-11-{day}", "") for day in range(23, 28)
    ]
    [session] = [one for day in told["days"] for one in day["sessions"]]
    [line] = session["items"]
    assert session["part"] == "morning"
    assert {name: line[name] for name in ("conference", "start", "end", "title", "chair")} == {
        "conference": conference["id"],
        "start": "2026-11-25T01:00:00Z",
        "end": "2026-11-25T03:00:00Z",
        "title": "Họp giao ban tháng 11",
        "chair": "Chủ tịch UBND tỉnh",
    }


async def test_week_of_a_leader_and_of_a_hall_holds_only_theirs(program, sites):
    secretary = await program("secretary")
    await booked(secretary, sites, chair="Chủ tịch UBND tỉnh")

    async def count(**query: str) -> int:
        answer = await secretary.get(WEEKLY, params={"on": ON} | query)
        told = await answer.json()
        return sum(len(one["items"]) for day in told["days"] for one in day["sessions"])

    assert await count(leader="Chủ tịch UBND tỉnh") == 1
    assert await count(leader="Ai đó") == 0
    assert await count(site=str(sites[1])) == 1
    assert await count(site="999999") == 0


async def test_week_is_given_as_the_files_that_the_page_offers(program, sites):
    secretary = await program("secretary")
    await booked(secretary, sites)

    files = {}
    for kind in (DOCX, XLSX):
        answer = await secretary.get(WEEKLY, params={"on": ON}, headers={"Accept": kind})
        files[kind] = await answer.read()
        assert (answer.status, answer.content_type) == (200, kind)
        assert "lich-cong-tac-2026-11-23." in answer.headers["Content-Disposition"]

    page = load_workbook(io.BytesIO(files[XLSX])).active
    assert page is not None
    cells = [cell for row in page.iter_rows(values_only=True) for cell in row]
    assert "Họp giao ban tháng 11" in cells
    words = [
        cell.text for table in Document(io.BytesIO(files[DOCX])).tables for cell in table._cells
    ]
    assert "Họp giao ban tháng 11" in words


@pytest.mark.parametrize(
    ("query", "field"),
    [({"on": "25/11/2026"}, "on"), ({"site": "x"}, "site"), ({"leader": "a" * 201}, "leader")],
)
async def test_week_refuses_what_it_cannot_read(program, query, field):
    leader = await program("leader")

    answer = await leader.get(WEEKLY, params=query)

    assert answer.status == 422
    assert [one["field"] for one in (await answer.json())["errors"]] == [field]


async def test_week_of_no_unit_and_of_no_kind_is_refused(program):
    leader = await program("leader")

    nowhere = await leader.get(WEEKLY, params={"unit": "none"})
    odd = await leader.get(WEEKLY, headers={"Accept": "image/png"})

    assert (nowhere.status, (await nowhere.json())["code"]) == (422, "unit-not-found")
    assert (odd.status, (await odd.json())["code"]) == (406, "not-acceptable")
