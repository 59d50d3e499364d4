"""A room is moved to another bridge because an administrator asks for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bridges.registered.registry import bridge_by_name, note_silence
from bridges.store.moves import list_moves
from meetings.model import ConferenceId
from tests.bridges.makers import a_bridge
from tests.web.api.conftest import NOW, booked

SOON = {"start": "2026-11-23T09:00:00+07:00", "end": "2026-11-23T10:00:00+07:00"}
PLACES = "SELECT p.name, h.seats FROM seat_holds h JOIN seat_pools p ON p.id = h.pool_id"
MOVES = "SELECT actor, detail FROM audit WHERE action = 'room.move'"


@pytest.fixture
async def placed(program, sites, conn, keyring):
    secretary = await program("secretary", unit="11")
    found = await booked(secretary, sites, **SOON)
    await a_bridge(conn, "second", seal=keyring)
    return ConferenceId(found["id"])


async def move(client, conference, to, **headers):
    path = f"/api/v1/conferences/{conference}/room/move"
    answer = await client.post(path, json={"bridge": to}, headers=headers)
    return answer.status, await answer.json()


async def test_a_room_goes_where_it_is_asked_to_with_its_seats_once(program, conn, sites, placed):
    admin = await program("admin", unit="11")

    first = await move(admin, placed, "second", **{"Idempotency-Key": "m1"})
    again = await move(admin, placed, "second", **{"Idempotency-Key": "m1"})
    there = await move(admin, placed, "second")

    assert [(status, told["bridge"]) for status, told in (first, again, there)] == [
        (200, "second")
    ] * 3
    assert [tuple(row) for row in await conn.fetch(PLACES)] == [("bridge:second", len(sites))]
    assert len(await list_moves(conn, placed)) == 1
    [row] = await conn.fetch(MOVES)
    assert row["detail"] == {"from": "meet", "to": "second", "reason": "asked"}


async def test_no_room_goes_where_nobody_answers_or_seats_are_short(program, conn, placed):
    admin = await program("admin", unit="11")
    second = await bridge_by_name(conn, "second")

    nowhere = await move(admin, placed, "third")
    await conn.execute("UPDATE seat_pools SET seats = 1 WHERE id = $1", second.pool)
    full = await move(admin, placed, "second")
    await conn.execute(
        "UPDATE bridges SET prosody_url = 'http://127.0.0.1:9' WHERE id = $1", second.id
    )
    await note_silence(conn, second.id, health="no connection", at=NOW - timedelta(seconds=2))
    silent = await move(admin, placed, "second")

    told = [(status, answer["code"]) for status, answer in (nowhere, full, silent)]
    assert told == [(404, "bridge-not-found"), (409, "no-seats"), (409, "no-bridge-fits")]
    assert await list_moves(conn, placed) == []


async def test_only_who_manages_bridges_moves_rooms(program, placed):
    answers = [
        await move(await program(role, unit="11"), placed, "second")
        for role in ("secretary", "technician")
    ]

    assert [status for status, _ in answers] == [403, 403]
