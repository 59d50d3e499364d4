import asyncio
import json
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bridges.trial.config import Timing
from bridges.trial.errors import HallRefused
from bridges.trial.simulate import SimulatedHall
from tests.bridges.trial.stage import (
    FAST,
    ROOM,
    Received,
    a_bridge,
    a_hall,
    a_pair,
    a_recorder,
    a_token,
    approve,
    room_url,
)

LIFE = [
    "DELETE /conference/lab-42",
    "POST /events/occupant/joined",
    "POST /events/occupant/left",
    "POST /events/room/created",
    "POST /events/room/destroyed",
    "POST /reservations/conference",
]
UUID_JID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}@trial\.diemcau"


def whole(count: int) -> Callable[[list[str]], bool]:
    return lambda paths: len(paths) >= count


def without_prefix(paths: list[str]) -> list[str]:
    return sorted(path.replace(" /reservations/conference/", " /conference/") for path in paths)


def failing(paths: str, status: int, times: int) -> Callable[[Received], tuple[int, bytes]]:
    """Answer the first requests whose path begins so with a status, later ones as usual."""
    left = [times]

    def answer(request: Received) -> tuple[int, bytes]:
        if request.path.startswith(paths) and left[0] > 0:
            left[0] -= 1
            return status, b'{"message": "not now"}'
        return approve(request)

    return answer


async def refused(url: str, token: str, *, claim_media: bool = False) -> tuple[str, str]:
    with pytest.raises(HallRefused) as caught:
        async with SimulatedHall(url, token, claim_media=claim_media):
            pass
    return caught.value.code, caught.value.text


async def test_one_hall_makes_the_six_requests_of_the_capture(bridge, recorder):
    async with SimulatedHall(room_url(bridge), a_token()):
        await recorder.until(whole(3))

    assert without_prefix(await recorder.until(whole(6))) == LIFE
    assert recorder.connections == 6


async def test_requests_carry_prosodys_headers_and_no_others(bridge, recorder):
    async with SimulatedHall(room_url(bridge), a_token()):
        pass
    await recorder.until(whole(6))

    asked = next(one for one in recorder.received if one.path == "/reservations/conference")
    told = next(one for one in recorder.received if one.path == "/events/room/created")
    deleted = next(one for one in recorder.received if one.method == "DELETE")
    plain = {"Host", "Connection", "User-Agent", "Authorization"}
    assert {name for name, _ in asked.headers} == plain | {"Content-Type", "Content-Length"}
    assert {name for name, _ in told.headers} == plain | {"Content-Type", "Content-Length"}
    assert {name for name, _ in deleted.headers} - {"Content-Length"} == plain
    assert dict(asked.headers)["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(asked.headers)["Authorization"] == "Bearer reservation-secret"
    assert dict(asked.headers)["Connection"] == "close"
    assert dict(asked.headers)["User-Agent"].startswith("Prosody (")
    assert dict(told.headers)["Content-Type"] == "application/json"
    assert dict(told.headers)["Authorization"] == "Bearer event-secret"


async def test_reservation_form_is_that_of_prosody(bridge, recorder):
    async with SimulatedHall(room_url(bridge), a_token()):
        pass

    asked = recorder.received[0]
    assert set(asked.form) == {"name", "start_time", "mail_owner"}
    assert asked.form["name"] == ROOM
    assert re.fullmatch(UUID_JID, asked.form["mail_owner"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", asked.form["start_time"])
    assert re.search(rb"start_time=[\d-]+T\d\d%3a\d\d%3a\d\d\.000Z", asked.body)
    assert b"%40trial.diemcau" in asked.body


async def test_events_name_the_hall_and_repeat_it_at_the_end(bridge, recorder):
    async with SimulatedHall(room_url(bridge), a_token()) as hall:
        await recorder.until(whole(3))
    await recorder.until(whole(6))

    (joined,), (left,) = recorder.events("occupant/joined"), recorder.events("occupant/left")
    (destroyed,) = recorder.events("room/destroyed")
    assert re.fullmatch(UUID_JID + r"/[\w-]{12}", joined["occupant"]["occupant_jid"])
    assert joined["occupant"]["occupant_jid"].startswith(hall.occupant)
    assert joined["occupant"]["id"] == "site-7"
    assert joined["occupant"]["name"] == "Sín Thầu"
    assert joined["occupant"]["email"] == "sin-thau@example.vn"
    assert destroyed["all_occupants"] == [left["occupant"]]
    assert left["active_occupants_count"] == 0


async def test_many_at_once_ask_once_and_are_counted_once(bridge, recorder):
    async with AsyncExitStack() as stack:
        halls = [SimulatedHall(room_url(bridge), a_hall(number)) for number in range(45)]
        await asyncio.gather(*(stack.enter_async_context(hall) for hall in halls))
        await recorder.until(whole(47))
    await recorder.until(whole(94))

    assert recorder.paths.count("POST /reservations/conference") == 1
    assert recorder.paths.count("POST /events/room/created") == 1
    ids = {one["occupant"]["id"] for one in recorder.events("occupant/joined")}
    assert ids == {f"site-{number}" for number in range(45)}
    (destroyed,) = recorder.events("room/destroyed")
    assert len(destroyed["all_occupants"]) == 45


async def test_a_second_hall_does_not_ask_again(bridge, recorder):
    async with SimulatedHall(room_url(bridge), a_hall(1)):
        async with SimulatedHall(room_url(bridge), a_hall(2)):
            await recorder.until(whole(4))
        assert (await recorder.until(whole(5)))[-1] == "POST /events/occupant/left"

    assert recorder.paths.count("POST /reservations/conference") == 1


async def test_a_cut_line_is_a_left_at_once(bridge, recorder):
    hall = SimulatedHall(room_url(bridge), a_token())
    async with hall:
        await hall.cut()
        assert without_prefix(await recorder.until(whole(6))) == LIFE


async def test_a_silent_line_is_noticed_by_the_heartbeat(service):
    recorder, address = service
    soon = replace(FAST, heartbeat=timedelta(seconds=1))
    async with a_bridge(address, timing=soon) as bridge, aiohttp.ClientSession() as http:
        url = f"{room_url(bridge)}/socket"
        async with http.ws_connect(url, autoping=False) as socket:
            await socket.send_json({"type": "join", "jwt": a_token(), "media": False})
            assert (await socket.receive_json())["type"] == "joined"

            # Pings arrive and are not answered; the bridge gives up by itself.
            assert without_prefix(await recorder.until(whole(6))) == LIFE


async def test_refusals_carry_the_services_own_words_and_are_remembered():
    async with a_pair(failing("/reservations", 403, 1)) as (recorder, bridge):
        first = await refused(room_url(bridge), a_token())
        second = await refused(room_url(bridge), a_token())

    assert first == second == ("reservation", "not now")
    assert recorder.paths == ["POST /reservations/conference"]


async def test_a_refusal_is_forgotten_after_half_a_minute():
    moments = [datetime.now(UTC)]
    answer = failing("/reservations", 403, 1)
    async with a_pair(answer, clock=lambda: moments[-1]) as (recorder, bridge):
        await refused(room_url(bridge), a_token())
        moments.append(moments[0] + timedelta(seconds=30))
        async with SimulatedHall(room_url(bridge), a_token()):
            pass
        await recorder.until(whole(7))

    assert recorder.paths.count("POST /reservations/conference") == 2


@pytest.mark.parametrize(("failures", "asked"), [(3, 4), (1, 2)])
async def test_a_failing_service_is_asked_again(failures, asked):
    async with (
        a_pair(failing("/reservations", 503, failures)) as (recorder, bridge),
        SimulatedHall(room_url(bridge), a_token()),
    ):
        assert recorder.paths.count("POST /reservations/conference") == asked


async def test_a_service_that_keeps_failing_refuses_after_four_tries():
    async with a_pair(failing("/reservations", 500, 99)) as (recorder, bridge):
        assert await refused(room_url(bridge), a_token()) == ("reservation", "not now")

    assert recorder.paths == ["POST /reservations/conference"] * 4


async def test_a_service_that_is_down_refuses_with_prosodys_words():
    async with a_bridge("http://127.0.0.1:1") as bridge:
        answer = await refused(room_url(bridge), a_token())

    assert answer == ("reservation", "Rejected by reservation server")


async def test_a_slow_service_is_asked_once_and_its_late_answer_dropped():
    release = asyncio.Event()

    async def stall(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        writer.close()

    server = await asyncio.start_server(stall, "127.0.0.1", 0)
    async with server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        soon = replace(FAST, reservation_timeout=timedelta(seconds=0.5))
        async with a_bridge(address, timing=soon) as bridge:
            answer = await refused(room_url(bridge), a_token())
        release.set()

    assert answer == ("reservation", "Reservation lookup timed out")


async def test_a_conflict_is_looked_up_and_given_back_under_its_id():
    def answer(request: Received) -> tuple[int, bytes]:
        if request.path == "/reservations/conference":
            return 409, b'{"conflict_id": "rival-7"}'
        if request.method == "GET":
            found = {"name": ROOM, "mail_owner": "a@b", "id": "rival-7", "duration": 3600}
            start = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            return 200, json.dumps({**found, "start_time": start}).encode()
        return 200, b"{}"

    async with a_recorder(answer=answer) as (recorder, address), a_bridge(address) as bridge:
        async with SimulatedHall(room_url(bridge), a_token()):
            pass
        await recorder.until(whole(7))

    assert recorder.paths[:2] == [
        "POST /reservations/conference",
        "GET /reservations/conference/rival-7",
    ]
    assert "DELETE /reservations/conference/rival-7" in recorder.paths


async def test_events_are_tried_again_each_on_its_own():
    async with (
        a_pair(failing("/events", 500, 3)) as (recorder, bridge),
        SimulatedHall(room_url(bridge), a_token()),
    ):
        pass

    assert set(without_prefix(recorder.paths)) == set(LIFE)
    assert len(recorder.paths) == 6 + 3


async def test_an_event_refused_for_good_is_lost_after_four_tries():
    async with (
        a_pair(failing("/events/room/created", 503, 99)) as (recorder, bridge),
        SimulatedHall(room_url(bridge), a_token()),
    ):
        pass

    assert recorder.paths.count("POST /events/room/created") == 4
    assert recorder.paths.count("POST /events/room/destroyed") == 1


async def test_an_event_answered_401_counts_as_delivered():
    async with (
        a_pair(failing("/events", 401, 99)) as (recorder, bridge),
        SimulatedHall(room_url(bridge), a_token()),
    ):
        pass

    assert len(recorder.paths) == 6


async def test_a_bad_token_asks_for_nothing(bridge, recorder):
    answer = await refused(room_url(bridge), a_token(exp=1))

    assert answer == ("token-expired", "Not acceptable by exp")
    assert recorder.paths == []


async def test_a_token_for_another_room_reserves_and_is_refused_at_the_door(bridge, recorder):
    answer = await refused(room_url(bridge), a_token(room="another-room"))

    paths = without_prefix(await recorder.until(whole(4)))
    assert answer == ("token-room", "Room and token mismatched")
    assert paths == [path for path in LIFE if "occupant" not in path]
    (destroyed,) = recorder.events("room/destroyed")
    assert destroyed["all_occupants"] == {}


async def test_the_ninth_browser_is_told_why_and_halls_on_the_wire_are_not_counted(bridge):
    async with AsyncExitStack() as stack:
        for number in range(8):
            browser = SimulatedHall(room_url(bridge), a_hall(number), claim_media=True)
            await stack.enter_async_context(browser)
        await stack.enter_async_context(SimulatedHall(room_url(bridge), a_hall(20)))

        code, text = await refused(room_url(bridge), a_hall(9), claim_media=True)

    assert code == "media-full"
    assert text == "the trial bridge carries 8 browsers with media in one room"


async def test_a_bridge_without_a_seat_says_so(service):
    async with a_bridge(service[1], seats=2) as bridge, AsyncExitStack() as stack:
        for number in range(2):
            await stack.enter_async_context(SimulatedHall(room_url(bridge), a_hall(number)))

        assert (await refused(room_url(bridge), a_hall(3)))[0] == "seats-full"


async def test_a_room_ends_when_its_reservation_does():
    moments = [datetime.now(UTC)]
    async with a_pair(clock=lambda: moments[-1]) as (recorder, bridge):
        async with SimulatedHall(room_url(bridge), a_token()) as hall:
            moments.append(moments[0] + timedelta(seconds=3600))
            await hall.gone()
            removed = hall.heard.get_nowait()
        await recorder.until(whole(6))

    assert removed["reason"] == "Scheduled conference duration exceeded."
    assert without_prefix(recorder.paths) == LIFE


async def test_browsers_hear_of_each_other_and_signals_reach_only_whom_they_are_for(bridge):
    async with AsyncExitStack() as stack:
        one, two, three = [
            await stack.enter_async_context(
                SimulatedHall(room_url(bridge), a_hall(number), claim_media=True)
            )
            for number in range(3)
        ]
        await two.send({"type": "signal", "to": one.occupant, "data": {"candidate": "x"}})
        heard = [await one.heard.get() for _ in range(3)]

    assert [peer["occupant"] for peer in three.welcome["peers"]] == [one.occupant, two.occupant]
    assert [message["type"] for message in heard] == ["came", "came", "signal"]
    assert heard[2] == {"type": "signal", "from": two.occupant, "data": {"candidate": "x"}}
    assert "signal" not in [three.heard.get_nowait()["type"] for _ in range(three.heard.qsize())]


@pytest.mark.parametrize(
    "first", ["no json", "[1]", '{"type": "join"}', '{"type": "join", "jwt": 7}', "[" * 50_000]
)
async def test_a_socket_that_does_not_join_is_refused(bridge, recorder, first):
    url = f"{room_url(bridge)}/socket"
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
        await socket.send_str(first)
        answer = await socket.receive_json()

    assert answer["code"] == "bad-message"
    assert recorder.paths == []


async def test_a_silent_newcomer_is_refused_in_time(service):
    soon = replace(FAST, first_message=timedelta(seconds=0.3))
    async with (
        a_bridge(service[1], timing=soon) as bridge,
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{room_url(bridge)}/socket") as socket,
    ):
        answer = await socket.receive_json()

    assert answer == {
        "type": "refused",
        "code": "bad-message",
        "text": "no join message in time",
        "status": None,
    }


async def test_stopping_the_bridge_tells_the_services_as_a_stopping_prosody():
    async with a_recorder() as (recorder, address):
        async with AsyncExitStack() as stack:
            bridge = await stack.enter_async_context(a_bridge(address))
            hall = SimulatedHall(room_url(bridge), a_token())
            await hall.__aenter__()
        await hall.gone()
        await hall.__aexit__(None, None, None)

    assert without_prefix(recorder.paths) == LIFE
    (destroyed,) = recorder.events("room/destroyed")
    assert "left_at" not in destroyed["all_occupants"][0]
    assert hall.heard.get_nowait()["rejoin"] is True


def test_default_timing_is_that_of_the_captures():
    timing = Timing()

    assert timing.tries == 4
    assert timing.reservation_retry == timedelta(seconds=3)
    assert timing.event_retry == timedelta(seconds=1)
    assert timing.reservation_timeout == timedelta(seconds=20)
    assert FAST.tries == timing.tries
