"""T-L5 in short: all halls come at once while the database is away; the revoked ones stay out."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bridges.placement.placing import place
from bridges.registered.registry import ensure_trial
from meetings.links.invitations import link_secret, make_links, revoke_link
from tests.conftest import FORGETFUL
from tests.makers import a_conference, a_directory
from tests.web.test_outage import wait_for_picture
from web.app import create_app
from web.database import open_pool
from web.embedded import embedded
from web.embedded.roles import APP, DATABASE, OWNER
from web.keyring.keyring import Keyring
from web.migrations import migrate
from web.scheduling.booking import LINKS

HALLS = 45
REVOKED = 5


@pytest.fixture(autouse=True)
def patience() -> None:
    """The program's own limits are tried here."""


async def a_day(folder: Path, keyring: Keyring) -> tuple[str, list[str], list[str]]:
    """Book all communes now; return the store, the good links and the revoked ones."""
    now, key = datetime.now(UTC), keyring.derive(LINKS)
    async with embedded(folder, options=FORGETFUL) as cluster:
        await migrate(cluster.url(OWNER, DATABASE), app_role=APP)
        async with open_pool(cluster.app_url) as pool, pool.acquire() as conn:
            await a_directory(conn)
            await ensure_trial(conn, keyring, public_url="http://127.0.0.1:1/trial", prosody_url="")
            start = now + timedelta(minutes=1)
            conference = await a_conference(conn, sites=HALLS, start=start, now=now)
            await place(conn, conference, bridge=None, now=now)
            await make_links(conn, conference, key)
            secrets = [link_secret(key, conference.id, site, 1) for site in conference.sites]
            for site in conference.sites[:REVOKED]:
                await revoke_link(conn, conference.id, site, by="program:test", now=now)
        return cluster.app_url, secrets[REVOKED:], secrets[:REVOKED]


async def test_a_storm_without_the_database_lets_in_the_good_and_keeps_out_the_revoked(
    tmp_path: Path, settings, keyring: Keyring
):
    url, good, revoked = await a_day(tmp_path / "store", keyring)
    async with embedded(tmp_path / "store", options=FORGETFUL):
        app = create_app(settings, database_url=url, keyring=keyring)
        async with TestServer(app):
            await wait_for_picture(app)

    again = create_app(settings, database_url=url, keyring=keyring)
    async with TestClient(TestServer(again)) as client:

        async def enter(secret: str) -> int:
            async with client.post(f"/j/{secret}/enter") as answer:
                return answer.status

        let_in = Counter(await asyncio.gather(*map(enter, good * 5)))
        kept_out = Counter(await asyncio.gather(*map(enter, revoked * 5)))

    assert let_in == {200: len(good) * 5}
    assert kept_out == {403: len(revoked) * 5}
