from contextlib import AsyncExitStack

import aiohttp
import pytest

from bridges.trial.config import TrialConfig
from bridges.trial.model import RESERVED, is_room_name
from bridges.trial.simulate import SimulatedHall
from tests.bridges.trial.stage import ROOM, a_hall, a_token, room_url

JID = f"{ROOM}@conference.trial.diemcau"
ASKED = {"room": ROOM, "domain": "trial.diemcau"}
PROGRAM = {"user": {"id": "diemcau"}}
BEARER = {"Authorization": f"Bearer {a_token(room='*', context=PROGRAM)}"}
HALLS = {"Authorization": f"Bearer {a_token()}"}


async def fetch(config: TrialConfig, method: str, path: str, **how: object) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as http:
        url = f"{config.public_url}{path}"
        async with http.request(method, url, **how) as response:  # type: ignore[arg-type]
            return response.status, response.content_type, await response.text()


async def read(config: TrialConfig, path: str, **params: str) -> object:
    url = f"{config.public_url}{path}"
    async with aiohttp.ClientSession() as http, http.get(url, params=params) as response:
        assert response.status == 200
        return await response.json(content_type=None)


async def test_rooms_can_be_counted_and_read(bridge):
    async with SimulatedHall(room_url(bridge), a_token()) as hall:
        size = await read(bridge, "/room-size", **ASKED)
        people = await read(bridge, "/room", **ASKED)
        census = await read(bridge, "/room-census")
        sessions = await fetch(bridge, "GET", "/sessions")

    assert size == {"participants": 1}
    assert people == [
        {
            "jid": f"{JID}/{hall.occupant}",
            "display_name": "Sín Thầu",
            "email": "sin-thau@example.vn",
        }
    ]
    (row,) = census["room_census"]  # type: ignore[index]
    assert {**row, "created_time": "?"} == {
        "room_name": JID,
        "participants": 1,
        "created_time": "?",
        "leaked": False,
    }
    assert row["created_time"].endswith("000")
    assert sessions == (200, "text/plain", "1")


async def test_prosodys_answers_carry_no_json_content_type(bridge):
    status, kind, body = await fetch(bridge, "GET", "/room-census")

    assert (status, body) == (200, '{"room_census":{}}')
    assert "json" not in kind


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?room=x", 400),
        (f"?room={ROOM}&domain=trial.diemcau", 404),
        (f"?room={ROOM}&domain=other", 404),
    ],
)
async def test_a_room_that_is_not_open_is_not_found(bridge, query, status):
    assert (await fetch(bridge, "GET", f"/room-size{query}"))[0] == status
    assert (await fetch(bridge, "GET", f"/room{query}"))[0] == status


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", BEARER, 400),
        (f"?conference={JID}", {}, 401),
        (f"?conference={JID}", {"Authorization": "Bearer rubbish"}, 401),
        (f"?conference={JID}", {"Authorization": BEARER["Authorization"][7:]}, 401),
        (f"?conference={JID}", {"Authorization": f"Bearer {a_token(exp=1)}"}, 401),
        ("?conference=another-room@conference.trial.diemcau", BEARER, 404),
        (f"?conference={ROOM}@conference.other", BEARER, 404),
        (f"?conference={JID}", BEARER, 200),
        (f"?conference={JID.upper()}", BEARER, 200),
        (f"?conference={JID}", HALLS, 401),
        (
            f"?conference={JID}",
            {"Authorization": f"Bearer {a_token(room='another-room', context=PROGRAM)}"},
            200,
        ),
    ],
)
async def test_ending_a_room_wants_an_address_and_a_token_of_the_program(
    bridge, query, headers, status
):
    async with SimulatedHall(room_url(bridge), a_token()) as hall:
        assert await fetch(bridge, "POST", f"/end-meeting{query}", headers=headers) == (
            status,
            "application/octet-stream",
            "",
        )
        still = (await fetch(bridge, "GET", f"/room-size?room={ROOM}&domain=trial.diemcau"))[0]
        if status == 200:
            await hall.gone()
            assert hall.heard.get_nowait()["reason"] == "The meeting has been terminated"

    assert still == (404 if status == 200 else 200)


@pytest.mark.parametrize(
    ("room", "headers", "body", "status", "inside"),
    [
        (ROOM, BEARER, None, 400, 1),
        (ROOM, BEARER, '{"participantId": "00000000"}', 404, 1),
        (ROOM, {}, '{"participantId": "HALL"}', 200, 1),
        (ROOM, HALLS, '{"participantId": "HALL"}', 200, 1),
        ("another-room", BEARER, '{"participantId": "HALL"}', 200, 1),
        (ROOM, BEARER, '{"participantId": "HALL", "number": "1"}', 400, 1),
        (ROOM, BEARER, '{"participantId": "HALL"}', 200, 0),
    ],
)
async def test_kicking_answers_200_also_when_it_did_nothing(
    bridge, room, headers, body, status, inside
):
    async with AsyncExitStack() as stack:
        hall = await stack.enter_async_context(SimulatedHall(room_url(bridge), a_hall(1)))
        await stack.enter_async_context(SimulatedHall(room_url(bridge), a_hall(2)))
        sent = {**headers, "Content-Type": "application/json"}
        data = (body or "").replace("HALL", hall.occupant)

        answer = await fetch(
            bridge, "PUT", f"/kick-participant?room={room}", headers=sent, data=data
        )

        assert answer[0] == status
        assert await read(bridge, "/room-size", **ASKED) == {"participants": 1 + inside}


async def test_kicking_wants_the_exact_content_type(bridge):
    async with SimulatedHall(room_url(bridge), a_token()) as hall:
        answer = await fetch(
            bridge,
            "PUT",
            f"/kick-participant?room={ROOM}",
            headers={**BEARER, "Content-Type": "application/json; charset=utf-8"},
            data=f'{{"participantId": "{hall.occupant}"}}',
        )

    assert answer[0] == 400


async def test_debug_shows_real_addresses_and_roles_from_tokens(bridge, recorder):
    chair = a_token(context={"user": {"id": "site-1", "name": "Chủ trì", "affiliation": "owner"}})
    hall = SimulatedHall(room_url(bridge), a_hall(2))
    async with hall as first, SimulatedHall(room_url(bridge), chair) as second:
        shown = await read(bridge, f"/debug/conference/{JID}")
        await recorder.until(lambda paths: len(paths) >= 4)

    members = shown["chat_room"]["members"]  # type: ignore[index]
    joined = {one["occupant"]["occupant_jid"] for one in recorder.events("occupant/joined")}
    assert {one["jid"] for one in members.values()} == joined
    assert members[first.occupant]["role"] == "PARTICIPANT"
    assert members[second.occupant]["role"] == "OWNER"
    assert shown["participant_count"] == 2  # type: ignore[index]


async def test_debug_of_an_unknown_room_is_empty(bridge):
    assert await read(bridge, "/debug/conference/another-room@conference.trial.diemcau") == {}


async def test_statistics_count_rooms_and_people(bridge):
    async with AsyncExitStack() as stack:
        for number in range(3):
            hall = SimulatedHall(room_url(bridge), a_hall(number), claim_media=number > 0)
            await stack.enter_async_context(hall)
        colibri, jicofo = await read(bridge, "/colibri/stats"), await read(bridge, "/stats")

    assert colibri["endpoints"] == colibri["largest_conference"] == 3  # type: ignore[index]
    assert colibri["endpoints_sending_video"] == 2  # type: ignore[index]
    assert colibri["stress_level"] == 0.006  # type: ignore[index]
    assert jicofo["participants"] == 3  # type: ignore[index]
    assert jicofo["bridge_selector"]["operational_bridge_count"] == 1  # type: ignore[index]


async def test_health_is_ok(bridge):
    assert (await fetch(bridge, "GET", "/about/health"))[::2] == (200, "OK")


@pytest.mark.parametrize("name", sorted(RESERVED))
async def test_no_room_is_named_like_a_surface(bridge, name):
    assert not is_room_name(name)
    assert (await fetch(bridge, "GET", f"/{name}/socket"))[0] == 404


@pytest.mark.parametrize(
    ("name", "room"),
    [
        ("briefing-20261123-k7q2x9m4ta", True),
        ("short", False),
        ("HopChuHoa", False),
        ("a.b-c-d-e", False),
    ],
)
def test_room_names_are_opaque_slugs(name, room):
    assert is_room_name(name) is room
