"""One hall through the API: what it needs around a conference, and the line it shares."""

from __future__ import annotations

import pytest

from meetings.audit import list_audit
from tests.web.api.conftest import a_body, booked

API = "/api/v1"
HELD = """
    SELECT conference_id, to_char(lower(during) AT TIME ZONE 'UTC', 'HH24:MI'),
           to_char(upper(during) AT TIME ZONE 'UTC', 'HH24:MI')
      FROM holds WHERE site_id = $1 ORDER BY lower(during)
"""
ANY = {"If-Match": "*"}


async def a_line(client, unit="11.stc", *sites):
    body = {"unit": unit, "name": "Kênh truyền chung", "sites": list(sites)}
    return (await (await client.post(f"{API}/lines", json=body)).json())["id"]


async def test_a_hall_says_what_it_needs_and_bookings_go_by_it(program, sites, conn):
    admin = await program("admin")
    await admin.patch(f"{API}/policies/11", json={"set_up_minutes": 10}, headers=ANY)
    place = f"{API}/sites/{sites[0]}"

    before = await admin.get(place)
    first = {"If-Match": before.headers["ETag"]}
    changed = await admin.patch(place, json={"tear_down_minutes": 30}, headers=first)
    late = await admin.patch(place, json={"tear_down_minutes": 5}, headers=first)
    await booked(admin, sites[:1], end="2026-11-25T10:00:00+07:00")
    near = a_body(sites[:1], start="2026-11-25T10:35:00+07:00", end="2026-11-25T11:00:00+07:00")
    refused = await admin.post(f"{API}/conferences", json=near)

    view = await changed.json()
    assert (await before.json())["in_force"] == {"set_up_minutes": 10, "tear_down_minutes": 0}
    assert view["in_force"] == {"set_up_minutes": 10, "tear_down_minutes": 30}
    assert (view["set_up_minutes"], view["tear_down_minutes"]) == (None, 30)
    assert (late.status, refused.status) == (412, 409)
    told = [one.detail for one in await list_audit(conn) if one.action == "site.terms"]
    assert told == [{"tear_down_minutes": [None, 30]}]


async def test_coming_conferences_follow_where_that_is_free(program, sites, conn):
    admin = await program("admin")
    first = await booked(admin, sites[:1])
    ten, half = "2026-11-25T10:30:00+07:00", "2026-11-25T11:30:00+07:00"
    second = await booked(admin, sites[:2], start=ten, end=half)
    place = f"{API}/sites/{sites[0]}"
    both = {"set_up_minutes": 30, "tear_down_minutes": 30}

    more = await (await admin.patch(place, json=both, headers=ANY)).json()
    held = await conn.fetch(HELD, sites[0])
    below = await admin.patch(f"{API}/policies/11", json={"set_up_minutes": 45}, headers=ANY)
    none = dict.fromkeys(both, 0)
    less = await (await admin.patch(place, json=none, headers=ANY)).json()

    assert [(one["conference"], one["kept_from"]) for one in more["left_behind"]] == [
        (second["id"], second["start"])
    ]
    assert [tuple(row) for row in held] == [
        (first["id"], "00:30", "03:30"),
        (second["id"], "03:30", "04:30"),
    ]
    told = (await below.json())["left_behind"]
    assert [(one["conference"], one["site"]) for one in told] == [(second["id"], sites[0])]
    assert less["left_behind"] == []
    moved = [one.detail.get("holds") for one in await list_audit(conn) if "terms" in one.action]
    assert moved == [1, 1]


async def test_a_hall_joins_and_leaves_a_shared_line(program, sites):
    admin = await program("admin")
    line = await a_line(admin, "11.stc", sites[0])

    joined = await admin.patch(f"{API}/sites/{sites[1]}", json={"line": line}, headers=ANY)
    shared = (await (await admin.get(f"{API}/lines")).json())["items"][0]["sites"]
    left = await admin.patch(f"{API}/sites/{sites[1]}", json={"line": None}, headers=ANY)

    assert (await joined.json())["line"] == {"id": line, "name": "Kênh truyền chung"}
    assert shared == sorted(sites[:2])
    assert (await left.json())["line"] is None


async def test_a_line_is_also_for_who_looks_after_it_to_give(program, sites, conn):
    admin = await program("admin")
    line, other = await a_line(admin), sites[0]
    unit = await conn.fetchval(
        "SELECT u.code FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1", other
    )
    commune, stranger = await program("secretary", unit=unit), await program("leader")
    place = f"{API}/sites/{other}"

    statuses = [
        (await commune.patch(place, json={"line": line}, headers=ANY)).status,
        (await stranger.patch(place, json={"set_up_minutes": 5}, headers=ANY)).status,
        (await commune.patch(place, json={"set_up_minutes": 5}, headers=ANY)).status,
        (await commune.patch(f"{API}/sites/{sites[1]}", json={}, headers=ANY)).status,
        (await admin.patch(f"{API}/sites/999999", json={}, headers=ANY)).status,
    ]

    assert statuses == [403, 403, 200, 403, 404]


@pytest.mark.parametrize(
    "body",
    [{"line": 999999}, {"line": 0}, {"set_up_minutes": -1}, {"tear_down_minutes": 481}],
    ids=["no-line", "zero", "minus", "nine-hours"],
)
async def test_what_cannot_be_is_named(program, sites, body):
    admin = await program("admin")

    answer = await admin.patch(f"{API}/sites/{sites[0]}", json=body, headers=ANY)

    assert answer.status == 422
    assert [one["field"] for one in (await answer.json())["errors"]] == list(body)
