"""Sheets and the report: JSON to the second, files that spreadsheets open, and who reads what."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from meetings.directory.finding import sites_by_ids
from meetings.model import State
from tests.makers import a_conference
from tests.web.api.conftest import booked

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
START = datetime(2026, 11, 20, 1, tzinfo=UTC)
END = START + timedelta(hours=2)

INSERT_PRESENCE = """
    INSERT INTO presences (conference_id, site_id, starts_at, ends_at, evidence, start_evidence,
                           end_evidence, means)
    VALUES ($1, $2, $3, $4, 'events+heartbeat', 'events', 'heartbeat', '{sip,link}')
"""

INSERT_BLIND_SPOT = """
    INSERT INTO blind_spots (conference_id, starts_at, ends_at, reason)
    VALUES ($1, $2, $3, 'uncounted')
"""

INSERT_CLOCK_STEP = """
    INSERT INTO clock_steps (conference_id, bridge, starts_at, ends_at, seconds)
    VALUES ($1, 'lab', $2, $3, -60)
"""


@pytest.fixture
async def past(conn, sites):
    """Return a conference that is over: one hall came early, one late, one never."""
    conference = await a_conference(conn, state=State.ENDED, start=START, sites=sites)
    early, late = START - timedelta(minutes=5), START + timedelta(minutes=11)
    await conn.execute(INSERT_PRESENCE, conference.id, sites[0], early, END)
    await conn.execute(INSERT_PRESENCE, conference.id, sites[1], late, END + timedelta(minutes=1))
    minute = START + timedelta(minutes=1)
    await conn.execute(INSERT_BLIND_SPOT, conference.id, START, minute)
    await conn.execute(INSERT_CLOCK_STEP, conference.id, START, minute)
    return conference


async def test_sheet_tells_every_site_to_the_second(program, sites, past, conn):
    secretary = await program("secretary")

    answer = await secretary.get(f"/api/v1/conferences/{past.id}/sheet")

    names = {key: site.label for key, site in (await sites_by_ids(conn, sites)).items()}
    body = await answer.json()
    rows = {row["site"]: row for row in body["rows"]}
    assert (body["conference"], body["state"], body["complete"]) == (past.id, "ended", True)
    assert body["blind_spots"] == [
        {"from": "2026-11-20T01:00:00Z", "to": "2026-11-20T01:01:00Z", "reason": "uncounted"}
    ]
    minute = {"from": "2026-11-20T01:00:00Z", "to": "2026-11-20T01:01:00Z"}
    assert body["clock_steps"] == [minute | {"bridge": "lab", "seconds": -60}]
    assert [row["site"] for row in body["rows"]] == list(names)
    assert rows[sites[0]] == {
        "site": sites[0],
        "label": names[sites[0]],
        "state": "present",
        "present_seconds": 7200,
        "intervals": [
            {
                "from": "2026-11-20T00:55:00Z",
                "to": "2026-11-20T03:00:00Z",
                "evidence": "events+heartbeat",
                "from_evidence": "events",
                "to_evidence": "heartbeat",
                "means": ["link", "sip"],
            }
        ],
        "first_in": "2026-11-20T00:55:00Z",
        "last_out": "2026-11-20T03:00:00Z",
        "late_minutes": 0,
        "left_early_minutes": 0,
        "headcount": None,
        "means": ["link", "sip"],
    }
    assert (rows[sites[1]]["state"], rows[sites[1]]["late_minutes"]) == ("late", 11)
    assert rows[sites[1]]["present_seconds"] == 7200 - 11 * 60
    assert (rows[sites[2]]["state"], rows[sites[2]]["intervals"]) == ("absent", [])


async def test_sheet_of_a_renamed_commune_bears_the_name_of_the_day(program, past, conn):
    named = await program("admin")
    before = await labels_of(named, past)
    code = await conn.fetchval(
        "SELECT u.code FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1",
        before[0][0],
    )

    reform = {"from": "2026-11-22", "name": "Yên Mới"}
    done = await named.post(f"/api/v1/units/{code}/rename", json=reform, headers={"If-Match": "*"})

    assert done.status == 200
    assert await labels_of(named, past) == before


async def labels_of(client, conference):
    told = await (await client.get(f"/api/v1/conferences/{conference.id}/sheet")).json()
    return [(row["site"], row["label"]) for row in told["rows"]]


async def test_sheet_comes_as_the_client_accepts(program, past):
    secretary = await program("secretary")
    path = f"/api/v1/conferences/{past.id}/sheet"

    async def kind(accept: str) -> str:
        answer = await secretary.get(path, headers={"Accept": accept})
        return answer.content_type if answer.status == 200 else str(answer.status)

    assert await kind("*/*") == "application/json"
    assert await kind("text/csv") == "text/csv"
    assert await kind("text/*") == "text/csv"
    assert await kind(XLSX) == XLSX
    assert await kind("application/json;q=0.1, text/csv;q=0.9") == "text/csv"
    assert await kind("*/*;q=0.1, application/json;q=0") == "text/csv"
    assert await kind("image/png") == "406"
    assert await kind("application/json;q=0") == "406"


async def test_sheet_files_can_be_read_back(program, sites, past):
    secretary = await program("secretary")
    path = f"/api/v1/conferences/{past.id}/sheet"

    text = await (await secretary.get(path, headers={"Accept": "text/csv"})).read()
    book = await (await secretary.get(path, headers={"Accept": XLSX})).read()

    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    page = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    assert text.startswith(b"\xef\xbb\xbf")
    assert len(lines) == 1 + len(sites)
    assert page["A1"].value == past.title


async def test_invited_read_only_the_rows_of_their_halls(program, sites, past, conn):
    unit = (await sites_by_ids(conn, sites))[sites[1]].unit_code
    hall = await program("hall", unit=unit)

    body = await (await hall.get(f"/api/v1/conferences/{past.id}/sheet")).json()

    assert [row["site"] for row in body["rows"]] == [sites[1]]
    assert body["complete"] is False


async def test_before_the_start_everybody_is_expected(program, sites):
    secretary = await program("secretary")
    conference = await booked(secretary, sites)

    body = await (await secretary.get(f"/api/v1/conferences/{conference['id']}/sheet")).json()

    assert {row["state"] for row in body["rows"]} == {"expected"}


async def test_report_adds_the_months_up(program, sites, past, conn):
    leader = await program("leader")
    unit = (await sites_by_ids(conn, sites))[sites[1]].unit_code

    answer = await leader.get("/api/v1/report?first=2026-10&months=2")

    body = await answer.json()
    rows = {row["unit"]["code"]: row for row in body["rows"]}
    nothing = dict.fromkeys(("invited", "present", "late", "absent", "unknown", "people"), 0)
    assert (body["months"], body["conferences"], len(rows)) == (["2026-10", "2026-11"], 1, 45)
    assert rows[unit]["months"] == [nothing, nothing | {"invited": 1, "late": 1}]
    assert body["total"] == nothing | {"invited": 3, "present": 1, "late": 1, "absent": 1}


async def test_report_refuses_odd_months(program):
    leader = await program("leader")

    for query in ("first=2026-13", "first=now", "months=0", "months=13", "months=x"):
        answer = await leader.get(f"/api/v1/report?{query}")
        assert (answer.status, (await answer.json())["code"]) == (422, "bad-form"), query


async def test_report_can_be_opened_by_a_spreadsheet(program, past):
    leader = await program("leader")

    answer = await leader.get("/api/v1/report", headers={"Accept": XLSX})

    page = openpyxl.load_workbook(io.BytesIO(await answer.read())).worksheets[0]
    assert answer.status == 200
    assert page["A1"].value == "11/2026 – 11/2026"
