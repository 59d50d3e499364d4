"""Whether room systems are called at the start: asked, kept, changed, told, and copied."""

from __future__ import annotations

import pytest

from tests.web.api.conftest import a_body, booked

KEPT = "SELECT call_systems FROM conferences WHERE id = ANY ($1::bigint[]) ORDER BY id"
AUDITED = """
    SELECT detail -> 'call_systems' ->> 1 FROM audit
     WHERE subject = $1 AND detail ? 'call_systems' ORDER BY id
"""
ANY = {"If-Match": "*"}


async def test_it_is_no_unless_asked_and_each_change_is_audited(program, sites, conn):
    secretary = await program("secretary")
    held = await booked(secretary, sites)
    path = f"/api/v1/conferences/{held['id']}"

    told = [
        await (await secretary.patch(path, json=body, headers=ANY)).json()
        for body in ({"call_systems": True}, {"note": "Mang tài liệu"}, {"call_systems": False})
    ]

    assert held["call_systems"] is False
    assert [one["call_systems"] for one in told] == [True, True, False]
    history = await (await secretary.get(f"{path}/history")).json()
    found = [one for version in history["items"] for one in version["changes"]]
    assert [one for one in found if one["field"] == "call_systems"] == [
        {"field": "call_systems", "before": "no", "after": "yes"},
        {"field": "call_systems", "before": "yes", "after": "no"},
    ]
    rows = await conn.fetch(AUDITED, f"conference:{held['id']}")
    assert [row[0] for row in rows] == ["yes", "no"]


@pytest.mark.parametrize("said", ["yes", 1, "true"])
async def test_what_is_no_yes_or_no_is_refused(program, sites, said):
    secretary = await program("secretary")

    answer = await secretary.post("/api/v1/conferences", json=a_body(sites, call_systems=said))

    told = await answer.json()
    assert answer.status == 422
    assert [(one["field"], one["code"]) for one in told["errors"]] == [
        ("call_systems", "not-yes-or-no")
    ]


async def test_copies_templates_and_series_say_the_same(program, sites, conn):
    secretary = await program("secretary")
    held = await booked(secretary, sites, call_systems=True)
    path = f"/api/v1/conferences/{held['id']}"
    later = {"start": "2026-12-02T08:00:00+07:00"}

    copy = await (await secretary.post(f"{path}/clone", json=later)).json()
    kept = {"conference": held["id"], "name": "Giao ban"}
    template = await (await secretary.post("/api/v1/templates", json=kept)).json()
    again = {"start": "2026-12-03T08:00:00+07:00"}
    path = f"/api/v1/templates/{template['id']}/book"
    of_it = await (await secretary.post(path, json=again)).json()

    assert (copy["call_systems"], of_it["call_systems"]) == (True, True)


async def test_a_change_of_a_series_reaches_its_dates(program, sites, conn):
    secretary = await program("secretary")
    body = a_body(sites, rrule="FREQ=WEEKLY;COUNT=3", call_systems=True)
    series = await (await secretary.post("/api/v1/series", json=body)).json()
    dates = [one["id"] for one in series["created"]]

    async def kept() -> list[bool]:
        return [row["call_systems"] for row in await conn.fetch(KEPT, dates)]

    booked_with = await kept()
    answer = await secretary.patch(
        f"/api/v1/series/{series['id']}", json={"call_systems": False}, headers=ANY
    )

    assert answer.status == 200, await answer.text()
    after = await (await secretary.get(f"/api/v1/series/{series['id']}")).json()
    assert (series["call_systems"], after["call_systems"]) == (True, False)
    assert (booked_with, await kept()) == ([True] * 3, [False] * 3)
