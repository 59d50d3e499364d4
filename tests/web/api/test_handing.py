"""Handing over: both sides are one's own, the new owner books for the host and is told."""

from __future__ import annotations

from meetings.model import Role
from tests.makers import a_person
from tests.web.api.conftest import booked

LETTERS = "SELECT recipient, payload->>'subject' FROM outbox"
ADDRESS = "UPDATE people SET email = 'moi@example.gov.vn' WHERE id = $1"


async def hand(client, conference, **body):
    return await client.post(f"/api/v1/conferences/{conference['id']}/hand-over", json=body)


async def test_a_conference_goes_to_another_unit_and_person(program, conn, sites):
    secretary = await program("secretary")
    conference = await booked(secretary, sites)
    new = await a_person(conn, unit="11.vpubnd", login="moi")
    await conn.execute(ADDRESS, new.id)

    answer = await hand(secretary, conference, host="11.vpubnd", owner=new.id)

    assert answer.status == 200
    body = await answer.json()
    assert (body["host"]["code"], body["version"]) == ("11.vpubnd", 2)
    assert await conn.fetchval("SELECT owner_id FROM conferences") == new.id
    assert [tuple(row) for row in await conn.fetch(LETTERS)] == [
        ("moi@example.gov.vn", "Bàn giao cuộc họp: Họp giao ban tháng 11")
    ]


async def test_what_is_not_ones_own_is_not_handed_over(program, conn, sites):
    province = await program("secretary")
    office = await program("secretary", unit="11.vpubnd")
    conference = await booked(office, sites)
    leader = await a_person(conn, Role.LEADER, unit="11")

    answers = {
        "to the province": await hand(office, conference, host="11"),
        "to a leader": await hand(province, conference, owner=leader.id),
        "to nobody": await hand(province, conference),
        "to a ghost": await hand(province, conference, owner=999),
    }

    assert {name: one.status for name, one in answers.items()} == {
        "to the province": 403,
        "to a leader": 422,
        "to nobody": 422,
        "to a ghost": 404,
    }


async def test_what_is_called_off_stays_where_it_is(program, sites):
    secretary = await program("secretary")
    conference = await booked(secretary, sites)
    await secretary.delete(f"/api/v1/conferences/{conference['id']}", headers={"If-Match": "*"})

    assert (await hand(secretary, conference, host="11.vpubnd")).status == 409
