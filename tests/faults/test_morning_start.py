"""08:00 without the database: a service that was killed starts again, and halls come in."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import asyncpg

from bridges.entry.snapshot import Snapshot
from bridges.model import BridgeSecrets
from tests.conftest import FORGETFUL
from tests.service import START_SECONDS, Service, service
from tests.web.test_outage import a_day_with_a_conference
from web.embedded import embedded
from web.embedded.roles import DATABASE, OWNER
from web.keyring import key_file

EVENT = {"room_name": "", "created_at": 1795462682}
PENDING = 160
"""A migration that is made to be still to come: it adds one column."""
TOLD = "SELECT DISTINCT kind, room FROM evidence WHERE kind IN ('admitted', 'created')"
APPLIED = "SELECT count(*) FROM migrations WHERE number = $1"


async def until(service: Service, session: aiohttp.ClientSession, path: str) -> None:
    """Wait until something is answered."""
    async with asyncio.timeout(START_SECONDS):
        while await service.status(session, path) != 200:
            assert service.process is not None
            assert service.process.returncode is None, service.said()
            await asyncio.sleep(0.05)


async def tell(service: Service, session: aiohttp.ClientSession, secret: str, room: str) -> int:
    """Post an event as a bridge does, as soon as the receiver listens."""
    url = f"http://127.0.0.1:{service.receiver_port}/bridges/trial/events/room/created"
    body, headers = json.dumps(EVENT | {"room_name": room}), {"Authorization": f"Bearer {secret}"}
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with session.post(url, data=body, headers=headers) as answer:
                    return answer.status
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


async def test_a_start_without_the_database_serves_the_day_and_then_everything(tmp_path: Path):
    store, keys = tmp_path / "store", tmp_path / "keys.json"
    ring = key_file.load_or_create(keys, may_create=True)
    url, link, room = await a_day_with_a_conference(store, ring)
    async with AsyncExitStack() as parts:
        database = AsyncExitStack()
        parts.push_async_callback(database.aclose)
        cluster = await database.enter_async_context(embedded(store, options=FORGETFUL))
        owner_url = cluster.url(OWNER, DATABASE)
        started = await parts.enter_async_context(
            service(
                DIEMCAU_DATABASE_URL=url, DIEMCAU_MIGRATE_URL=owner_url, DIEMCAU_KEYS_FILE=str(keys)
            )
        )
        http = await parts.enter_async_context(aiohttp.ClientSession())
        await started.start()
        await started.ready()
        async with asyncio.timeout(START_SECONDS):
            while not (started.data / "receiver" / "bridges.json").exists():
                await asyncio.sleep(0.05)
        await started.kill()
        await forget_a_migration(owner_url)
        await database.aclose()
        secrets = known_secrets(started, keys)

        await started.start()
        await until(started, http, "/healthz")
        shown = await started.status(http, f"/j/{link}")
        async with http.post(f"{started.url}/j/{link}/enter") as entered:
            inside = await entered.text()
        headers = {"Authorization": f"Bearer {secrets.reservation}"}
        form = {"name": room, "start_time": "2026-11-24T00:00:00Z", "mail_owner": "a@b"}
        asking = f"{started.url}/bridges/trial/reservations/conference"
        async with http.post(asking, data=form, headers=headers) as granted:
            pass
        async with http.get(f"{started.url}/readyz") as ready:
            parts_told = (await ready.json())["parts"]
        told = await tell(started, http, secrets.event, room)
        async with http.get(f"{started.url}/api/v1/sites", headers=headers) as waiting:
            pass
        process = started.process
        await database.enter_async_context(embedded(store, options=FORGETFUL))
        await started.ready()
        seen, said = await drained(url), started.said()

    assert (shown, entered.status, granted.status, ready.status) == (200, 200, 200, 503)
    assert "<iframe" in inside
    assert parts_told["database"].startswith("down: halls and bridges go by what was known at 20")
    assert (told, parts_told["receiver"]) in {(200, "ok"), (200, "down")}
    assert (waiting.status, waiting.headers["Retry-After"]) == (503, "2")
    assert "the database is away; halls and bridges go by what was known" in said
    assert started.process is process
    assert seen == {("admitted", room), ("created", room), ("migrated", "1")}


def known_secrets(service: Service, keys: Path) -> BridgeSecrets:
    """Return what the built-in bridge presents, from the snapshot on the disk."""
    snapshot = Snapshot(service.data, key_file.load(keys))
    snapshot.load()
    known = snapshot.bridge("trial")
    assert known is not None
    return known.secrets


async def forget_a_migration(owner_url: str) -> None:
    """Make one that is still to be applied."""
    conn = await asyncpg.connect(owner_url)
    try:
        await conn.execute("ALTER TABLE presences DROP COLUMN means")
        await conn.execute("DELETE FROM migrations WHERE number = $1", PENDING)
    finally:
        await conn.close()


async def drained(url: str) -> set[tuple[str, str]]:
    """Wait until what was told meanwhile is in the database; return it with the migration."""
    conn = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(START_SECONDS):
            while len(rows := await conn.fetch(TOLD)) < 2:
                await asyncio.sleep(0.05)
        return {tuple(row) for row in rows} | {
            ("migrated", str(await conn.fetchval(APPLIED, PENDING)))
        }
    finally:
        await conn.close()
