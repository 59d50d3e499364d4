"""The control page before a Jitsi of which there is only its IFrame API, on its own origin."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from bridges.jitsi import events
from bridges.placement.placing import place
from bridges.presence.evidence import Row
from bridges.receiving.draining import record_evidence
from bridges.store.actions import list_actions
from meetings.scheduling.booking import begin
from tests.bridges.makers import a_bridge
from tests.browser.conftest import NARROW
from tests.browser.iframe_api import OF_BEFORE, OF_TODAY, room, say, serve, told, wrong
from tests.browser.sharing import on_one_loop
from tests.browser.test_pages import complaints, shoot
from tests.makers import a_conference

pytestmark = on_one_loop

ENDPOINT = "1A2B3C4D"
RECORDER = """
    UPDATE bridges SET jibri_urls = '{http://10.1.0.9:2222}' WHERE name = 'lab'
"""


@pytest_asyncio.fixture(loop_scope="session")
async def live(conn, keyring, directory):
    """A live conference on that Jitsi, one of its halls in the room."""
    now = datetime.now(UTC).replace(microsecond=0)
    await a_bridge(conn, seal=keyring)
    await conn.execute(RECORDER)
    async with conn.transaction():
        found = await a_conference(conn, start=now - timedelta(minutes=5))
        room = await place(conn, found, bridge="lab", now=now)
        await begin(conn, found.id, now)
    async with conn.transaction():
        await record_evidence(conn, [joined(room.name, found.sites[1], now)], now=now)
    return found


def joined(room: str, site: int, now: datetime) -> Row:
    """Return the evidence that a hall came in under the short name 1a2b3c4d."""
    told = {
        "event_name": "muc-occupant-joined",
        "room_name": room,
        "room_jid": f"{room}@conference.meet.lab",
        "is_breakout": False,
        "occupant": {
            "occupant_jid": f"{ENDPOINT.lower()}-0000-4000-8000-000000000000@meet.lab/x",
            "id": f"site-{site}",
            "name": "Mường Nhé",
            "joined_at": int(now.timestamp()),
        },
    }
    event = events.parse("occupant/joined", json.dumps(told).encode())
    body = events.as_body(event)
    return Row(
        key=events.content_key("lab", event.kind, body),
        bridge="lab",
        kind=event.kind,
        room=event.room,
        body=body,
        received_at=now,
    )


async def became(conn, conference) -> list[tuple[str, str, str]]:
    found = await list_actions(conn, conference.id)
    return [(one.action.value, one.state.value, one.detail) for one in found]


async def seen_of_halls(page) -> set[str]:
    return set(await page.locator(".leads [data-mic]").all_inner_texts())


@OF_TODAY
async def test_a_jitsi_is_led_and_believed_only_when_it_says_so(open_as, conn, live, script):
    page = await open_as("secretary")
    await serve(page.context, script)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    await page.goto(f"/conferences/{live.id}/control")
    await page.click("[data-connect]")
    settings = await (await room(page)).evaluate("settings")
    mute = page.locator(f"[data-site='{live.sites[1]}'] button")
    unconnected, outside = await mute.is_disabled(), await seen_of_halls(page)

    await say(page, "videoConferenceJoined", id="own00000")
    await say(page, "participantJoined", id=ENDPOINT, displayName="Mường Nhé")
    await say(page, "participantMuted", id=ENDPOINT, isMuted=False, mediaType="audio")
    await page.get_by_text("1 micrô đang bật").wait_for()
    connected = await seen_of_halls(page)
    await mute.click()
    await told(page, "mute-remote-participant", ENDPOINT, "audio")
    asked = await became(conn, live)
    await say(page, "participantMuted", id=ENDPOINT, isMuted=True, mediaType="audio")
    await page.get_by_text("Đã xong: đã thấy trong phòng họp.").wait_for()

    await page.click("[data-action=record-start]")
    await told(page, "start-recording", {"mode": "file"})
    await say(page, "recordingStatusChanged", on=False, mode="file", error="resource-constraint")
    await page.get_by_text("Chưa làm: máy ghi hình của cầu").wait_for()
    await page.click("[data-action=record-start]")
    await say(page, "recordingStatusChanged", on=True, mode="file")
    await page.locator("[data-on=record]").wait_for()
    await page.click("[data-action=lobby-on]")
    await told(page, "toggle-lobby", True)
    await page.get_by_text("Đã yêu cầu nhưng chưa thấy").wait_for()

    assert (unconnected, outside) == (True, {"chưa rõ"})
    assert connected == {"micrô đang bật", "chưa có trong phòng"}
    assert settings["startWithAudioMuted"] is True
    assert await wrong(page) == []
    assert asked == [("mute", "asked", "")]
    await page.locator("#l-asked li").nth(3).wait_for()
    assert await became(conn, live) == [
        ("lobby-on", "asked", ""),
        ("record-start", "done", "seen-inside"),
        ("record-start", "refused", "recorder-refused"),
        ("mute", "done", "seen-inside"),
    ]
    assert await complaints(page) == []
    await page.evaluate("() => scrollTo(0, 0)")
    await shoot(page, "control-jitsi-wide")
    await page.set_viewport_size(NARROW)
    assert await complaints(page) == []
    await shoot(page, "control-jitsi-narrow")
    assert broken == []


@OF_BEFORE
async def test_a_jitsi_of_before_2026_is_not_asked_to_mute(open_as, conn, live, script):
    page = await open_as("secretary")
    await serve(page.context, script)
    await page.goto(f"/conferences/{live.id}/control")
    await page.click("[data-connect]")
    await say(page, "videoConferenceJoined", id="own00000")
    await say(page, "participantJoined", id=ENDPOINT, displayName="Mường Nhé")

    await page.locator(f"[data-site='{live.sites[1]}'] button").click()
    await page.get_by_text("Chưa làm: máy chủ cầu không có lệnh này.").wait_for()
    await page.locator("#l-asked li").get_by_text("máy chủ cầu không có lệnh này").wait_for()

    assert await became(conn, live) == [("mute", "refused", "not-available")]
    assert await wrong(page) == []


async def test_a_jitsi_without_its_script_is_told(open_as, conn, live):
    await conn.execute("UPDATE bridges SET public_url = public_url || '/nowhere'")
    page = await open_as("secretary")

    await page.goto(f"/conferences/{live.id}/control")
    await page.click("[data-connect]")

    await page.get_by_text("Máy chủ cầu không cung cấp tập lệnh điều khiển.").wait_for()
    assert await page.locator("[data-needs-inside]:enabled").count() == 0


async def test_a_page_does_what_a_program_asks_and_follows_its_room(open_as, conn, keyring, live):
    page = await open_as("secretary")
    await page.goto(f"/conferences/{live.id}/control")
    await page.click("[data-connect]")
    await room(page)
    async with page.expect_response(
        lambda answer: "state=inside" in (answer.request.post_data or "")
    ):
        await say(page, "videoConferenceJoined", id="own00000")
    await say(page, "participantJoined", id=ENDPOINT, displayName="Mường Nhé")

    order = f"/api/v1/conferences/{live.id}/actions/mute-all"
    status = await page.evaluate(
        ASK, [order, await page.get_attribute("[data-control]", "data-csrf")]
    )
    await told(page, "mute-remote-participant", ENDPOINT, "audio")
    await say(page, "participantMuted", id=ENDPOINT, isMuted=True, mediaType="audio")
    await page.get_by_text("Đã xong: đã thấy trong phòng họp.").wait_for()
    await page.locator("#l-asked li").get_by_text("đã xong").wait_for()

    beta = await a_bridge(conn, "beta", seal=keyring)
    await conn.execute("UPDATE rooms SET bridge_id = $1", beta.id)
    await page.locator("[data-control][data-at^='beta/']").wait_for(state="attached")
    await room(page)

    assert status == 202
    assert await became(conn, live) == [("mute-all", "done", "seen-inside")]


ASK = """
    async ([path, csrf]) =>
      (await fetch(path, { method: "POST", headers: { "X-CSRF-Token": csrf } })).status
"""
