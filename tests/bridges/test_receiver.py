"""The receiver on a real socket: what is acknowledged is on disk."""

import asyncio
import json
import resource
import socket
import sys
from http import HTTPStatus
from pathlib import Path

import psutil
import pytest

from bridges.receiving.heads import LARGEST_BODY
from bridges.receiving.pieces import MOST_BYTES
from tests.bridges.receiving import Receiving, introduce, receiving, spooled
from tests.bridges.recorded import Recorded, events, scene

EVENT = json.dumps({"room_name": "r-1234567", "created_at": 1795462682}).encode()


def has_ipv6() -> bool:
    """Tell whether the loopback of version six is there; some containers have none."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.fixture
async def receiver(tmp_path: Path):
    introduce(tmp_path, lab="lab-events")
    async with receiving(tmp_path) as running:
        yield running


def wire(one: Recorded) -> bytes:
    """Return a recorded request as it was sent, but to our path."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in one.headers.items())
    return f"POST /bridges/lab{one.path} HTTP/1.1\r\n{headers}\r\n".encode() + one.body


@pytest.mark.parametrize("name", ["01-one-person-accepted", "41-one-person-0-12-3"])
async def test_recorded_requests_are_taken_byte_for_byte(receiver: Receiving, name: str):
    sent = [one for one in scene(name) if one in events()]

    answers = [await receiver.raw(wire(one)) for one in sent]
    receiver.process.terminate()
    await receiver.process.wait()

    assert answers == [(200, b"{}")] * len(sent)
    kept = await spooled(receiver.folder / "events")
    assert [(one.path, one.body) for one in kept] == [(one.event_path, one.body) for one in sent]


async def test_the_end_of_a_room_of_the_whole_country_is_taken(receiver: Receiving):
    """Everybody is named, each time that they came: 3,321 communes, five times."""
    halls = [
        {
            "occupant_jid": f"{number:08x}-c7ec-45c4-87d0-6d97a04dbe8b@meet.example.gov.vn/OYmNF-x",
            "joined_at": 1795462682,
            "left_at": 1795466282,
            "total_dominant_speaker_time": 0,
            "id": f"site-{number % 3321 + 1}",
            "name": "Hội trường Ủy ban nhân dân xã Thanh Nưa",
            "affiliation": "member",
            "lobby_bypass": True,
        }
        for number in range(5 * 3321)
    ]
    told = {"room_name": "r-1", "created_at": 1795462682, "destroyed_at": 1795466282}
    body = json.dumps(told | {"all_occupants": halls}, ensure_ascii=False).encode()

    assert await receiver.post("room/destroyed", body) == 200
    receiver.process.terminate()
    await receiver.process.wait()

    assert [one.body for one in await spooled(receiver.folder / "events")] == [body]


async def test_acknowledged_events_are_there_after_a_kill(receiver: Receiving):
    acknowledged: list[bytes] = []
    halfway = asyncio.Event()

    async def send(number: int) -> None:
        body = json.dumps({"room_name": f"r-{number}", "created_at": 1795462682}).encode()
        if await receiver.post("room/created", body) == HTTPStatus.OK:
            acknowledged.append(body)
        if len(acknowledged) == 300:
            halfway.set()

    async def sender(start: int) -> None:
        for number in range(start, 100_000, 16):
            await send(number)

    senders = [asyncio.create_task(sender(start)) for start in range(16)]
    await halfway.wait()
    await receiver.kill()
    await asyncio.gather(*senders, return_exceptions=True)

    kept = {one.body for one in await spooled(receiver.folder / "events")}
    assert len(acknowledged) >= 300
    assert set(acknowledged) - kept == set()


@pytest.mark.parametrize(
    ("path", "body", "changes", "status", "why"),
    [
        ("room/created", EVENT, {"secret": "lab-event"}, 401, "wrong-secret"),
        ("room/created", EVENT, {"secret": ""}, 401, "wrong-secret"),
        ("room/created", b"{", {}, 400, "unreadable"),
        ("room/created", b"{}", {}, 400, "unreadable"),
        ("room/painted", EVENT, {}, 404, "unreadable"),
    ],
)
async def test_a_refused_event_of_a_known_bridge_is_kept_apart(
    receiver: Receiving, path: str, body: bytes, changes: dict[str, str], status: int, why: str
):
    assert await receiver.post(path, body, **changes) == status
    receiver.process.terminate()
    await receiver.process.wait()

    assert await spooled(receiver.folder / "events") == []
    (kept,) = await spooled(receiver.folder / "quarantine" / "lab")
    assert (kept.bridge, kept.path, kept.body, kept.why) == ("lab", path, body, why)


@pytest.mark.parametrize("path", ["/bridges/lba/events/room/created", "/events/room/created"])
async def test_an_event_that_went_astray_is_held_back_for_whose_address_it_has(
    receiver: Receiving, path: str
):
    head = f"POST {path} HTTP/1.1\r\nContent-Length: {len(EVENT)}\r\n\r\n"
    assert (await receiver.raw(head.encode() + EVENT))[0] == 404
    receiver.process.terminate()
    await receiver.process.wait()

    (kept,) = await spooled(receiver.folder / "quarantine" / "lab")
    assert (kept.bridge, kept.path, kept.body) == ("lab", "room/created", EVENT)
    assert kept.why == "wrong-address"


async def test_what_may_be_of_two_bridges_behind_one_address_is_kept_until_somebody_can_tell(
    tmp_path: Path,
):
    introduce(tmp_path, lab="lab-events", other="other-events")
    async with receiving(tmp_path) as receiver:
        assert await receiver.post("room/created", EVENT, bridge="lba", secret="wrong") == 404
        assert await receiver.post("room/painted", EVENT, bridge="lba", secret="wrong") == 404

    (kept,) = await spooled(tmp_path / "quarantine" / "_")
    assert (kept.bridge, kept.body, kept.why) == ("lab,other", EVENT, "wrong-address")


async def test_what_other_proxies_wrote_and_a_slash_too_many_harm_nothing(receiver: Receiving):
    lines = ("X-Forwarded-For: 10.1.2.3", "X-Forwarded-For: 10.2.3.4", "Via: 1.1 a", "Via: 1.1 b")
    proxies = "".join(f"{line}\r\n" for line in lines)
    assert await receiver.post("room/created", EVENT, head=proxies) == 200
    assert await receiver.post("room/created", EVENT, bridge="lab/") == 200
    told = f"Content-Length: {len(EVENT)}\r\nAuthorization: Bearer lab-events\r\n\r\n".encode()
    whole = b"POST http://x:8081/bridges/lab/events/room/created HTTP/1.1\r\n"
    assert (await receiver.raw(whole + told + EVENT))[0] == 200


async def test_what_is_no_event_and_for_no_bridge_is_not_found_and_not_kept(receiver: Receiving):
    assert await receiver.post("room/painted", EVENT, bridge="stranger") == 404

    assert await receiver.health() == {
        "status": "ok",
        "event": 0,
        "wrong-secret": 0,
        "unreadable": 0,
        "wrong-address": 0,
        "nobodys": 0,
        "too-large": 0,
        "slow": 0,
        "nothing": 1,
        "spool": 0,
    }


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_it_listens_at_an_address_of_version_six_too(tmp_path: Path):
    introduce(tmp_path, lab="lab-events")
    async with receiving(tmp_path, host="::1") as receiver:
        assert await receiver.post("room/created", EVENT) == 200


async def test_until_somebody_told_the_bridges_senders_try_again(tmp_path: Path):
    async with receiving(tmp_path) as receiver:
        assert await receiver.post("room/created", EVENT) == 503


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /bridges/lab/events/room/created HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"nonsense\r\n\r\n", 400),
        (b"POST / HTTP/2.0\r\n\r\n", 505),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
        (b"POST /bridges/lab/events/a\tb HTTP/1.1\r\n\r\n", 400),
        (b"POST /bridges/lab/events/\xe9 HTTP/1.1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + b"a: " + b"x" * 20_000, 431),
    ],
)
async def test_an_odd_request_is_answered_clearly(
    receiver: Receiving, request_bytes: bytes, status: int
):
    assert (await receiver.raw(request_bytes))[0] == status


async def test_a_stranger_is_not_listened_to(receiver: Receiving):
    head = b"POST /bridges/stranger/events/room/painted HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n"

    # Who is known has ten seconds for the rest.
    assert (await receiver.raw(head))[0] == 404


@pytest.mark.parametrize("secret", ["lab-events", "wrong"])
async def test_of_an_event_that_is_too_long_it_is_told_that_it_came(
    receiver: Receiving, secret: str
):
    """Prosody hears the answer although it is still sending, and does not send it again."""
    body = b" " * (LARGEST_BODY + 1)

    assert await receiver.post("room/destroyed", body, secret=secret) == 413
    assert (await receiver.health())["too-large"] == 1
    receiver.process.terminate()
    await receiver.process.wait()

    assert await spooled(receiver.folder / "events") == []
    (kept,) = await spooled(receiver.folder / "quarantine" / "lab")
    assert (kept.path, kept.body, kept.why) == ("room/destroyed", b"", "too-large")


async def test_bodies_that_are_announced_take_no_more_room_than_there_is(receiver: Receiving):
    head = f"POST /bridges/lab/events/room/created HTTP/1.1\r\nContent-Length: {LARGEST_BODY}"
    waiting = []
    for _ in range(MOST_BYTES // LARGEST_BODY + 1):
        waiting.append(await asyncio.open_connection(receiver.host, receiver.port))
        waiting[-1][1].write(f"{head}\r\n\r\n".encode())

    first = await waiting[0][0].read()

    assert first.startswith(b"HTTP/1.1 503")
    assert await receiver.post("room/created", EVENT) == 200
    for _, writer in waiting:
        writer.close()


async def test_who_sends_a_byte_and_waits_keeps_no_bridge_out(tmp_path: Path):
    """A process has 1,024 descriptors where nobody raised them; the oldest who wait must go."""
    introduce(tmp_path, lab="lab-events")
    async with receiving(tmp_path) as receiver:
        resource.prlimit(receiver.process.pid, resource.RLIMIT_NOFILE, (800, 800))
        waiting = []
        for _ in range(1000):
            reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
            writer.write(b"P")
            waiting.append((reader, writer))

        assert await receiver.post("room/created", EVENT) == 200
        assert (await waiting[0][0].read()).startswith(b"HTTP/1.1 503")
        for _, writer in waiting:
            writer.close()


async def test_a_second_receiver_of_one_folder_does_not_start(receiver: Receiving):
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "bridges.receiving.receiver",
            "--port",
            "0",
            "--folder",
            receiver.folder,
        ),
        stderr=asyncio.subprocess.PIPE,
    )

    _, told = await process.communicate()

    assert process.returncode == 1
    assert told.decode() == f"receiver: another process writes to {receiver.folder / 'events'}\n"


async def test_what_the_receiver_logs_is_a_json_object_a_line(tmp_path: Path):
    words = ["-m", "bridges.receiving.receiver", "--port", "0", "--folder", str(tmp_path)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *words),
        env={"DIEMCAU_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None

    line = json.loads(await process.stderr.readline())
    process.terminate()
    await process.communicate()

    assert line.pop("timestamp") is not None
    assert line == {
        "event": "receiver without database",
        "level": "warning",
        "reason": "ConnectionRefusedError",
    }


async def test_the_receiver_starts_at_once_and_is_small(tmp_path: Path):
    introduce(tmp_path, lab="lab-events")
    async with receiving(tmp_path) as receiver:
        process = psutil.Process(receiver.process.pid)
        cpu_seconds = sum(process.cpu_times()[:2])
        megabytes = process.memory_full_info().pss / 1024**2

    print(f"receiver: started with {cpu_seconds:.2f} s of CPU, PSS {megabytes:.1f} MB")
    # The promise is 1 s and 60 MB; what it computes is the same on a machine that is busy.
    assert cpu_seconds < 2
    assert megabytes < 60
