"""Control of a live room through the API."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bridges.placement.rooms import room_of
from bridges.store.pins import get_pin
from meetings.model import Changes, ConferenceId, Period, State
from meetings.scheduling.booking import amend, begin
from meetings.scheduling.conferences import conference_by_id
from meetings.store.conferences import lock_conference
from meetings.store.gateways import save_gateway
from tests.waiting import until_waited_for
from tests.web.api.conftest import NOW, booked
from web.rooms.dialling import pin_of

SOON = {"start": "2026-11-23T09:00:00+07:00", "end": "2026-11-23T10:00:00+07:00"}
REVOKED = "SELECT revoked_at IS NOT NULL FROM links WHERE site_id = $1"


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"dial_in": "0215 3900 900"})


@pytest.fixture
async def live(program, sites, conn):
    secretary = await program("secretary", unit="11")
    found = await booked(secretary, sites, **SOON)
    async with conn.transaction():
        await begin(conn, ConferenceId(found["id"]), NOW)
    return secretary, ConferenceId(found["id"])


async def act(client, conference, action, **body):
    answer = await client.post(f"/api/v1/conferences/{conference}/actions/{action}", json=body)
    return answer.status, await answer.json()


async def test_a_live_conference_is_extended_and_its_room_stays_open(live, conn):
    secretary, conference = live

    status, told = await act(secretary, conference, "extend", end="2026-11-23T11:30:00+07:00")

    assert (status, told["action"], told["state"]) == (202, "extend", "done")
    end = NOW + timedelta(hours=2, minutes=30)
    assert (await conference_by_id(conn, conference)).period.end == end
    assert (await room_of(conn, conference)).closes_at == end + timedelta(minutes=30)


async def test_an_extension_into_another_conference_names_it(live, program, sites):
    secretary, conference = live
    await booked(
        secretary,
        sites[:1],
        start="2026-11-23T10:15:00+07:00",
        end="2026-11-23T11:00:00+07:00",
        title="Họp sau",
    )

    status, told = await act(secretary, conference, "extend", end="2026-11-23T10:30:00+07:00")

    assert (status, told["code"]) == (409, "site-busy")
    assert [rival["site"] for rival in told["rivals"]] == [sites[0]]


async def test_two_who_extend_at_once_do_not_shorten_one_another(live, conn):
    secretary, conference = live
    longer = Period(NOW, NOW + timedelta(hours=2))
    async with conn.transaction():
        await lock_conference(conn, conference)
        wish = act(secretary, conference, "extend", end="2026-11-23T10:30:00+07:00")
        shorter = asyncio.create_task(wish)
        await until_waited_for(conn)
        changes = Changes(period=longer)
        await amend(conn, conference, changes, version=None, by="person:2", now=NOW)
    status, told = await shorter

    assert (status, told["code"]) == (409, "nothing-to-extend")
    assert (await conference_by_id(conn, conference)).period == longer


@pytest.mark.parametrize(
    ("end", "status", "code"),
    [
        ("2026-11-23T09:30:00+07:00", 409, "nothing-to-extend"),
        ("2026-11-24T09:30:00+07:00", 422, "extension-too-long"),
    ],
)
async def test_an_extension_has_its_limits(live, end, status, code):
    secretary, conference = live

    answer = await act(secretary, conference, "extend", end=end)

    assert (answer[0], answer[1]["code"]) == (status, code)


async def test_ending_is_asked_once_however_often(live, conn):
    secretary, conference = live

    first = await act(secretary, conference, "end")
    again = await act(secretary, conference, "end")

    assert first[0] == again[0] == 202
    assert first[1]["id"] == again[1]["id"]
    assert (await conference_by_id(conn, conference)).state is State.ENDED


async def test_a_hall_sent_out_has_no_link_any_more(live, conn, sites):
    secretary, conference = live

    status, told = await act(secretary, conference, "remove", site=sites[1])

    assert (status, told["subject"], told["state"]) == (202, str(sites[1]), "asked")
    assert await conn.fetchval(REVOKED, sites[1]) is True
    answer = await secretary.get(f"/api/v1/conferences/{conference}/actions")
    assert [one["action"] for one in (await answer.json())["items"]] == ["remove"]


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("mute", {}, 422),
        ("mute-all", {"site": 1}, 422),
        ("dial-out", {"phone": "<script>"}, 422),
        ("mute", {"site": 2**30}, 422),
        ("dance", {}, 404),
        ("mute-all", {"stream": "rtmp://a"}, 422),
        ("stream-start", {"stream": "a b"}, 422),
    ],
)
async def test_an_action_says_what_it_lacks(live, action, body, status):
    secretary, conference = live

    assert (await act(secretary, conference, action, **body))[0] == status


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("mute-all", "no-control-page"),
        ("lobby-on", "no-control-page"),
        ("record-start", "bridge-cannot"),
        ("stream-start", "bridge-cannot"),
    ],
)
async def test_what_nobody_can_do_now_is_refused_at_once(live, action, code):
    secretary, conference = live

    status, told = await act(secretary, conference, action)

    assert (status, told["code"]) == (409, code)
    answer = await secretary.get(f"/api/v1/conferences/{conference}/actions")
    assert (await answer.json())["items"] == []


async def test_no_call_is_ordered_where_the_bridge_has_nothing_to_call_with(live, conn):
    secretary, conference = live
    await conn.execute("UPDATE bridges SET kind = 'trial'")

    status, told = await act(secretary, conference, "dial-out", phone="02153825111")

    assert (status, told["code"]) == (409, "bridge-cannot")


async def test_the_sip_room_system_of_an_invited_hall_is_called_and_no_other(live, program, conn):
    secretary, conference = live
    hall, other, without = (await conference_by_id(conn, conference)).sites[:3]
    sip = "sip:muong.nhe@gw.example.vn"
    await save_gateway(conn, hall, sip)
    await save_gateway(conn, other, "h323:0215100@gk.example.vn")
    key = {"Idempotency-Key": "call-1"}
    path = f"/api/v1/conferences/{conference}/actions/dial-out"
    technician = await program("technician")

    first = await secretary.post(path, json={"site": hall}, headers=key)
    again = await secretary.post(path, json={"site": hall}, headers=key)
    theirs = await act(technician, conference, "dial-out", site=hall)
    refused = [await act(secretary, conference, "dial-out", site=one) for one in (other, without)]
    odd = [
        await act(secretary, conference, "dial-out", site=2**30),
        await act(secretary, conference, "dial-out", site=hall, phone="02153825111"),
        await act(secretary, conference, "dial-out"),
    ]

    told = await first.json()
    assert (first.status, told["action"], told["subject"]) == (202, "dial-out", sip)
    assert await again.json() == told
    assert (theirs[0], theirs[1]["id"]) == (202, told["id"])
    assert [(status, one["code"]) for status, one in refused] == [(409, "no-room-system")] * 2
    assert [status for status, _ in odd] == [422] * 3
    audited = (
        "SELECT count(*) FROM audit WHERE action = 'room.dial-out' AND detail->>'subject' = $1"
    )
    assert await conn.fetchval(audited, sip) == 1


async def test_only_who_books_for_the_host_controls_the_room(live, program):
    _, conference = live
    leader = await program("leader", unit="11")

    assert (await act(leader, conference, "mute-all"))[0] == 403


async def test_where_a_call_goes_is_told_only_to_who_may_control_the_room(live, program, conn):
    secretary, conference = live
    hall = (await conference_by_id(conn, conference)).sites[0]
    await save_gateway(conn, hall, "sip:a@gw.vn")
    await act(secretary, conference, "dial-out", phone="02153825111")
    await act(secretary, conference, "dial-out", site=hall)
    await act(secretary, conference, "extend", end="2026-11-23T11:30:00+07:00")
    technician, leader = await program("technician"), await program("leader", unit="11")
    code = "SELECT u.code FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1"
    invited = await program("hall", unit=await conn.fetchval(code, hall))
    path = f"/api/v1/conferences/{conference}/actions"

    told = {
        who: (await (await client.get(path)).json())["items"]
        for who, client in {"technician": technician, "leader": leader, "invited": invited}.items()
    }

    calls = {who: [one["subject"] for one in items[1:]] for who, items in told.items()}
    assert calls["technician"] == ["sip:a@gw.vn", "02153825111"]
    assert calls["leader"] == calls["invited"] == ["", ""]
    assert {items[0]["subject"] for items in told.values()} == {"2026-11-23T04:30:00+00:00"}
    unnamed = [{**one, "subject": ""} for one in told["technician"][1:]]
    assert unnamed == told["leader"][1:] == told["invited"][1:]


async def test_a_room_has_one_number_and_the_number_leads_to_it(live, program, conn):
    _, conference = live
    stranger = await program("hall", unit="11")
    room = await room_of(conn, conference)
    mapper = "/bridges/meet/phone/conference-mapper"
    jid = f"{room.name}@conference.meet.lab"

    first = await (await stranger.get(mapper, params={"conference": jid})).json()
    as_jitsi_asks = {"conference": jid.upper(), "url": f"https://meet.lab/{room.name}"}
    again = await (await stranger.get(mapper, params=as_jitsi_asks)).json()
    back = await (await stranger.get(mapper, params={"id": str(first["id"])})).json()
    none = await (await stranger.get(mapper, params={"id": "1"})).json()

    assert first == again == back == {"message": "ok", "id": first["id"], "conference": jid}
    assert 100_000 <= first["id"] <= 999_999
    assert none["conference"] is False


async def test_the_numbers_to_call_are_told_as_jitsi_reads_them(live, client_for):
    _ = live
    stranger = await client_for(None)

    numbers = await stranger.get("/bridges/meet/phone/numbers", params={"conference": "r@muc"})

    assert numbers.headers["Access-Control-Allow-Origin"] == "*"
    assert await numbers.json() == [
        {
            "countryCode": "VN",
            "tollFree": False,
            "formattedNumber": "0215 3900 900",
            "default": True,
        }
    ]


async def test_a_number_is_never_given_twice(live, sites, conn):
    secretary, first = live
    later = {"start": "2026-11-24T09:00:00+07:00", "end": "2026-11-24T10:00:00+07:00"}
    second = ConferenceId((await booked(secretary, sites, **later))["id"])
    pin = await pin_of(conn, first)
    await secretary.delete(f"/api/v1/conferences/{first}?reason=x", headers={"If-Match": "*"})

    taken = await get_pin(conn, second, pin)
    another = await pin_of(conn, second)

    assert (taken, another != pin, await pin_of(conn, second)) == (0, True, another)


async def test_a_number_is_asked_for_by_form_and_by_room_and_domain(live, client_for, conn):
    _, conference = live
    stranger = await client_for(None)
    room = await room_of(conn, conference)
    mapper = "/bridges/meet/phone/conference-mapper"
    parts = {"room": room.name, "domain": "conference.meet.lab"}

    asked = await (await stranger.get(mapper, params=parts)).json()
    posted = await (await stranger.post(mapper, data=parts)).json()
    back = await (await stranger.post(mapper, data={"id": str(asked["id"])})).json()

    assert asked == posted == back


async def test_numbers_are_not_guessed_one_after_the_other(live, program):
    _ = live
    stranger = await program("hall", unit="11")
    mapper = "/bridges/meet/phone/conference-mapper"

    statuses = [
        (await stranger.get(mapper, params={"id": str(number)})).status
        for number in range(100_000, 100_022)
    ]

    assert statuses == [200] * 20 + [429] * 2


@pytest.mark.parametrize(
    ("action", "body", "status", "code"),
    [
        ("mute-all", {}, 409, "no-control-page"),
        ("dial-out", {"phone": "0215382688"}, 202, None),
        ("extend", {"end": "2026-11-23T11:30:00+07:00"}, 403, "forbidden"),
        ("end", {}, 403, "forbidden"),
        ("remove", {"site": 1}, 403, "forbidden"),
        ("remove", {"site": "not read"}, 403, "forbidden"),
    ],
)
async def test_a_technicians_program_leads_a_room_as_its_page_does_and_no_more(
    live, program, action, body, status, code
):
    _, conference = live
    technician, elsewhere = await program("technician"), await program("technician", unit="03158")

    answer = await act(technician, conference, action, **body)
    theirs = await act(elsewhere, conference, action, **body)

    assert (answer[0], answer[1].get("code")) == (status, code)
    assert theirs[0] in {403, 404}
