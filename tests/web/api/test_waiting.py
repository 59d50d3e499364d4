"""The waiting list over HTTP: put on it, offered, booked by one call."""

from __future__ import annotations

from meetings.scheduling.waiting import offer_freed
from tests.web.api.conftest import NOW, a_body, booked
from tests.web.api.test_approvals import ADDRESS, GRANT

ROOT = "/api/v1/waiting"
SUBJECTS = "SELECT payload->>'subject' FROM outbox"


async def waiting(client):
    return (await (await client.get(ROOT)).json())["items"]


async def test_a_wish_waits_is_offered_and_booked(program, conn, sites):
    secretary = await program("secretary")
    await conn.execute(GRANT, await conn.fetchval(ADDRESS))
    held = await booked(secretary, sites)

    put = await secretary.post(ROOT, json=a_body(sites, title="Chờ"))
    number = (await put.json())["id"]
    early = await secretary.post(f"{ROOT}/{number}/book")
    await secretary.delete(f"/api/v1/conferences/{held['id']}", headers={"If-Match": "*"})
    async with conn.transaction():
        offered = await offer_freed(conn, NOW)
    listed = await waiting(secretary)
    done = await secretary.post(f"{ROOT}/{number}/book")
    async with conn.transaction():
        await offer_freed(conn, NOW)

    assert (put.status, early.status, done.status) == (201, 409, 200)
    assert offered == [number]
    assert [(one["conference"], one["offer_until"]) for one in listed] == [
        (number, "2026-11-23T06:00:00Z")
    ]
    assert (await done.json())["state"] == "confirmed"
    assert await waiting(secretary) == []
    assert await conn.fetchval(SUBJECTS) == "Có chỗ trống cho: Chờ"


async def test_a_refused_request_may_wait_and_leave(program, sites):
    secretary, leader = await program("secretary"), await program("leader")
    asked = await booked(secretary, sites, **{"as": "request"})
    await leader.post(f"/api/v1/conferences/{asked['id']}/refuse", json={"reason": "bận"})

    put = await secretary.post(f"/api/v1/conferences/{asked['id']}/wait")
    listed = await waiting(secretary)
    gone = await secretary.delete(f"{ROOT}/{asked['id']}")
    again = await secretary.delete(f"{ROOT}/{asked['id']}")

    assert (put.status, gone.status, again.status) == (200, 204, 404)
    assert listed == [await put.json()]
    assert listed[0]["conference"] == asked["id"]
