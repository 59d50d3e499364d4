"""The database stops and comes back: the program says so, lives, and needs no restart."""

import asyncio
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.makers import a_directory
from tests.web.conftest import Client, a_person, a_session, signed_headers
from web.app import create_app
from web.database import open_pool
from web.embedded import embedded
from web.embedded.cluster import APP, DATABASE, FORGETFUL, OWNER
from web.migrations import migrate

PATIENCE_SECONDS = 15


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


async def until(client: Client, path: str, status: int) -> float:
    """Ask until the status is answered; return after how many seconds it was."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await client.get(path, allow_redirects=False)).status != status:
            await asyncio.sleep(0.02)
    return loop.time() - begun


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
            back_after_seconds = await until(client, "/metrics", 200)

    assert back_after_seconds < 2
