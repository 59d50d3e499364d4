"""What a moderator may do inside a trial room, and what the others hear of it."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bridges.trial.admission import TrialBridge
from bridges.trial.model import Media
from bridges.trial.sending import Sender
from bridges.trial.simulate import SimulatedHall
from bridges.trial.sockets import hear, wished_media
from tests.bridges.trial.stage import ROOM, a_config, a_hall, a_token, room_url

LEADER = {"user": {"id": "person-1", "name": "Văn thư", "affiliation": "owner"}}


async def next_of(hall: SimulatedHall, kind: str) -> Mapping[str, Any]:
    """Return the next message of a kind."""
    async with asyncio.timeout(120):
        while (message := await hall.heard.get())["type"] != kind:
            pass
    return message


@pytest.fixture
async def inside(bridge):
    """Return two halls with a browser each, and somebody who leads and watches."""
    async with AsyncExitStack() as stack:
        halls = [SimulatedHall(room_url(bridge), a_hall(n), claim_media=True) for n in (1, 2)]
        lead = SimulatedHall(room_url(bridge), a_token(context=LEADER), watches=True)
        yield [await stack.enter_async_context(one) for one in (*halls, lead)]


async def muted(bridge, endpoint: str) -> bool:
    url = f"{bridge.public_url}/debug/conference/{ROOM}@conference.trial.diemcau"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        told = await answer.json()
    found: bool = told["chat_room"]["members"][endpoint]["is_audio_muted"]
    return found


async def test_a_microphone_is_told_to_those_who_listen_and_to_jicofo(inside, bridge):
    one, two, lead = inside
    before = await muted(bridge, one.occupant)

    await one.send({"type": "microphone", "on": True})
    heard = [await next_of(other, "microphone") for other in (two, lead)]

    assert heard == [{"type": "microphone", "occupant": one.occupant, "on": True}] * 2
    assert (before, await muted(bridge, one.occupant)) == (True, False)
    assert await muted(bridge, two.occupant)


async def test_who_leads_mutes_one_and_the_other_hears_nothing(inside):
    one, two, lead = inside

    await lead.send({"type": "command", "command": "mute", "occupant": one.occupant})

    assert await next_of(one, "mute") == {"type": "mute"}
    assert (await next_of(lead, "answer"))["refused"] == ""
    assert "mute" not in await heard_until_microphone(two, one)


async def heard_until_microphone(hall: SimulatedHall, other: SimulatedHall) -> list[str]:
    """Return what kinds of message a hall has had, up to one that another sends now."""
    await other.send({"type": "microphone", "on": False})
    kinds: list[str] = []
    async with asyncio.timeout(120):
        while "microphone" not in kinds:
            kinds.append((await hall.heard.get())["type"])
    return kinds


@pytest.mark.parametrize(
    ("by", "command", "about", "refused"),
    [
        (0, "mute", "occupant", "forbidden"),
        (2, "mute", "nobody", "not-inside"),
        (2, "lobby", "occupant", "not-available"),
        (2, "", "", "not-available"),
    ],
)
async def test_a_command_that_is_not_done_says_why(inside, by, command, about, refused):
    one, two, _ = inside
    about = two.occupant if about == "occupant" else about

    await inside[by].send({"type": "command", "command": command, "occupant": about})

    assert await next_of(inside[by], "answer") == {
        "type": "answer",
        "command": command,
        "occupant": about,
        "refused": refused,
    }
    assert "mute" not in await heard_until_microphone(two, one)


async def test_who_watches_takes_no_seat_and_is_counted_no_hall(inside, bridge):
    _, _, lead = inside

    assert [peer["name"] for peer in lead.welcome["peers"]] == ["Điểm cầu 1", "Điểm cầu 2"]
    assert lead.welcome["count"] == 2
    async with AsyncExitStack() as stack:
        for number in range(3, 9):
            hall = SimulatedHall(room_url(bridge), a_hall(number), claim_media=True)
            await stack.enter_async_context(hall)


async def test_who_looks_on_is_named_and_counted_no_hall():
    config = a_config()
    async with Sender(config) as sender:
        bridge = TrialBridge(config, sender)
        bridge.rooms.open(ROOM, now=datetime.now(UTC))
        hall = await bridge.enter(ROOM, a_hall(1), Media.MESH)
        hall.outbox.get_nowait()

        one = await bridge.enter(ROOM, a_token(context=LEADER), wished_media("look"))
        hear(bridge, one, {"type": "signal", "to": hall.endpoint, "data": {}})

        came, signal = hall.outbox.get_nowait(), hall.outbox.get_nowait()
        found = one.outbox.get_nowait()
        assert came is not None
        assert signal is not None
        assert found is not None
        assert (came["name"], came["looks"], came["count"]) == ("Văn thư", True, 1)
        assert signal["from"] == one.endpoint
        assert [peer["occupant"] for peer in found["peers"]] == [hall.endpoint]


async def test_who_was_put_out_does_nothing_to_those_inside():
    config = a_config()
    async with Sender(config) as sender:
        bridge = TrialBridge(config, sender)
        bridge.rooms.open(ROOM, now=datetime.now(UTC))
        hall = await bridge.enter(ROOM, a_hall(1), Media.MESH)
        lead = await bridge.enter(ROOM, a_token(context=LEADER), Media.MESH)
        bridge.kick(ROOM, lead.endpoint)

        hear(bridge, lead, {"type": "command", "command": "mute", "occupant": hall.endpoint})
        hear(bridge, lead, {"type": "signal", "to": hall.endpoint, "data": {}})
        hear(bridge, lead, {"type": "microphone", "on": True})

        told = [hall.outbox.get_nowait() for _ in range(hall.outbox.qsize())]
        assert [one and one["type"] for one in told] == ["joined", "came", "went"]


async def test_nobody_is_told_who_only_watches():
    config = a_config()
    async with Sender(config) as sender:
        bridge = TrialBridge(config, sender)
        bridge.rooms.open(ROOM, now=datetime.now(UTC))
        inside = [
            await bridge.enter(ROOM, a_hall(1), Media.MESH),
            await bridge.enter(ROOM, a_token(context=LEADER), Media.WATCH),
        ]
        for session in inside:
            session.outbox.get_nowait()

        bridge.leave(await bridge.enter(ROOM, a_token(context=LEADER), Media.WATCH))

        assert [session.outbox.qsize() for session in inside] == [0, 0]
