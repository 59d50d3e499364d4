"""Papers in a backup: uploaded, saved, restored elsewhere; the same bytes for the same people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from meetings.directory.finding import sites_by_ids
from tests.makers import a_conference
from web.app import create_app
from web.backup.restoring import restore
from web.backup.saving import save
from web.keyring import key_file as keys
from web.settings import Settings

PDF = b"%PDF-1.7\n" + Random(45).randbytes(300_000) + b"\n%%EOF\n"
NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)


def settings_for(folder: Path, app_url: str, owner_url: str) -> Settings:
    return Settings.from_environ(
        {
            "DIEMCAU_DATA": str(folder),
            "DIEMCAU_RECEIVER_PORT": "9",
            "DIEMCAU_UPLOADS": "1",
            "DIEMCAU_BACKUP_PASSPHRASE": "điểm cầu số 45",
            "DIEMCAU_DATABASE_URL": app_url,
            "DIEMCAU_MIGRATE_URL": owner_url,
        }
    )


@pytest.fixture
def settings(scratch, database, owner_database):
    return settings_for(scratch / "here", database, owner_database)


def secret_of(client: Any) -> str:
    """Return what a signed-in client's cookie holds."""
    cookies = client.session.cookie_jar.filter_cookies(client.make_url("/"))
    return str(cookies["sid"].value)


async def read_by(server: Any, sessions: Mapping[str, str], path: str):
    """Return what each person gets: the status, and whether it is the file."""
    found = {}
    for name, secret in sessions.items():
        client = TestClient(server, cookies={"sid": secret})
        async with client.session, await client.get(path) as answer:
            found[name] = (answer.status, await answer.read() == PDF)
    return found


async def test_papers_come_back_with_their_bytes_and_for_the_same_people(
    scratch, cluster, empty_database_name, conn, keyring, settings, server, client_for
):
    secretary = await client_for("secretary")
    conference = await a_conference(conn, start=datetime.now(UTC) + timedelta(hours=2))
    units = [site.unit_code for site in (await sites_by_ids(conn, conference.sites)).values()]
    base = f"/api/v1/conferences/{conference.id}"
    tiers = {"tiers": [{"level": level, "name": f"Cấp {level}", "sites": [site]}
                       for level, site in enumerate(conference.sites, start=1)]}  # fmt: skip
    put = await secretary.put(f"{base}/tiers", json=tiers, headers={"If-Match": "*"})
    made = await secretary.post(f"{base}/files?name=a.pdf&tier=1", data=PDF)
    path = f"{base}/documents/{(await made.json())['id']}/content"
    people = {"host": "11.vpubnd", "stranger": "11.vptu"} | dict(
        zip(("first", "second", "third"), units, strict=True)
    )
    sessions = {
        name: secret_of(await client_for("secretary", unit=unit)) for name, unit in people.items()
    }
    archive = scratch / "archive"

    before = await read_by(server, sessions, path)
    keys.save(settings.keys_file, keyring)
    await save(settings, keyring, archive, at=NOW)
    there = settings_for(
        scratch / "there",
        cluster.url("diemcau_app", empty_database_name),
        cluster.url("diemcau_owner", empty_database_name),
    )
    await restore(there, archive, force=False, now=NOW, say=lambda _: None)
    app = create_app(
        there, database_url=there.database_url or "", keyring=keys.load(there.keys_file)
    )
    async with TestServer(app) as restored:
        after = await read_by(restored, sessions, path)

    assert (put.status, made.status) == (200, 201)
    assert before["host"] == (200, True)
    assert sorted(before[name][0] for name in ("first", "second", "third")) == [200, 404, 404]
    assert before["stranger"] == (404, False)
    assert after == before
