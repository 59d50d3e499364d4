"""A hall in a Jitsi of which there is only its IFrame API: it counts once the room says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest_asyncio
from playwright.async_api import Request, Route

from bridges.placing import place
from meetings.invitations import link_secret, make_links
from tests.bridges.makers import a_bridge
from tests.browser.iframe_api import say
from tests.browser.sharing import on_one_loop
from tests.browser.test_pages import complaints, shoot
from tests.makers import a_conference
from web.booking import LINKS
from web.keys import SNAPSHOT

pytestmark = on_one_loop


@pytest_asyncio.fixture(loop_scope="session")
async def way_in(app, conn, keyring, directory, jitsi):
    """The page of a hall whose conference is about to begin on that Jitsi."""
    now = datetime.now(UTC).replace(microsecond=0)
    await a_bridge(conn, seal=keyring)
    await conn.execute("UPDATE bridges SET public_url = $1 WHERE name = 'lab'", jitsi)
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


async def test_a_hall_is_inside_when_the_bridge_says_so(open_as, way_in):
    page = await open_as(None)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    await page.goto(way_in)
    async with page.expect_request(says("")):
        await page.click("form[action$='/enter'] button")
    await page.wait_for_function("() => window.jitsi")
    options = await page.evaluate("() => jitsi.options")

    async with page.expect_request(says("1")):
        await say(page, "videoConferenceJoined", id="own00000")
    assert await complaints(page) == []
    await shoot(page, "room-jitsi")
    await say(page, "videoConferenceLeft")
    async with page.expect_navigation():
        await say(page, "readyToClose")

    assert page.url.endswith(way_in)
    assert options["configOverwrite"]["prejoinConfig"] == {"enabled": False}
    assert options["configOverwrite"]["startWithAudioMuted"] is False
    assert options["jwt"].startswith("ey")
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


HEARD = """async (told) => {
  const { src } = document.querySelector("script[src]");
  const { open } = await import(new URL("frame-jitsi.js", src));
  const [before, heard] = [window.jitsi, []];
  open({ ...document.body.dataset, place: document.body, hear: (news) => heard.push(news) });
  while (window.jitsi === before) await new Promise(requestAnimationFrame);
  return told.map(([name, detail]) => {
    heard.length = 0;
    jitsi.say(name, detail);
    return [...heard];
  });
}"""


async def test_who_was_sent_out_or_cut_off_is_not_inside(open_as, way_in):
    page = await open_as(None)
    await page.goto(way_in)
    await page.click("form[action$='/enter'] button")
    await page.wait_for_function("() => window.jitsi")

    heard = await page.evaluate(
        HEARD,
        [
            ["participantKickedOut", {"kicked": {"id": "other000", "local": False}}],
            ["participantKickedOut", {"kicked": {"id": "own00000", "local": True}}],
            ["errorOccurred", {"name": "conference.max_users", "isFatal": False}],
            ["errorOccurred", {"name": "connection.droppedError", "isFatal": True}],
            ["suspendDetected", None],
        ],
    )

    assert heard == [[], [{"left": True}], [], [{"left": True}], [{"left": True}]]


async def test_a_page_whose_second_script_is_lost_shows_the_room_all_the_same(open_as, way_in):
    page = await open_as(None)
    await page.route("**/frame-jitsi*", lambda route: route.abort())
    await page.goto(way_in)
    async with page.expect_request(says("")):
        await page.click("form[action$='/enter'] button")

    frame = await page.wait_for_selector("iframe")

    assert "#jwt=" in (await frame.get_attribute("src") or "")
