"""`diemcau serve` as a process: first start, one line for what is in the way, a calm stop."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import psutil
import pytest
from aiohttp import web

from web.app import create_app
from web.live import stream
from web.permissions import PUBLIC
from web.routes import Routes
from web.serving import listening, take_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
routes = Routes()


@routes.get("/test/stream", allow=PUBLIC)
async def listen(request: web.Request) -> web.StreamResponse:
    return await stream(request, {"board"})


def free_ports() -> tuple[int, int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(2)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return sockets[0].getsockname()[1], sockets[1].getsockname()[1]


class Served:
    """A running `diemcau serve`."""

    def __init__(self, folder: Path, ports: tuple[int, int]) -> None:
        self.url = f"http://127.0.0.1:{ports[0]}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "web", "serve"],
            env={
                "DIEMCAU_DATA": str(folder),
                "DIEMCAU_PORT": str(ports[0]),
                "DIEMCAU_RECEIVER_PORT": str(ports[1]),
            },
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def lines(self, wanted: int) -> list[str]:
        """Return the first lines of what it prints; fewer when it ends before."""
        assert self.process.stdout is not None
        found = [self.process.stdout.readline().rstrip("\n") for _ in range(wanted)]
        return [line for line in found if line]

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=15)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[object]:
    """Start services; all of them are stopped at the end."""
    started: list[Served] = []

    def start(name: str = "data", ports: tuple[int, int] | None = None) -> Served:
        started.append(Served(tmp_path / name, ports or free_ports()))
        return started[-1]

    yield start
    for served in started:
        if served.process.poll() is None:
            served.stop()
        served.process.communicate()


def is_at_work(process: psutil.Process) -> bool:
    """Tell whether a process still runs; a dead one may wait for init to notice."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        return answer.status, await answer.text()


async def test_first_start_prints_where_it_is_and_how_to_get_in(serve):
    served = serve()

    where, _, link = await asyncio.to_thread(served.lines, 3)

    assert where == f"diemcau: {served.url}"
    assert re.fullmatch(rf"{served.url}/welcome/[\w-]{{43}}", link)
    assert (await get(f"{served.url}/healthz"))[0] == 200
    status, page = await get(link)
    assert status == 200
    assert "admin" in page
    children = psutil.Process(served.process.pid).children(recursive=True)
    assert served.stop() == 0
    assert [child for child in children if is_at_work(child)] == []


async def test_a_second_start_gives_a_fresh_link_and_the_old_one_ends(serve):
    ports = free_ports()
    first = serve(ports=ports)
    old = (await asyncio.to_thread(first.lines, 3))[2]
    assert first.stop(signal.SIGINT) == 0

    second = serve(ports=ports)
    new = (await asyncio.to_thread(second.lines, 3))[2]

    assert new != old
    assert (await get(old))[0] == 410
    assert (await get(new))[0] == 200


async def test_a_second_instance_runs_beside_the_first(serve):
    first, second = serve("one"), serve("two")

    await asyncio.to_thread(first.lines, 3)
    await asyncio.to_thread(second.lines, 3)

    assert (await get(f"{first.url}/healthz"))[0] == 200
    assert (await get(f"{second.url}/healthz"))[0] == 200


async def test_what_is_in_the_way_is_one_clear_line(serve):
    ports = free_ports()
    first = serve("one", ports)
    await asyncio.to_thread(first.lines, 3)

    same_port = serve("two", ports)
    same_folder = serve("one")

    _, said = await asyncio.to_thread(same_port.process.communicate, timeout=START_SECONDS)
    assert said == (
        f"diemcau: port {ports[0]} on 127.0.0.1 is in use: "
        "stop what listens there, or set DIEMCAU_PORT\n"
    )
    assert same_port.process.returncode == 69
    _, said = await asyncio.to_thread(same_folder.process.communicate, timeout=START_SECONDS)
    assert same_folder.process.returncode == 69
    assert len(said.splitlines()) == 1


async def test_a_killed_receiver_comes_back(serve):
    served = serve()
    await asyncio.to_thread(served.lines, 3)
    await until_ready(served.url)
    receiver = next(
        child
        for child in psutil.Process(served.process.pid).children()
        if "bridges.receiver" in child.cmdline()
    )

    receiver.kill()
    await asyncio.to_thread(receiver.wait, 10)

    await until_ready(served.url)


async def until_ready(url: str) -> None:
    async with asyncio.timeout(START_SECONDS):
        while (await get(f"{url}/readyz"))[0] != 200:
            await asyncio.sleep(0.1)


async def test_stopping_ends_open_streams_and_lets_requests_finish(settings, database, keyring):
    app = create_app(settings, database_url=database, keyring=keyring, tables=[routes])
    sock = take_port("127.0.0.1", 0, setting="DIEMCAU_PORT")
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    loop = asyncio.get_running_loop()

    async with aiohttp.ClientSession() as client:
        async with listening(app, sock):
            answers = [await client.get(f"{url}/test/stream") for _ in range(20)]
            for answer in answers:
                await answer.content.readline()
            begun = loop.time()
        stopped_after_seconds = loop.time() - begun
        ends = [await answer.content.read() for answer in answers]

    assert stopped_after_seconds < 5
    assert len(ends) == 20


def test_keys_of_another_installation_are_refused(serve, tmp_path):
    first = serve()
    first.lines(3)
    assert first.stop() == 0
    (tmp_path / "data" / "keys.json").unlink()

    _, said = serve().process.communicate(timeout=START_SECONDS)

    assert said.splitlines()[-1].startswith("diemcau: the links in the database were made with key")
