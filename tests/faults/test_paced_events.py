"""T-C8 and T-C14: events at a steady pace, and senders that are slow or send too much."""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.bench.measuring import paced
from tests.bridges.receiving import Receiving, introduce, receiving, spooled

A_SECOND = 500
SLOW = 50
HEAD = "POST /bridges/lab/events/room/created HTTP/1.1\r\nAuthorization: Bearer {secret}\r\n"
RIGHT = HEAD.format(secret="lab-events").encode()
FORGED = HEAD.format(secret="lab-event").encode()


def event(number: int) -> bytes:
    return json.dumps({"room_name": f"r-{number}", "created_at": 1795462682}).encode()


async def test_of_500_events_a_second_none_is_lost(tmp_path: Path, seconds: Callable[[int], int]):
    introduce(tmp_path, lab="lab-events")
    count = A_SECOND * seconds(10)
    answers: Counter[int] = Counter()

    async with receiving(tmp_path) as receiver:

        async def send(number: int) -> None:
            answers[await receiver.post("room/created", event(number))] += 1

        series = await paced(count, count / A_SECOND, send)

    print(series)
    kept = Counter(one.body for one in await spooled(tmp_path / "events"))
    assert answers == {200: count}
    assert kept == Counter(map(event, range(count)))


async def test_slow_and_oversized_senders_are_turned_away_and_change_nothing(tmp_path: Path):
    """Prosody sends again after 503, so that a bridge with a bad line loses nothing."""
    introduce(tmp_path, lab="lab-events")
    async with receiving(tmp_path) as receiver:
        slow = asyncio.gather(*(dawdle(receiver, RIGHT, number) for number in range(SLOW)))
        forged = asyncio.gather(*(dawdle(receiver, FORGED, number) for number in range(SLOW)))
        reader, writer = await asyncio.open_connection(receiver.host, receiver.port)
        large = await receiver.raw(RIGHT + b"Content-Length: 99999999\r\n\r\n" + event(0))
        prompt = await receiver.post("room/created", event(1))
        statuses = Counter(await slow), Counter(await forged)
        mute = await reader.read()
        writer.close()
        counted = await receiver.health()

    assert (large[0], prompt, statuses, mute) == (413, 200, ({503: SLOW}, {408: SLOW}), b"")
    assert (counted["slow"], counted["too-large"], counted["nothing"]) == (SLOW, 1, SLOW)
    assert [one.body for one in await spooled(tmp_path / "events")] == [event(1)]
    assert [one.body for one in await spooled(tmp_path / "quarantine" / "lab")] == [b""]


async def test_a_door_without_descriptors_looks_again_later(tmp_path: Path):
    """Who keeps a request back, so that its descriptor stays, must not make the receiver spin."""
    introduce(tmp_path, lab="lab-events")
    async with receiving(tmp_path) as receiver:
        process = psutil.Process(receiver.process.pid)
        limit = process.num_fds() + 8
        resource.prlimit(receiver.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        waiting = [await asyncio.open_connection("127.0.0.1", receiver.port) for _ in range(16)]
        for _, writer in waiting:
            writer.write(b"P")
        async with asyncio.timeout(60):
            while process.num_fds() < limit:
                await asyncio.sleep(0)
        begun, computed = time.monotonic(), sum(process.cpu_times()[:2])
        await asyncio.sleep(1)
        share = (sum(process.cpu_times()[:2]) - computed) / (time.monotonic() - begun)
        for _, writer in waiting:
            writer.close()

        assert await receiver.post("room/created", event(0)) == 200
    assert share < 0.2


async def dawdle(receiver: Receiving, head: bytes, number: int) -> int:
    """Send all of an event but its last letter, and wait for what comes."""
    body = event(number)
    told = head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:-1]
    return (await receiver.raw(told))[0]
