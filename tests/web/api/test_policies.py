"""Booking policies through the API: who says what, one editor at a time, and bookings go by it."""

from __future__ import annotations

import asyncio

import pytest

from meetings.audit import list_audit
from meetings.scheduling.policies import change_policy, policy_of
from tests.makers import a_unit
from tests.web.api.conftest import NOW, a_body
from tests.web.api.test_once import until_waiting

PATH = "/api/v1/policies"
NONE = {"If-Match": '"0"'}
ANY = {"If-Match": "*"}
OFFICE = "11.vpubnd"


async def test_a_unit_goes_by_what_stands_above_it_until_it_says_something(program, sites, conn):
    admin = await program("admin")

    above = await admin.patch(f"{PATH}/11", json={"horizon_days": 30, "most_open": 5}, headers=NONE)
    own = await admin.patch(f"{PATH}/{OFFICE}", json={"horizon_days": 7}, headers=NONE)
    cleared = await admin.patch(
        f"{PATH}/{OFFICE}",
        json={"horizon_days": None, "tear_down_minutes": 0},
        headers={"If-Match": own.headers["ETag"]},
    )

    province = {"code": "11", "name": (await above.json())["unit"]["name"]}
    before, after = await own.json(), await cleared.json()
    assert (before["horizon_days"], before["in_force"]["horizon_days"]["value"]) == (7, 7)
    assert before["in_force"]["most_open"] == {"value": 5, "said_by": province}
    assert (after["horizon_days"], after["version"]) == (None, 2)
    assert after["in_force"]["horizon_days"] == {"value": 30, "said_by": province}
    assert after["in_force"]["invite_lead_days"] == {"value": 3, "said_by": None}
    listed = (await (await admin.get(PATH)).json())["items"]
    assert [one["unit"]["code"] for one in listed] == ["11", OFFICE]
    assert await (await admin.get(f"{PATH}/{OFFICE}")).json() == after
    told = [one.detail for one in await list_audit(conn) if one.action == "policy.change"]
    assert told[0] == {"horizon_days": [7, None], "tear_down_minutes": [None, 0]}


async def test_bookings_go_by_it(program, sites):
    admin = await program("admin")
    await admin.patch(f"{PATH}/11", json={"horizon_days": 1}, headers=NONE)

    refused = await admin.post("/api/v1/conferences", json=a_body(sites))
    await admin.patch(f"{PATH}/11", json={"horizon_days": None}, headers=ANY)
    booked = await admin.post("/api/v1/conferences", json=a_body(sites))

    assert (refused.status, (await refused.json())["code"]) == (409, "beyond-horizon")
    assert booked.status == 201


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"horizon_days": 0}, NONE, 422),
        ({"most_open": -1}, NONE, 422),
        ({"set_up_minutes": 481}, NONE, 422),
        ({"tear_down_minutes": "10"}, NONE, 422),
        ({"invite_lead_days": 1.5}, NONE, 422),
        ({"lunch": 30}, NONE, 422),
        ({"horizon_days": 5}, {}, 428),
        ({"horizon_days": 5}, {"If-Match": '"3"'}, 412),
    ],
    ids=["no-day", "minus", "nine-hours", "text", "half", "unknown", "blind", "stale"],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    program, sites, conn, body, headers, status
):
    admin = await program("admin")

    answer = await admin.patch(f"{PATH}/{OFFICE}", json=body, headers=headers)

    assert answer.status == status
    assert await conn.fetchval("SELECT count(*) FROM booking_policies") == 0


async def test_only_an_admin_over_the_unit_changes_it(program, sites):
    secretary, commune = await program("secretary"), await program("admin", unit="03158")
    change = {"json": {"horizon_days": 5}, "headers": NONE}

    answers = [
        await secretary.patch(f"{PATH}/11", **change),
        await commune.patch(f"{PATH}/11", **change),
        await commune.patch(f"{PATH}/nowhere", **change),
        await commune.patch(f"{PATH}/03158", **change),
    ]

    assert [one.status for one in answers] == [403, 403, 404, 200]


async def test_a_unit_does_not_allow_itself_more_than_the_units_above(program, sites):
    province = await program("admin", headers={"Accept-Language": "en"})
    commune = await program("admin", unit="03158", headers={"Accept-Language": "en"})
    place, any_version = f"{PATH}/03158", {"If-Match": "*"}

    async def change(client, **values):
        answer = await client.patch(place, json=values, headers=any_version)
        told = await answer.json()
        return answer.status, [(one["field"], one["message"]) for one in told.get("errors", [])]

    assert await change(province, most_open=3) == (200, [])
    assert await change(commune, most_open=100, set_up_minutes=10) == (
        422,
        [("most_open", "Only the unit above can allow more than 3.")],
    )
    assert (await change(commune, most_open=None))[0] == 422
    assert await change(commune, most_open=2, horizon_days=30, set_up_minutes=10) == (200, [])
    assert await change(province, most_open=100) == (200, [])


async def test_what_the_units_above_narrow_meanwhile_counts(program, sites, conn, owner):
    commune, place = await program("admin", unit="03158"), f"{PATH}/03158"
    unit = (await a_unit(conn, "03158")).id
    async with owner.transaction():
        await change_policy(owner, unit, {"most_open": 3}, version=None, by="test", now=NOW)
        asked = asyncio.create_task(commune.patch(place, json={"most_open": 9}, headers=ANY))
        await until_waiting(conn)

    assert (await asked).status == 422
    assert (await policy_of(conn, unit)).own.terms.most_open == 3
