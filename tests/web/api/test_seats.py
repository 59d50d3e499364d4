"""Seats that are short refuse like halls do: with who uses them and what would be free."""

from __future__ import annotations

import pytest

from bridges.model import BridgeSecrets, NewBridge
from bridges.registered.registry import add_bridge
from tests.makers import some_sites
from tests.web.api.conftest import a_body, booked

PATH = "/api/v1/conferences"
ANY = {"If-Match": "*"}
SECOND = NewBridge(
    name="second",
    public_url="https://second.example.gov.vn",
    xmpp_domain="second.lab",
    muc_domain="conference.second.lab",
    app_id="diemcau",
    secrets=BridgeSecrets(jwt="j" * 40, reservation="r" * 40, event="e" * 40),
    seats=50,
)
WISHED, AFTER_LUNCH, NEXT_DAY = (
    "2026-11-25T01:00:00Z",
    "2026-11-25T06:00:00Z",
    "2026-11-26T01:00:00Z",
)
SMALL = "UPDATE bridges SET seats = 5; UPDATE seat_pools SET seats = 5"


@pytest.fixture
async def six(conn, bridge):
    _ = bridge
    await conn.execute(SMALL)
    return await some_sites(conn, 6)


async def test_short_seats_name_who_uses_them_and_every_offer_books(program, six, conn):
    admin = await program("admin")
    first = await booked(admin, six[:3], title="Tập huấn")

    refused = await admin.post(PATH, json=a_body(six[3:], title="Giao ban"))

    body = await refused.json()
    short, user = body["reasons"]
    assert (refused.status, body["code"], body["rivals"]) == (409, "no-seats", [])
    assert (short["rule"], short["holder"], body["free"], body["wanted"]) == (
        "no-seats",
        None,
        2,
        3,
    )
    assert (user["rule"], user["holder"]["id"]) == ("no-seats", first["id"])
    assert (user["start"], user["end"]) == (first["start"], first["end"])
    assert len(body["alternatives"]) == 3
    assert [way["start"] for way in body["alternatives"]] == [AFTER_LUNCH, NEXT_DAY, WISHED]
    for way in body["alternatives"]:
        answer = await admin.post(PATH, json=a_body(six[3:], title="Giao ban", **way))
        assert answer.status == 201, await answer.text()
        number = (await answer.json())["id"]
        await admin.delete(f"{PATH}/{number}", headers=ANY)


async def test_what_no_bridge_can_carry_is_offered_with_as_many_halls_as_one_can(program, six):
    admin = await program("admin")

    refused = await admin.post(PATH, json=a_body(six))

    body = await refused.json()
    assert (refused.status, body["code"]) == (409, "no-seats")
    assert (len(body["reasons"]), body["free"], body["wanted"]) == (1, 5, 6)
    left = {six[0], *sorted(six[1:])[:4]}
    assert [(way["main_site"], set(way["sites"])) for way in body["alternatives"]] == [
        (six[0], left)
    ] * 3
    [now] = [way for way in body["alternatives"] if way["start"] == WISHED]
    assert (await admin.post(PATH, json=a_body(six, **now))).status == 201


async def test_one_hall_more_than_there_are_seats_for_is_refused_alike(program, six):
    admin = await program("admin")
    await booked(admin, six[:2], title="Tập huấn")
    mine = await booked(admin, six[2:5])

    refused = await admin.patch(f"{PATH}/{mine['id']}", json={"sites": six[2:]}, headers=ANY)

    body = await refused.json()
    assert (refused.status, body["code"]) == (409, "no-seats")
    assert (len(body["reasons"]), body["free"], body["wanted"]) == (2, 3, 4)
    assert len(body["alternatives"]) == 3


async def test_a_drained_bridge_offers_no_seats(program, six, conn, keyring):
    admin = await program("admin")
    await add_bridge(conn, SECOND, keyring, by="program:test")
    await booked(admin, six[:3], title="Tập huấn", bridge="meet")
    await admin.patch("/api/v1/bridges/second", json={"draining": True}, headers=ANY)

    refused = await admin.post(PATH, json=a_body(six[3:]))
    named = await admin.post(PATH, json=a_body(six[3:], bridge="second"))

    body = await refused.json()
    assert (refused.status, body["code"], body["free"]) == (409, "no-seats", 2)
    assert body["alternatives"][0]["start"] == AFTER_LUNCH
    assert named.status == 201


@pytest.mark.parametrize(
    ("how", "displace"),
    [({"draining": True}, False), ({"tags": ["training"]}, False), ({"draining": True}, True)],
)
async def test_a_request_is_judged_by_the_seats_of_the_bridge_that_it_names(
    program, six, conn, keyring, how, displace
):
    admin, leader = await program("admin"), await program("leader")
    await add_bridge(conn, SECOND, keyring, by="program:test")
    asked = await booked(admin, six, bridge="second", **{"as": "request"})
    later = {"start": "2026-11-25T10:05:00+07:00", "end": "2026-11-25T11:00:00+07:00"}
    await booked(admin, six[:2], **later)
    await admin.patch("/api/v1/bridges/second", json=how, headers=ANY)
    approve = f"{PATH}/{asked['id']}/approve"
    body = {"displace": displace}

    await conn.execute("UPDATE seat_pools SET seats = 4 WHERE name = 'bridge:second'")
    short = await leader.post(approve, json=body)
    await conn.execute("UPDATE seat_pools SET seats = 50 WHERE name = 'bridge:second'")
    answer = await leader.post(approve, json=body)

    told = await short.json()
    assert (short.status, told["code"], told["free"], told["wanted"]) == (409, "no-seats", 4, 6)
    assert (answer.status, (await answer.json())["state"]) == (200, "confirmed")
    room = await (await admin.get(f"{PATH}/{asked['id']}/room")).json()
    assert room["bridge"] == "second"


async def test_a_draft_is_judged_by_the_seats_of_the_bridge_that_it_names(
    program, six, conn, keyring
):
    admin = await program("admin")
    await add_bridge(conn, SECOND, keyring, by="program:test")
    draft = await booked(admin, six, bridge="second", **{"as": "draft"})
    later = {"start": "2026-11-25T10:05:00+07:00", "end": "2026-11-25T11:00:00+07:00"}
    await booked(admin, six[:2], **later)
    await admin.patch("/api/v1/bridges/second", json={"draining": True}, headers=ANY)

    answer = await admin.post(f"{PATH}/{draft['id']}/submit")

    assert (answer.status, (await answer.json())["state"]) == (200, "confirmed")
