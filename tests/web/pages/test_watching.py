"""Looking on in a live room: who may, with what token, and that nothing else is let in with it."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest

from bridges.jitsi.tokens import read
from bridges.registered.registry import all_secrets
from tests.web.pages.test_leading import live, on_jitsi

__all__ = ["live", "on_jitsi"]
AUDIT = "SELECT action FROM audit WHERE subject = $1 AND action LIKE 'room.%' ORDER BY id"


async def test_a_leader_looks_on_and_is_neither_heard_nor_counted(client_for, conn, keyring, live):
    leader = await client_for("leader")

    page = await (await leader.get(f"/conferences/{live.id}")).text()
    answer = await leader.post(f"/conferences/{live.id}/watch")

    text = html.unescape(await answer.text())
    [token] = re.findall(r'jwt="?(?:%22)?([\w.-]+)', text)
    secrets = (await all_secrets(conn, keyring))["trial"]
    told = read(token, secrets.jwt, app_id="diemcau-trial", now=datetime.now(UTC))
    assert f'action="/conferences/{live.id}/watch"' in page
    assert told is not None
    user, features = told["context"]["user"], told["context"]["features"]
    assert (user["affiliation"], user["moderator"]) == ("member", "false")
    assert user["id"].startswith("person-")
    assert set(features.values()) == {"false"}
    none = "camera 'none'; microphone 'none'; display-capture 'none'"
    assert f'allow="autoplay; fullscreen; {none}"' in text
    assert "&leaves=1&looks=1" in text
    assert [row["action"] for row in await conn.fetch(AUDIT, f"conference:{live.id}")] == [
        "room.watch"
    ]


async def test_a_jitsi_is_framed_without_its_script(client_for, on_jitsi):
    leader = await client_for("leader")

    answer = await leader.post(f"/conferences/{on_jitsi.id}/watch")

    policy = answer.headers["Content-Security-Policy"]
    assert "frame-src https://meet.lab" in policy
    assert "external_api.js" not in policy
    assert "config.startWithAudioMuted=true" in await answer.text()


@pytest.mark.parametrize(("role", "unit"), [("hall", "11"), ("leader", "03158")])
async def test_nobody_else_looks_on(client_for, conn, live, role, unit):
    other = await client_for(role, unit=unit)

    page = await (await other.get(f"/conferences/{live.id}")).text()
    answer = await other.post(f"/conferences/{live.id}/watch")

    assert "/watch" not in page
    assert answer.status in {403, 404}
    assert await conn.fetch(AUDIT, f"conference:{live.id}") == []


async def test_a_room_that_is_not_open_is_not_watched(client_for, conn, live):
    leader = await client_for("leader")
    await conn.execute("UPDATE rooms SET opens_at = now() + interval '1 hour'")

    answer = await leader.post(f"/conferences/{live.id}/watch", allow_redirects=False)

    assert (answer.status, answer.headers["Location"]) == (303, f"/conferences/{live.id}")
    assert await conn.fetch(AUDIT, f"conference:{live.id}") == []
