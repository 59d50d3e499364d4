"""A hall in a Jitsi of which there is only its IFrame API: it counts once the room says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest_asyncio
from playwright.async_api import Request, Route

from bridges.placement.placing import place
from meetings.links.invitations import link_secret, make_links
from tests.bridges.makers import a_bridge
from tests.browser.iframe_api import BOTH, room, say, serve
from tests.browser.sharing import on_one_loop
from tests.browser.test_pages import complaints, shoot
from tests.makers import a_conference
from web.keys import SNAPSHOT
from web.scheduling.booking import LINKS

pytestmark = on_one_loop


@pytest_asyncio.fixture(loop_scope="session")
async def way_in(app, conn, keyring, directory):
    """The page of a hall whose conference is about to begin on that Jitsi."""
    now = datetime.now(UTC).replace(microsecond=0)
    await a_bridge(conn, seal=keyring)
    async with conn.transaction():
        found = await a_conference(conn, start=now + timedelta(minutes=5))
        await place(conn, found, bridge="lab", now=now)
        await make_links(conn, found, keyring.derive(LINKS))
    await app[SNAPSHOT].refresh(conn, now)
    return f"/j/{link_secret(keyring.derive(LINKS), found.id, found.sites[1], 1)}"


def says(inside: str):
    """Match a heartbeat that says so."""

    def look(asked: Request) -> bool:
        return asked.url.endswith("/heartbeat") and (asked.post_data or "").endswith(
            f"inside={inside}"
        )

    return look


@BOTH
async def test_a_hall_is_inside_when_the_bridge_says_so(open_as, way_in, script):
    page = await open_as(None)
    await serve(page.context, script)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    await page.goto(way_in)
    async with page.expect_request(says("")):
        await page.click("form[action$='/enter'] button")
    inside = await room(page)
    settings, token = await inside.evaluate("[settings, token]")

    async with page.expect_request(says("1")):
        await say(page, "videoConferenceJoined", id="own00000")
    assert await complaints(page) == []
    await shoot(page, "room-jitsi")
    await page.locator("[data-line]").get_by_text("Đã kết nối").wait_for()
    await say(page, "videoConferenceLeft")
    await page.locator("[data-line]").wait_for(state="hidden")
    async with page.expect_navigation():
        await say(page, "readyToClose")

    assert page.url.endswith(way_in)
    assert settings["prejoinConfig"] == {"enabled": False}
    assert settings["startWithAudioMuted"] is False
    assert token.startswith("ey")
    assert broken == []


async def test_a_hall_is_warned_of_the_planned_end_and_of_the_room_s_own(open_as, way_in):
    page = await open_as(None)
    await page.goto(way_in)
    now = datetime(2026, 11, 30, 3, tzinfo=UTC)
    news: dict[str, str | int] = {"again": 1, "now": now.isoformat()}

    async def tell(route: Route) -> None:
        await route.fulfill(json=news)

    await page.route("**/heartbeat", tell)
    await page.click("form[action$='/enter'] button")

    for end, words in (
        (10, "▲ Còn chưa đầy 10 phút"),
        (2, "▲ Còn chưa đầy 2 phút"),
        (-1, "▲ Đã quá giờ dự kiến"),
        (-20, "▲ Phòng họp đóng sau chưa đầy 10 phút"),
        (-28, "▲ Phòng họp đóng sau chưa đầy 2 phút"),
        (11, ""),
    ):
        over, shut = now + timedelta(minutes=end), now + timedelta(minutes=end + 30)
        news |= {"end": over.isoformat(), "closes": shut.isoformat()}
        is_told = "words => document.querySelector('[data-warning]')?.textContent === words"
        await page.wait_for_function(is_told, arg=words)


async def test_a_jitsi_without_its_script_is_shown_all_the_same(open_as, conn, app, way_in):
    await conn.execute("UPDATE bridges SET public_url = public_url || '/nowhere'")
    await app[SNAPSHOT].refresh(conn, datetime.now(UTC))
    page = await open_as(None)
    await page.goto(way_in)
    await page.click("form[action$='/enter'] button")

    frame = await page.wait_for_selector("iframe")

    assert "#jwt=" in (await frame.get_attribute("src") or "")


OPEN = """async () => {
  const { src } = document.querySelector("script[src]");
  const { open } = await import(new URL("frame-jitsi.js", src));
  window.heard = [];
  open({ ...document.body.dataset, place: document.body, hear: (news) => heard.push(news) });
}"""
OUT: dict[str, object] = {"left": True}
TELLS: list[tuple[str, dict[str, object], list[dict[str, object]]]] = [
    ("participantKickedOut", {"kicked": {"id": "other000", "local": False}}, []),
    ("participantKickedOut", {"kicked": {"id": "own00000", "local": True}}, [OUT]),
    ("errorOccurred", {"error": {"name": "conference.max_users", "isFatal": False}}, []),
    ("errorOccurred", {"error": {"name": "connection.droppedError", "isFatal": True}}, [OUT]),
    ("suspendDetected", {}, [OUT]),
    ("recordingStatusChanged", {"on": True, "mode": "local"}, []),
    (
        "recordingStatusChanged",
        {"on": False, "mode": "file", "error": "resource-constraint"},
        [{"recording": "record", "on": False, "refused": True}],
    ),
    (
        "recordingStatusChanged",
        {"on": True, "mode": "stream"},
        [{"recording": "stream", "on": True, "refused": False}],
    ),
]


@BOTH
async def test_what_the_bridge_tells_is_what_we_hear(open_as, way_in, script):
    page = await open_as(None)
    await page.goto(way_in)
    await page.click("form[action$='/enter'] button")
    await room(page)
    await serve(page.context, script)
    await page.evaluate(OPEN)
    await page.wait_for_function("() => document.querySelectorAll('iframe').length === 2")

    heard: list[object] = []
    for count, (event, told, _) in enumerate(TELLS):
        await say(page, event, **told)
        await say(page, "participantLeft", id=str(count))
        await page.wait_for_function(
            "went => heard.some((one) => one.went === went)", arg=str(count)
        )
        heard.append((await page.evaluate("heard.splice(0)"))[:-1])

    assert heard == [news for _, _, news in TELLS]


async def test_a_page_whose_second_script_is_lost_shows_the_room_all_the_same(open_as, way_in):
    page = await open_as(None)
    await page.route("**/frame-jitsi*", lambda route: route.abort())
    await page.goto(way_in)
    async with page.expect_request(says("")):
        await page.click("form[action$='/enter'] button")

    frame = await page.wait_for_selector("iframe")

    assert "#jwt=" in (await frame.get_attribute("src") or "")
