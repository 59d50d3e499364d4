"""Asking and answering over HTTP: draft, request, chain, approval, refusal, clash."""

from __future__ import annotations

import asyncio

import pytest

from meetings.approval.chains import Step
from meetings.model import Role
from meetings.store.chains import insert_chain
from tests.makers import a_unit
from tests.web.api.conftest import booked

APPROVED_HOLDS = "SELECT count(*) FROM holds WHERE conference_id = $1 AND firm"
LINKS = "SELECT count(*) FROM links WHERE conference_id = $1"
ACTIONS = "SELECT action FROM audit WHERE subject = $1 ORDER BY id"
LETTERS = "SELECT recipient, payload->>'subject' AS subject FROM outbox ORDER BY id"
ADDRESS = """
    INSERT INTO people (login, name, name_key, unit_id, email, locale)
    SELECT 'thu.ky', 'Thư ký', 'thu ky', id, 'thu.ky@example.gov.vn', 'vi' FROM units
     WHERE code = '11' AND upper_inf(valid)
    RETURNING id
"""
GRANT = """
    INSERT INTO grants (person_id, role, unit_id)
    SELECT $1, 'secretary', id FROM units WHERE code = '11' AND upper_inf(valid)
"""


@pytest.fixture
async def chain(conn, sites):
    """The province's leader agrees, then its admin."""
    _ = sites
    unit = (await a_unit(conn)).id
    steps = [Step(role=Role.LEADER, unit=unit), Step(role=Role.ADMIN, unit=unit)]
    await insert_chain(conn, unit, None, steps)


async def act(client, what, conference, **more):
    return await client.post(f"/api/v1/conferences/{conference}/{what}", **more)


async def state_of(answer):
    assert answer.status == 200, await answer.text()
    return (await answer.json())["state"]


async def test_a_chain_asks_each_in_turn_and_books_at_the_last_yes(program, conn, sites, chain):
    secretary, leader, admin = [await program(role) for role in ("secretary", "leader", "admin")]
    asked = await booked(secretary, sites)
    key, number = f"conference:{asked['id']}", asked["id"]

    assert asked["state"] == "requested"
    assert (await act(secretary, "approve", number)).status == 403
    assert await state_of(await act(leader, "approve", number)) == "requested"
    assert (await act(leader, "approve", number)).status == 403
    assert await conn.fetchval(LINKS, number) == 0
    assert await state_of(await act(admin, "approve", number)) == "confirmed"

    assert await conn.fetchval(APPROVED_HOLDS, number) == 3
    assert await conn.fetchval(LINKS, number) == 3
    assert (await admin.get(f"/api/v1/conferences/{number}/room")).status == 200
    assert [row["action"] for row in await conn.fetch(ACTIONS, key)] == [
        "conference.request",
        "conference.approve",
        "conference.confirm",
    ]
    stands = await (await leader.get(f"/api/v1/conferences/{number}/approval")).json()
    assert [(one["decision"], one["by"]) for one in stands["steps"]] == [
        ("approved", "token:leader-11"),
        ("approved", "token:admin-11"),
    ]
    assert (stands["turn"], stands["may_answer"]) == (None, False)


async def test_what_waits_for_me_is_listed_to_whom_it_waits_for(program, sites, chain):
    secretary, leader, admin = [await program(role) for role in ("secretary", "leader", "admin")]
    asked = await booked(secretary, sites)

    async def waiting(client):
        found = await (await client.get("/api/v1/approvals")).json()
        return [one["id"] for one in found["items"]]

    assert [await waiting(one) for one in (secretary, leader, admin)] == [
        [],
        [asked["id"]],
        [asked["id"]],
    ]


async def test_a_draft_is_seen_in_the_hosts_subtree_only(program, conn, sites):
    office = await program("secretary", unit="11.vpubnd")
    commune = await program(
        "hall",
        unit=await conn.fetchval(
            "SELECT u.code FROM units u JOIN sites s ON s.unit_id = u.id WHERE s.id = $1", sites[0]
        ),
    )
    draft = await booked(office, sites, **{"as": "draft"})
    address = f"/api/v1/conferences/{draft['id']}"

    assert draft["state"] == "draft"
    assert (await office.get(address)).status == 200
    assert (await commune.get(address)).status == 404
    assert (await (await commune.get("/api/v1/conferences")).json())["items"] == []
    assert await state_of(await act(office, "submit", draft["id"])) == "confirmed"
    assert (await commune.get(address)).status == 200
    assert await conn.fetchval(LINKS, draft["id"]) == 3


async def test_a_request_without_a_chain_is_answered_by_a_leader(program, sites):
    secretary, leader = await program("secretary"), await program("leader")
    asked = await booked(secretary, sites, **{"as": "request"})

    withdrawn = await act(secretary, "withdraw", asked["id"])
    refused = await act(leader, "approve", asked["id"])
    again = await act(secretary, "submit", asked["id"])

    assert await state_of(withdrawn) == "draft"
    assert refused.status == 409
    assert await state_of(again) == "confirmed"


async def test_a_refusal_needs_a_reason_and_tells_it(program, conn, sites, chain):
    secretary, leader = await program("secretary"), await program("leader")
    await conn.execute(GRANT, await conn.fetchval(ADDRESS))
    asked = await booked(secretary, sites)

    empty = await act(leader, "refuse", asked["id"], json={"reason": ""})
    said = await act(leader, "refuse", asked["id"], json={"reason": "Trùng lịch Thường trực"})

    assert empty.status == 422
    assert await state_of(said) == "refused"
    assert [tuple(row) for row in await conn.fetch(LETTERS)] == [
        ("thu.ky@example.gov.vn", "Không duyệt: Họp giao ban tháng 11")
    ]


async def test_approving_what_was_cancelled_changes_nothing(program, conn, sites, chain):
    secretary, leader = await program("secretary"), await program("leader")
    asked = await booked(secretary, sites)
    address = f"/api/v1/conferences/{asked['id']}"
    await secretary.delete(address, headers={"If-Match": "*"})

    answers = [
        await act(leader, "approve", asked["id"]),
        await act(leader, "refuse", asked["id"], json={"reason": "x"}),
        await act(secretary, "submit", asked["id"]),
        await act(secretary, "withdraw", asked["id"]),
    ]

    assert [one.status for one in answers] == [409] * 4
    assert [(await one.json())["code"] for one in answers] == ["illegal-move"] * 4
    assert (await (await secretary.get(address)).json())["version"] == 2


async def test_an_answer_to_an_older_version_is_412(program, sites, chain):
    secretary, leader = await program("secretary"), await program("leader")
    asked = await booked(secretary, sites)
    await secretary.patch(
        f"/api/v1/conferences/{asked['id']}", json={"title": "Khác"}, headers={"If-Match": '"1"'}
    )

    stale = await act(leader, "approve", asked["id"], headers={"If-Match": '"1"'})
    fresh = await act(leader, "approve", asked["id"], headers={"If-Match": '"2"'})

    assert (stale.status, fresh.status) == (412, 200)


async def test_a_changed_request_begins_a_new_round(program, sites, chain):
    secretary, leader = await program("secretary"), await program("leader")
    asked = await booked(secretary, sites)
    await act(leader, "approve", asked["id"])
    address = f"/api/v1/conferences/{asked['id']}"
    await secretary.patch(address, json={"sites": sites[:2]}, headers={"If-Match": "*"})

    stands = await (await leader.get(f"{address}/approval")).json()

    assert (stands["round"], stands["turn"], stands["may_answer"]) == (2, 1, True)


async def test_of_two_requests_for_one_slot_exactly_one_is_approved(program, conn, sites):
    """T-A8, short."""
    secretary, leader = await program("secretary"), await program("leader")
    await conn.execute(GRANT, await conn.fetchval(ADDRESS))
    for round_ in range(20):
        times = {
            "start": f"2026-12-{round_ + 1:02}T08:00:00+07:00",
            "end": f"2026-12-{round_ + 1:02}T10:00:00+07:00",
        }
        pair = [
            (await booked(secretary, sites, **{"as": "request"}, **times))["id"] for _ in range(2)
        ]

        answers = await asyncio.gather(*(act(leader, "approve", one) for one in pair))

        assert sorted(one.status for one in answers) == [200, 409]
        lost = next(one for one in answers if one.status == 409)
        told = await lost.json()
        assert told["code"] == "site-busy"
        assert len(told["alternatives"]) == 3
    subjects = [row["subject"] for row in await conn.fetch(LETTERS)]
    assert subjects.count("Trùng lịch khi duyệt: Họp giao ban tháng 11") == 20
    assert subjects.count("Đã duyệt: Họp giao ban tháng 11") == 20
