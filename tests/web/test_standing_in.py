"""A start while the database is away: the day is served from the disk, then everything."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from tests.ports import free_ports
from tests.web.served import get
from web.app import create_app
from web.database import Unreachable
from web.embedded import Cluster
from web.embedded.roles import APP
from web.keyring import key_file
from web.keyring.keyring import Keyring
from web.serving import take_port
from web.settings import Settings
from web.standing_in import AWAY, Sockets, known_day, ready_or_stand_in
from web.starting import make_ready
from web.stores import Addresses, of_settings


class Said(list[str]):
    """What was told to whoever typed the command; `any` is set by the first of it."""

    def __init__(self) -> None:
        super().__init__()
        self.any = asyncio.Event()

    def __call__(self, words: str) -> None:
        self.append(words)
        self.any.set()


@pytest.fixture
def settings(tmp_path: Path, database: str, owner_database: str) -> Settings:
    """Return the settings of a service on a database that somebody else runs."""
    port, receiver_port = free_ports()
    return Settings.from_environ(
        {
            "DIEMCAU_DATA": str(tmp_path / "data"),
            "DIEMCAU_PORT": str(port),
            "DIEMCAU_RECEIVER_PORT": str(receiver_port),
            "DIEMCAU_DATABASE_URL": database,
            "DIEMCAU_MIGRATE_URL": owner_database,
        }
    )


@pytest.fixture
def here(settings: Settings) -> Addresses:
    return of_settings(str(settings.database_url), settings.migrate_url)


@pytest.fixture
def away(here: Addresses, cluster: Cluster, tmp_path: Path) -> Addresses:
    """Return where the same database will be as soon as `road` leads to its socket."""
    real, road = str(cluster.socket), str(tmp_path / "road")
    return Addresses(
        app_url=here.app_url.replace(real, road),
        owner_url=here.owner_url.replace(real, road),
        app_role=APP,
    )


async def a_day(settings: Settings, here: Addresses) -> Keyring:
    """Serve once, so that the disk knows the day; return the keys."""
    settings.data.mkdir(parents=True)
    key_file.load_or_create(settings.keys_file, may_create=True)
    ready = await make_ready(settings, here)
    async with TestServer(create_app(settings, database_url=here.app_url, keyring=ready.keyring)):
        return ready.keyring


async def test_the_disk_serves_until_the_database_is_back(
    settings: Settings, here: Addresses, away: Addresses, cluster: Cluster, tmp_path: Path
):
    ring = await a_day(settings, here)
    said, stop = Said(), asyncio.Event()
    pages = take_port(settings.host, settings.port, setting="DIEMCAU_PORT")

    standing = asyncio.create_task(
        ready_or_stand_in(settings, away, Sockets(pages=pages), stop, say=said)
    )
    await said.any.wait()
    alive = await get(f"{settings.base_url}/healthz")
    ready_page = await get(f"{settings.base_url}/readyz")
    trial = await get(f"{settings.base_url}/trial/room-census")
    (tmp_path / "road").symlink_to(cluster.socket)
    ready = await standing

    assert ready is not None
    assert ready.keyring.fingerprint() == ring.fingerprint()
    assert (alive[0], ready_page[0], trial[0]) == (200, 503, 200)
    assert '"database": "down: halls and bridges go by what was known at 20' in ready_page[1]
    assert "the database is away; halls and bridges go by what was known at" in said[0]
    assert is_listening(pages)
    pages.close()


def is_listening(sock: socket.socket) -> bool:
    return bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


async def test_who_stops_it_meanwhile_does_not_wait(
    settings: Settings, here: Addresses, away: Addresses
):
    await a_day(settings, here)
    said, stop = Said(), asyncio.Event()
    pages = take_port(settings.host, settings.port, setting="DIEMCAU_PORT")

    standing = asyncio.create_task(
        ready_or_stand_in(settings, away, Sockets(pages=pages), stop, say=said)
    )
    await said.any.wait()
    stop.set()

    assert await standing is None
    pages.close()


@pytest.mark.parametrize("lost", ["snapshot.json", "keys.json"])
async def test_without_a_day_or_its_keys_nothing_starts(
    settings: Settings, here: Addresses, away: Addresses, lost: str
):
    await a_day(settings, here)
    (settings.data / lost).unlink()

    pages = take_port(settings.host, settings.port, setting="DIEMCAU_PORT")

    with pytest.raises(Unreachable):
        await ready_or_stand_in(settings, away, Sockets(pages=pages), asyncio.Event(), say=print)
    pages.close()
    assert known_day(settings) is None


async def test_only_a_database_that_cannot_be_reached_is_taken_for_absent(
    settings: Settings, here: Addresses, away: Addresses, tmp_path: Path
):
    nowhere = Addresses(
        app_url="postgresql://x@127.0.0.1:9/x",
        owner_url=f"postgresql://x@127.0.0.1:{free_ports()[0]}/x",
        app_role=APP,
    )

    for store in (away, nowhere):
        with pytest.raises(AWAY):
            await make_ready(settings, store)
    (tmp_path / "occupied").touch()
    ours = settings.model_copy(update={"keys_file": tmp_path / "occupied" / "keys.json"})
    with pytest.raises(OSError, match="occupied") as told:
        await make_ready(ours, here)
    assert not isinstance(told.value, AWAY)
