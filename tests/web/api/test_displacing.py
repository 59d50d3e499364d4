"""Approval over others: shown first, done whole, told to those who gave way."""

from __future__ import annotations

import asyncio

import pytest

from tests.web.api.conftest import a_body, booked
from tests.web.api.test_approvals import ADDRESS, GRANT, LETTERS, act

HOLDS = "SELECT conference_id, bool_and(firm) AS firm FROM holds GROUP BY 1 ORDER BY 1"
SEATS = "SELECT conference_id FROM seat_holds"
DISPLACED = "SELECT subject FROM audit WHERE action = 'conference.displace' ORDER BY id"


@pytest.fixture
async def people(program, sites):
    _ = sites
    return [await program(role) for role in ("secretary", "leader", "admin")]


async def an_urgent_request(client, sites):
    return await booked(client, sites, urgency="flash", **{"as": "request"})


async def seen(client, conference):
    answer = await client.get(f"/api/v1/conferences/{conference}/displacement")
    assert answer.status == 200
    return await answer.json()


async def state_of(client, conference):
    return (await (await client.get(f"/api/v1/conferences/{conference}")).json())["state"]


async def test_who_gives_way_is_shown_waits_again_and_is_told(people, conn, sites):
    secretary, leader, _ = people
    await conn.execute(GRANT, await conn.fetchval(ADDRESS))
    held = await booked(secretary, sites[:1])
    asked = await an_urgent_request(secretary, sites)

    plain = await act(leader, "approve", asked["id"])
    blind = await act(leader, "approve", asked["id"], json={"displace": True})
    told = await blind.json()
    plan = await seen(leader, asked["id"])
    done = await act(
        leader, "approve", asked["id"], json={"displace": True, "digest": plan["digest"]}
    )

    assert (plain.status, blind.status, done.status) == (409, 409, 200)
    assert told["code"] == "displacement-unseen"
    assert told["digest"] == plan["digest"]
    assert [one["conference"] for one in told["displaced"]] == [held["id"]]
    assert [one["title"] for one in plan["displaced"]] == ["Họp giao ban tháng 11"]
    assert await state_of(secretary, held["id"]) == "requested"
    assert [tuple(row) for row in await conn.fetch(HOLDS)] == [
        (held["id"], False),
        (asked["id"], True),
    ]
    assert [row["conference_id"] for row in await conn.fetch(SEATS)] == [asked["id"]]
    assert [row["subject"] for row in await conn.fetch(DISPLACED)] == [f"conference:{held['id']}"]
    subjects = [row["subject"] for row in await conn.fetch(LETTERS)]
    assert "Nhường lịch: Họp giao ban tháng 11" in subjects
    text = await conn.fetchval("SELECT payload->>'text' FROM outbox WHERE key LIKE 'displaced/%'")
    assert text.count("điểm cầu\n") >= 3


async def test_who_gave_way_can_be_booked_again_elsewhere(people, conn, sites):
    secretary, leader, _ = people
    held = await booked(secretary, sites)
    asked = await an_urgent_request(secretary, sites)
    digest = (await seen(leader, asked["id"]))["digest"]
    await act(leader, "approve", asked["id"], json={"displace": True, "digest": digest})
    times = {"start": "2026-11-25T13:30:00+07:00", "end": "2026-11-25T15:00:00+07:00"}
    await secretary.patch(
        f"/api/v1/conferences/{held['id']}", json=times, headers={"If-Match": "*"}
    )

    again = await act(leader, "approve", held["id"])
    room = await leader.get(f"/api/v1/conferences/{held['id']}/room")

    assert (again.status, room.status) == (200, 200)
    assert (await room.json())["state"] == "booked"


async def test_line_test_goes_along_and_is_planned_again(people, conn, sites):
    secretary, leader, _ = people
    held = await booked(secretary, sites)
    path = f"/api/v1/conferences/{held['id']}/line-test"
    test = (await (await secretary.post(path)).json())["conference"]
    asked = await an_urgent_request(secretary, sites)
    digest = (await seen(leader, asked["id"]))["digest"]

    await act(leader, "approve", asked["id"], json={"displace": True, "digest": digest})
    rehearsal = await (await secretary.get(f"/api/v1/conferences/{test}")).json()
    room = await (await leader.get(f"/api/v1/conferences/{test}/room")).json()
    without = await secretary.get(path)
    times = {"start": "2026-11-25T13:30:00+07:00", "end": "2026-11-25T15:00:00+07:00"}
    place = f"/api/v1/conferences/{held['id']}"
    await secretary.patch(place, json=times, headers={"If-Match": "*"})
    await act(leader, "approve", held["id"])
    again = await secretary.post(path)

    assert (rehearsal["state"], room["state"]) == ("cancelled", "closed")
    assert [row[0] for row in await conn.fetch(DISPLACED)] == [f"conference:{held['id']}"]
    assert (without.status, again.status) == (404, 201)
    assert (await again.json())["state"] == "confirmed"


async def test_equal_rank_does_not_give_way_and_nothing_changes(people, conn, sites):
    secretary, leader, _ = people
    held = await booked(secretary, sites, urgency="flash")
    asked = await an_urgent_request(secretary, sites)
    digest = (await seen(leader, asked["id"]))["digest"]

    answer = await act(leader, "approve", asked["id"], json={"displace": True, "digest": digest})

    assert answer.status == 409
    told = await answer.json()
    assert (told["code"], told["displaced"]) == ("not-displaceable", [])
    assert [one["conference"] for one in told["protected"]] == [held["id"]]
    assert await state_of(secretary, held["id"]) == "confirmed"
    assert await state_of(secretary, asked["id"]) == "requested"


async def test_a_change_of_who_gives_way_is_shown_again(people, sites):
    secretary, leader, _ = people
    held = await booked(secretary, sites)
    asked = await an_urgent_request(secretary, sites)
    digest = (await seen(leader, asked["id"]))["digest"]
    await secretary.patch(
        f"/api/v1/conferences/{held['id']}", json={"title": "Khác"}, headers={"If-Match": "*"}
    )

    answer = await act(leader, "approve", asked["id"], json={"displace": True, "digest": digest})

    assert (answer.status, (await answer.json())["code"]) == (409, "displacement-unseen")


async def test_an_admin_books_over_others_in_one_call(people, conn, sites):
    secretary, _, admin = people
    held = await booked(secretary, sites)
    body = a_body(sites, urgency="very-urgent", displace=True)

    refused = await secretary.post("/api/v1/conferences", json=body)
    first = await admin.post("/api/v1/conferences", json=body)
    digest = (await first.json())["digest"]
    second = await admin.post("/api/v1/conferences", json=body | {"digest": digest})

    assert (refused.status, first.status, second.status) == (403, 409, 201)
    assert (await second.json())["state"] == "confirmed"
    assert await state_of(secretary, held["id"]) == "requested"
    assert await conn.fetchval("SELECT count(*) FROM conferences") == 2


async def test_of_two_who_displace_the_same_one_wins(people, conn, sites):
    secretary, leader, _ = people
    for day in range(1, 11):
        times = {
            "start": f"2026-12-{day:02}T08:00:00+07:00",
            "end": f"2026-12-{day:02}T10:00:00+07:00",
        }
        held = await booked(secretary, sites, **times)
        pair = [
            await booked(secretary, sites, urgency="flash", **times, **{"as": "request"})
            for _ in range(2)
        ]
        digest = (await seen(leader, pair[0]["id"]))["digest"]

        answers = await asyncio.gather(
            *(
                act(leader, "approve", one["id"], json={"displace": True, "digest": digest})
                for one in pair
            )
        )

        assert sorted(one.status for one in answers) == [200, 409]
        assert await state_of(secretary, held["id"]) == "requested"
    assert len(await conn.fetch(DISPLACED)) == 10
