"""What programs ask of a room is done by a control page that says it is in there, and by one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bridges.control.actions import GIVE_UP_INSIDE
from bridges.control.controlling import carry_out
from bridges.placement.rooms import room_of
from bridges.store.actions import list_actions
from tests.bridges.makers import a_bridge
from tests.conftest import PATIENCE
from tests.web.pages.test_leading import became, live, on_jitsi, page
from web.database import transaction

__all__ = ["live", "on_jitsi"]

RTMP = "rtmp://truyen-hinh.example.vn/live/khoa-bi-mat"
AUDIT = "SELECT actor, action FROM audit WHERE action IN ('room.mute', 'room.carry') ORDER BY id"
JIBRI = "UPDATE bridges SET jibri_urls = '{http://10.1.0.9:2222}'"


async def order(client, conference, action, **body):
    return await client.post(f"/api/v1/conferences/{conference.id}/actions/{action}", json=body)


async def beat(client, conn, conference, *, seat="a" * 16, state="inside", place=None):
    room = await room_of(conn, conference.id)
    fields = {"seat": seat, "state": state, "place": place or f"{room.bridge_name}/{room.name}"}
    answer = await client.post(f"{page(conference)}/seat", data=fields)
    return answer.status, await answer.json()


async def test_an_open_page_does_what_a_program_asks_and_tells_what_it_saw(client_for, conn, live):
    program, leader = await client_for("secretary"), await client_for("technician")
    hall = live.sites[1]

    refused = await order(program, live, "mute", site=hall)
    await beat(leader, conn, live)
    first, again = [await (await order(program, live, "mute", site=hall)).json() for _ in "ab"]
    (_, told), (_, nothing) = [await beat(leader, conn, live) for _ in "ab"]
    report = f"{page(live)}/inside/{first['id']}"
    stranger = await (await client_for("technician")).post(report, data={"said": "seen-inside"})
    seen = await leader.post(report, data={"said": "seen-inside"})

    assert (refused.status, (await refused.json())["code"]) == (409, "no-control-page")
    assert (first["id"], first["carried_by"], first["state"]) == (again["id"], "", "asked")
    wish = {"id": first["id"], "action": "mute", "site": str(hall), "whom": [], "to": ""}
    assert (told["orders"], nothing["orders"]) == ([wish], [])
    assert (stranger.status, seen.status) == (404, 200)
    assert await became(conn, live) == [("mute", "done", "seen-inside")]
    [done] = await list_actions(conn, live.id)
    audited = [tuple(row) for row in await conn.fetch(AUDIT)]
    assert audited == [(done.asked_by, "room.mute"), (done.carried_by, "room.carry")]
    assert done.asked_by != done.carried_by


async def test_of_many_pages_one_takes_it_up(client_for, conn, pool, live):
    program, leader = await client_for("secretary"), await client_for("technician")
    seats = [f"{number:016}" for number in range(6)]
    room = await room_of(conn, live.id)
    fields = {"state": "inside", "place": f"{room.bridge_name}/{room.name}"}

    async def one(seat):
        answer = await leader.post(f"{page(live)}/seat", data=fields | {"seat": seat})
        return (await answer.json())["orders"]

    await one(seats[0])
    await order(program, live, "mute-all")
    told = await asyncio.gather(*map(one, seats))

    assert [len(orders) for orders in sorted(told, key=len)] == [0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("state", ["outside", "gone"])
async def test_a_page_that_left_or_fell_silent_is_not_counted_on(client_for, conn, live, state):
    program, leader = await client_for("secretary"), await client_for("technician")
    await beat(leader, conn, live)

    await beat(leader, conn, live, state=state)
    left = await order(program, live, "mute-all")
    await beat(leader, conn, live)
    await conn.execute("UPDATE control_seats SET seen_at = seen_at - $1::interval", PATIENCE)
    silent = await order(program, live, "mute-all")

    assert (left.status, silent.status) == (409, 409)
    assert await became(conn, live) == []


async def test_what_no_page_takes_up_was_not_done(client_for, conn, pool, keyring, live):
    program, leader = await client_for("secretary"), await client_for("technician")
    await beat(leader, conn, live)
    await order(program, live, "mute-all")
    [asked] = await list_actions(conn, live.id)

    async with aiohttp.ClientSession() as http:
        late = asked.asked_at + GIVE_UP_INSIDE + timedelta(seconds=1)
        await carry_out(lambda: transaction(pool), http, keyring, late)

    assert await became(conn, live) == [("mute-all", "refused", "no-page")]
    assert (await beat(leader, conn, live))[1]["orders"] == []


@pytest.mark.parametrize("way", ["says that it goes", "falls silent"])
async def test_what_a_page_did_not_finish_before_it_went_another_takes_up(
    client_for, conn, on_jitsi, way
):
    await conn.execute(JIBRI)
    await conn.execute("UPDATE conferences SET visibility = 'open'")
    program, leader = await client_for("secretary"), await client_for("technician")
    await beat(leader, conn, on_jitsi)
    await order(program, on_jitsi, "stream-start", stream=RTMP)

    _, first = await beat(leader, conn, on_jitsi)
    _, meanwhile = await beat(leader, conn, on_jitsi, seat="b" * 16)
    if way == "falls silent":
        await conn.execute(
            "UPDATE control_seats SET seen_at = seen_at - $1::interval WHERE id = $2",
            PATIENCE,
            "a" * 16,
        )
    else:
        await beat(leader, conn, on_jitsi, state="gone")
    _, second = await beat(leader, conn, on_jitsi, seat="b" * 16)
    _, third = await beat(leader, conn, on_jitsi, seat="b" * 16)

    assert [one["to"] for one in first["orders"]] == [RTMP]
    assert (second["orders"], third["orders"]) == (first["orders"], [])
    assert meanwhile["orders"] == []


async def test_where_a_stream_goes_is_kept_until_it_is_done_and_never_lies_open(
    client_for, conn, on_jitsi
):
    await conn.execute(JIBRI)
    await conn.execute("UPDATE conferences SET visibility = 'open'")
    program, leader = await client_for("secretary"), await client_for("technician")
    await beat(leader, conn, on_jitsi)

    asked = await order(program, on_jitsi, "stream-start", stream=RTMP)
    kept = await conn.fetchval("SELECT stream_to FROM room_actions")
    _, told = await beat(leader, conn, on_jitsi)
    listed = await program.get(f"/api/v1/conferences/{on_jitsi.id}/actions")

    assert asked.status == 202
    assert RTMP.encode() not in kept
    assert [one["to"] for one in told["orders"]] == [RTMP]
    said = {"said": "seen-inside"}
    await leader.post(f"{page(on_jitsi)}/inside/{told['orders'][0]['id']}", data=said)
    assert await conn.fetchval("SELECT stream_to FROM room_actions") is None
    assert RTMP not in await listed.text() + await asked.text()
    assert RTMP not in str(await conn.fetch("SELECT * FROM audit"))


async def test_a_page_hears_where_its_room_is_now(client_for, conn, keyring, on_jitsi):
    leader = await client_for("technician")
    room = await room_of(conn, on_jitsi.id)
    other = await a_bridge(conn, "beta", seal=keyring)
    await conn.execute("UPDATE rooms SET bridge_id = $1", other.id)

    status, told = await beat(leader, conn, on_jitsi, place=f"lab/{room.name}")
    stays = await conn.fetchval("SELECT count(*) FROM control_seats")
    await conn.execute("UPDATE rooms SET closes_at = $1", datetime.now(UTC))
    over = await beat(leader, conn, on_jitsi)
    odd = await leader.post(f"{page(on_jitsi)}/seat", data={"seat": "x"})

    assert (status, told["place"], told["orders"]) == (200, f"beta/{room.name}", [])
    assert (stays, over, odd.status) == (0, (410, {"place": ""}), 400)
