"""The database stops and comes back: the program says so, lives, and needs no restart."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bridges.placement.placing import place
from bridges.registered.registry import ensure_trial
from meetings.links.invitations import link_secret, make_links
from tests.conftest import FORGETFUL
from tests.makers import a_conference, a_directory
from tests.web.conftest import Client, a_person, a_session, signed_headers
from web.app import create_app
from web.database import open_pool
from web.embedded import embedded
from web.embedded.roles import APP, DATABASE, OWNER
from web.keyring.keyring import Keyring
from web.keys import SNAPSHOT
from web.migrations import migrate
from web.scheduling.booking import LINKS

PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def patience() -> None:
    """The program's own limits are tried here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


async def prepared(folder: Path) -> tuple[str, str]:
    """Migrate a cluster of our own; return its address and a leader's session."""
    async with embedded(folder, options=FORGETFUL) as cluster:
        await migrate(cluster.url(OWNER, DATABASE), app_role=APP)
        async with open_pool(cluster.app_url) as pool, pool.acquire() as conn:
            await a_directory(conn)
            return cluster.app_url, await a_session(conn, await a_person(conn, "leader"))


async def until(client: Client, path: str, status: int) -> None:
    """Ask until the status is answered; tests/faults measures how soon."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await client.get(path, allow_redirects=False)).status != status:
            await asyncio.sleep(0.02)


async def test_an_outage_is_said_and_survived(folder, settings, keyring):
    url, session = await prepared(folder)
    app = create_app(settings, database_url=url, keyring=keyring)
    headers = signed_headers(session)

    async with TestClient(TestServer(app), cookies={"sid": session}, headers=headers) as client:
        answer = await client.get("/metrics")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert (await client.get("/healthz")).status == 200
        ready = await client.get("/readyz")
        assert ready.status == 503
        assert (await ready.json())["parts"]["database"] == "down"
        assert (await client.get("/sign-in")).status == 200

        async with embedded(folder, options=FORGETFUL):
            await until(client, "/metrics", 200)
            assert (await (await client.get("/readyz")).json())["parts"]["database"] == "ok"

        await until(client, "/metrics", 503)
        assert (await client.get("/healthz")).status == 200
        assert (await client.post("/sign-out")).status == 503

        async with embedded(folder, options=FORGETFUL):
            await until(client, "/metrics", 200)


async def a_day_with_a_conference(folder: Path, keyring: Keyring) -> tuple[str, str, str]:
    """Book a conference that is open now; return the store's address, a link, a room's name."""
    now = datetime.now(UTC)
    key = keyring.derive(LINKS)
    async with embedded(folder, options=FORGETFUL) as cluster:
        await migrate(cluster.url(OWNER, DATABASE), app_role=APP)
        async with open_pool(cluster.app_url) as pool, pool.acquire() as conn:
            await a_directory(conn)
            await ensure_trial(conn, keyring, public_url="http://127.0.0.1:1/trial", prosody_url="")
            conference = await a_conference(conn, start=now + timedelta(minutes=1), now=now)
            room = await place(conn, conference, bridge=None, now=now)
            await make_links(conn, conference, key)
            secret = link_secret(key, conference.id, conference.main_site, 1)
        return cluster.app_url, secret, room.name


async def test_halls_enter_and_bridges_are_answered_without_the_database(folder, settings, keyring):
    url, secret, room = await a_day_with_a_conference(folder, keyring)

    async with embedded(folder, options=FORGETFUL):
        app = create_app(settings, database_url=url, keyring=keyring)
        async with TestServer(app):
            await wait_for_picture(app)
    # A start with the database away: everything comes from the disk.
    again = create_app(settings, database_url=url, keyring=keyring)
    async with TestClient(TestServer(again)) as client:
        shown = await client.get(f"/j/{secret}")
        entered = await client.post(f"/j/{secret}/enter")
        wrong = await client.get(f"/j/{secret}x")
        asked = await client.post(
            "/bridges/trial/reservations/conference",
            data={"name": room, "start_time": "2026-11-24T00:00:00Z", "mail_owner": "a@b"},
            headers={"Authorization": f"Bearer {reservation_secret(again)}"},
        )

        assert (shown.status, entered.status) == (200, 200)
        assert "<iframe" in await entered.text()
        assert wrong.status == 503
        assert asked.status == 200, await asked.text()
        assert (await asked.json(content_type=None))["name"] == room


async def wait_for_picture(app: web.Application) -> None:
    """Wait until the day's picture was taken and written."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not app[SNAPSHOT].contents.passes:
            await asyncio.sleep(0.02)


def reservation_secret(app: web.Application) -> str:
    """Return what the bridge says to prove itself."""
    known = app[SNAPSHOT].bridge("trial")
    assert known is not None
    return known.secrets.reservation


async def test_callers_are_led_to_their_room_without_the_database(folder, settings, keyring):
    url, _, room = await a_day_with_a_conference(folder, keyring)
    mapper, whole = "/bridges/trial/phone/conference-mapper", f"{room}@conference.trial.diemcau"

    async with embedded(folder, options=FORGETFUL):
        app = create_app(settings, database_url=url, keyring=keyring)
        async with TestClient(TestServer(app)) as client:
            named = await (await client.get(mapper, params={"conference": whole})).json()
            async with asyncio.timeout(PATIENCE_SECONDS):
                while app[SNAPSHOT].room_by_pin("trial", named["id"]) is None:
                    await asyncio.sleep(0.02)
    again = create_app(settings, database_url=url, keyring=keyring)
    async with TestClient(TestServer(again)) as client:

        async def ask(**asked: str) -> tuple[int, object]:
            answer = await client.get(mapper, params=asked)
            return answer.status, await answer.json()

        right = [await ask(id=str(named["id"])), await ask(room=room)]
        wrong = [await ask(id=str(number)) for number in range(1_000_000, 1_000_022)]
        unknown = await ask(room="no-such-room")

    assert named == {"message": "ok", "id": named["id"], "conference": whole}
    assert right == [(200, named), (200, named)]
    assert [status for status, _ in wrong] == [200] * 20 + [429] * 2
    assert unknown == (
        200,
        {"message": "No such conference", "id": False, "conference": False},
    )
