"""Recordings: told by the script that Jibri runs, once in effect, opened by whom it is allowed."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bridges.control.recording_rules import Audience, first_access
from bridges.placement.rooms import room_of
from meetings.model import Visibility
from tests.bridges.makers import SECRETS
from tests.makers import a_conference
from tests.ports import free_port
from tests.web.conftest import a_person, a_session, signed_headers
from tests.web.pages.test_leading import on_jitsi
from web.app import create_app
from web.settings import Settings

__all__ = ["on_jitsi"]

SCRIPT = Path(__file__).parents[2] / "deploy" / "jitsi" / "finalize.sh"
PICTURE = b"not really a picture, and as long as it is"
ADDRESS = "https://kho.dienbien.gov.vn/ghi"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AUDIT = """
    SELECT actor, action FROM audit
     WHERE subject = $1 AND action LIKE 'recording.%' ORDER BY id
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


@pytest.fixture
def settings(tmp_path, shelf) -> Settings:
    return Settings.from_environ(
        {
            "DIEMCAU_DATA": str(tmp_path / "data"),
            "DIEMCAU_RECEIVER_PORT": "9",
            "DIEMCAU_RECORDINGS": str(shelf),
            "DIEMCAU_DOCUMENT_HOSTS": "dienbien.gov.vn",
        }
    )


@pytest.fixture
def app(settings, database, keyring):
    return create_app(settings, database_url=database, keyring=keyring)


@pytest.fixture
async def room(conn, on_jitsi) -> str:
    return (await room_of(conn, on_jitsi.id)).name


def session(shelf: Path, room: str, *, name: str = "s1", content: bytes = PICTURE) -> Path:
    """Lay down what Jibri leaves of a session."""
    folder = shelf / name
    folder.mkdir(parents=True)
    told = {"meeting_url": f"https://meet.lab/{room.upper()}?lang=vi#x", "participants": []}
    (folder / "metadata.json").write_text(json.dumps(told))
    (folder / f"{room} 2026-11-26.mp4").write_bytes(content)
    return folder


async def run(client, *args: object, bridge: str = "lab", **environ: str) -> tuple[int, str]:
    """Run the script as Jibri does."""
    process = await asyncio.create_subprocess_exec(
        str(SCRIPT),
        *map(str, args),
        env={
            "PATH": os.environ["PATH"],
            "DIEMCAU_BRIDGE": str(client.make_url(f"/bridges/{bridge}")),
            "DIEMCAU_SECRET": SECRETS.reservation,
            "DIEMCAU_TRIES": "1",
            **environ,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def listed(client, conference) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/conferences/{conference.id}/recordings")
    assert answer.status == 200, await answer.text()
    items: list[dict[str, Any]] = (await answer.json())["items"]
    return items


async def audited(conn, conference) -> list[str]:
    rows = await conn.fetch(AUDIT, f"conference:{conference.id}")
    return [row["action"] for row in rows]


async def test_jibri_tells_of_a_recording_once_and_it_is_opened(
    client_for, conn, on_jitsi, room, shelf
):
    secretary = await client_for("secretary")
    folder = session(shelf, room)

    runs = [await run(secretary, folder), await run(secretary, folder)]
    (one,) = await listed(secretary, on_jitsi)
    got = await secretary.get(one["content"])

    assert [code for code, _ in runs] == [0, 0], runs
    name = f"{room} 2026-11-26.mp4"
    assert {key: one[key] for key in ("name", "folder", "bytes", "sha256")} == {
        "name": name,
        "folder": "s1",
        "bytes": len(PICTURE),
        "sha256": sha256(PICTURE).hexdigest(),
    }
    assert (await got.read(), got.content_type) == (PICTURE, "video/mp4")
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert await audited(conn, on_jitsi) == ["recording.tell", "recording.open"]


async def test_a_file_that_moved_is_told_again_and_led_to(client_for, conn, on_jitsi, room, shelf):
    secretary = await client_for("secretary")
    folder = session(shelf, room)
    await run(secretary, folder)

    code, _ = await run(secretary, folder, DIEMCAU_FILES=ADDRESS)
    for file in folder.glob("*.mp4"):
        file.unlink()
    (one,) = await listed(secretary, on_jitsi)
    page = f"/conferences/{on_jitsi.id}/recordings/{one['id']}/open"
    led = await secretary.post(page, allow_redirects=False)

    assert (code, led.status) == (0, 303)
    assert led.headers["Location"] == f"{ADDRESS}/s1/{room}%202026-11-26.mp4"
    assert await audited(conn, on_jitsi) == ["recording.tell", "recording.move", "recording.open"]


async def test_what_did_not_get_through_is_told_by_the_next_round(
    client_for, on_jitsi, room, shelf
):
    secretary = await client_for("secretary")
    folder = session(shelf, room)
    session(shelf, "other-room-12345", name="s2", content=b"other")
    away = f"http://127.0.0.1:{free_port()}/bridges/lab"

    first = await run(secretary, folder, DIEMCAU_BRIDGE=away)
    before = await listed(secretary, on_jitsi)
    wrong = await run(secretary, "--again", shelf, bridge="nowhere")
    again = await run(secretary, "--again", shelf)
    nothing = await run(secretary, "--again", shelf)

    assert (first[0], before, wrong[0]) == (1, [], 1)
    assert (again[0], len(await listed(secretary, on_jitsi))) == (0, 1), again
    assert "no conference" in again[1]
    assert nothing == (0, "")


def told(room: str, **changed: object) -> dict[str, object]:
    return {
        "room": room,
        "folder": "s1",
        "name": "a.mp4",
        "bytes": 5,
        "sha256": "0" * 64,
        "recorded_at": 1_700_000_000,
    } | changed


async def post(client, fields: dict[str, object], secret: str = SECRETS.reservation):
    headers = FORM | {"Authorization": f"Bearer {secret}"}
    return await client.post("/bridges/lab/recordings", data=urlencode(fields), headers=headers)


async def test_odd_tellings_change_nothing(client_for, conn, on_jitsi, room):
    stranger = await client_for(None)
    odd = (
        {"name": "../a.mp4"},
        {"folder": ".."},
        {"folder": "a/b"},
        {"bytes": 0},
        {"sha256": "x" * 64},
        {"url": "https://evil.example/a.mp4"},
        {"url": "javascript:alert(1)"},
        {"recorded_at": 4_000_000_000},
        {"seconds": -1},
        {"more": 1},
    )

    answers = [await post(stranger, told(room, **one)) for one in odd]
    others = [
        await post(stranger, told(room), secret=SECRETS.event),
        await post(stranger, told("no-such-room-at-all")),
        await stranger.post("/bridges/lab/recordings", json={}, headers={"Authorization": "x"}),
    ]

    assert [answer.status for answer in answers] == [422] * len(odd)
    assert [answer.status for answer in others] == [401, 409, 401]
    assert await conn.fetchval("SELECT count(*) FROM recordings") == 0


async def test_two_tellings_at_once_are_one_recording(client_for, on_jitsi, room):
    secretary = await client_for("secretary")

    answers = await asyncio.gather(*(post(secretary, told(room)) for _ in range(8)))

    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    (one,) = await listed(secretary, on_jitsi)
    assert one["content"] is None
    gone = await secretary.get(f"/api/v1/conferences/{on_jitsi.id}/recordings/{one['id']}/content")
    assert (gone.status, (await gone.json())["code"]) == (410, "recording-missing")


@pytest.mark.parametrize(
    ("visibility", "tiered", "audience"),
    [
        (Visibility.OPEN, False, Audience.INVITED),
        (Visibility.OPEN, True, Audience.HOST),
        (Visibility.INTERNAL, False, Audience.HOST),
    ],
)
async def test_who_may_open_them_at_first(conn, directory, visibility, tiered, audience):
    conference = replace(await a_conference(conn), visibility=visibility)

    assert first_access(conference, tiered=tiered).audience is audience


async def unit_of(conn, site) -> str:
    code: str = await conn.fetchval(
        "SELECT u.code FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1", site
    )
    return code


async def test_the_host_says_who_may_open_them(client_for, conn, server, on_jitsi, room, shelf):
    secretary = await client_for("secretary")
    await run(secretary, session(shelf, room))
    commune = await unit_of(conn, on_jitsi.sites[1])
    others = {
        "leader": await client_for("leader", unit=commune),
        "technician": await client_for("technician"),
        "stranger": await client_for("secretary", unit="03158"),
    }
    named = await a_person(conn, "technician", unit="03158")
    secret = await a_session(conn, named)
    login = await conn.fetchval("SELECT login FROM people WHERE id = $1", named)
    place = f"/conferences/{on_jitsi.id}/recordings"

    async def statuses() -> dict[str, int]:
        found = {who: (await one.get(place)).status for who, one in others.items()}
        answer = await secretary.session.get(
            secretary.make_url(place), cookies={"sid": secret}, headers=signed_headers(secret)
        )
        return found | {"named": answer.status}

    before = await statuses()
    access = f"/api/v1/conferences/{on_jitsi.id}/recording-access"
    etag = (await secretary.get(access)).headers["ETag"]
    wish = {"audience": "invited", "people": [login]}
    put = await secretary.put(access, json=wish, headers={"If-Match": etag})
    stale = await secretary.put(access, json=wish, headers={"If-Match": etag})
    unknown = await secretary.put(
        access, json={"audience": "host", "people": ["nobody"]}, headers={"If-Match": "*"}
    )

    assert (etag, put.status, stale.status, unknown.status) == ('"0"', 200, 412, 422)
    assert (await unknown.json())["errors"][0]["field"] == "people"
    assert before == {"leader": 403, "technician": 403, "stranger": 404, "named": 404}
    assert await statuses() == {"leader": 200, "technician": 403, "stranger": 404, "named": 200}
    assert (await others["leader"].put(access, json=wish, headers={"If-Match": "*"})).status == 403


async def test_the_page_keeps_what_was_typed(client_for, conn, on_jitsi, room):
    secretary = await client_for("secretary")
    await post(secretary, told(room, seconds=5400))
    base = f"/conferences/{on_jitsi.id}"
    page = await (await secretary.get(f"{base}/recordings")).text()
    form = {"audience": "invited", "people": "khong-co, x", "version": "0"}

    wrong = await secretary.post(f"{base}/recordings/access", data=form)
    kept = await secretary.post(f"{base}/recordings/access", data=form | {"people": ""})
    stale = await secretary.post(f"{base}/recordings/access", data=form | {"people": ""})
    off = await secretary.post(f"{base}/recordings/1/remove")
    link = await (await secretary.get(base)).text()

    assert "s1/a.mp4" in page
    assert "1 giờ 30 phút" in page
    assert (wrong.status, "khong-co, x</textarea>" in await wrong.text()) == (422, True)
    assert 'name="version" value="0"' in await wrong.text()
    assert (kept.status, stale.status) == (200, 412)
    assert 'name="version" value="1"' in await stale.text()
    assert "Chưa có bản ghi nào" in await off.text()
    assert f'href="{base}/recordings"' in link
    assert await audited(conn, on_jitsi) == ["recording.tell", "recording.let", "recording.remove"]
