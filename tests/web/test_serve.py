"""`diemcau serve` as a process: first start, one line for what is in the way, a calm stop."""

import asyncio
import re
import signal
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import aiohttp
import psutil
from aiohttp import web

from tests.bridges.receiving import introduce
from tests.ports import free_port, free_ports
from tests.web.served import START_SECONDS, get, until_ready
from web.app import create_app
from web.embedded.folder import locked
from web.live import stream
from web.permissions import PUBLIC
from web.routes import Routes
from web.serving import listening, take_port

routes = Routes()


@routes.get("/test/stream", allow=PUBLIC)
async def listen(request: web.Request) -> web.StreamResponse:
    return await stream(request, {"board"})


def is_at_work(process: psutil.Process) -> bool:
    """Tell whether a process still runs; a dead one may wait for init to notice."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


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


async def taken(port: int) -> None:
    """Post an event until a receiver takes it."""
    url = f"http://127.0.0.1:{port}/bridges/lab/events/room/created"
    event = {"room_name": "r-1", "created_at": 1795462682}
    headers = {"Authorization": "Bearer lab-events"}
    async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as bridge:
        while True:
            with suppress(aiohttp.ClientError):
                async with bridge.post(url, json=event, headers=headers) as answer:
                    if answer.status == 200:
                        return


async def test_a_second_start_takes_events_at_once_and_gives_a_fresh_link(serve, tmp_path):
    """A bridge forgets an event within seconds, and a database may take longer to recover."""
    ports = free_ports()
    first = serve(ports=ports)
    old = (await asyncio.to_thread(first.lines, 3))[2]
    assert first.stop(signal.SIGINT) == 0

    introduce(tmp_path / "data" / "receiver", lab="lab-events")
    with locked(tmp_path / "data", briefly=True):
        second = serve(ports=ports)
        await taken(ports[1])
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
        if "bridges.receiving.receiver" in child.cmdline()
    )

    receiver.kill()
    await asyncio.to_thread(receiver.wait, 10)

    await until_ready(served.url)


async def test_stopping_ends_open_streams_and_lets_requests_finish(
    settings, database, keyring, monkeypatch
):
    # Streams that were not told would hold up the end for all of it.
    monkeypatch.setattr("web.serving.GRACE", timedelta(minutes=10))
    app = create_app(settings, database_url=database, keyring=keyring, tables=[routes])
    sock = take_port("127.0.0.1", 0, setting="DIEMCAU_PORT")
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"

    async with aiohttp.ClientSession() as client:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(listening(app, sock))
            answers = [await client.get(f"{url}/test/stream") for _ in range(20)]
            for answer in answers:
                await answer.content.readline()
            await stack.enter_async_context(asyncio.timeout(START_SECONDS))
            await stack.aclose()
        ends = [await answer.content.read() for answer in answers]

    assert len(ends) == 20


def test_keys_of_another_installation_are_refused(serve, tmp_path):
    first = serve()
    first.lines(3)
    assert first.stop() == 0
    (tmp_path / "data" / "keys.json").unlink()

    _, said = serve().process.communicate(timeout=START_SECONDS)

    assert said.splitlines()[-1].startswith("diemcau: the links in the database were made with key")


async def test_metrics_may_have_a_port_of_their_own(serve):
    port = free_port()
    served = serve(DIEMCAU_METRICS_PORT=str(port))
    await asyncio.to_thread(served.lines, 3)

    status, text = await get(f"http://127.0.0.1:{port}/metrics")

    assert status == 200
    assert "diemcau_database_up 1.0" in text
    assert (await get(f"http://127.0.0.1:{port}/sign-in"))[0] == 404
    assert (await get(f"{served.url}/metrics"))[0] == 401


async def test_a_first_start_on_anothers_database_makes_keys_and_loads_what_is_named(
    serve, tmp_path, database, owner_database
):
    store = {"DIEMCAU_DATABASE_URL": database, "DIEMCAU_MIGRATE_URL": owner_database}
    first = serve("one", DIEMCAU_DIRECTORY="dien-bien", **store)

    where, _, link = await asyncio.to_thread(first.lines, 3)

    assert where == f"diemcau: {first.url}"
    assert (await get(link))[0] == 200
    assert (tmp_path / "one" / "keys.json").stat().st_mode & 0o777 == 0o600
    assert first.stop() == 0
    _, said = serve("two", **store).process.communicate(timeout=START_SECONDS)
    assert said.splitlines()[-1].startswith("diemcau: no key file at")
