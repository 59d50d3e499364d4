"""Two real browsers in one room: pictures must move, the ninth must be told why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute

from bridges.trial.config import TrialConfig
from bridges.trial.simulate import SimulatedHall
from tests.bridges.trial.stage import (
    Recorder,
    a_bridge,
    a_hall,
    a_recorder,
    a_token,
    room_url,
)
from tests.browser.sharing import on_one_loop, patient
from tests.hearing import HEAR

pytestmark = on_one_loop

REMOTE = "video[data-occupant]"
MOVES = """
    ([selector, frames]) => {
        const video = document.querySelector(selector);
        const count = () => video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
        return count() >= frames && count();
    }
"""


@pytest_asyncio.fixture(loop_scope="session")
async def service() -> AsyncIterator[tuple[Recorder, str]]:
    async with a_recorder() as both:
        yield both


@pytest_asyncio.fixture(loop_scope="session")
async def bridge(service: tuple[Recorder, str]) -> AsyncIterator[TrialConfig]:
    async with a_bridge(service[1]) as config:
        yield config


@pytest.fixture
def broken() -> list[str]:
    """Return what went wrong in any page so far."""
    return []


async def a_context(browser: Browser) -> BrowserContext:
    return patient(
        await browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    )


async def enter(
    context: BrowserContext,
    config: TrialConfig,
    token: str,
    *,
    lang: str = "vi",
    more: str = "",
    broken: list[str] | None = None,
) -> Page:
    """Open the room in a new page, telling it more if there is, and write down what breaks."""
    page = await context.new_page()
    wrong = [] if broken is None else broken
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    await page.goto(f"{room_url(config)}?lang={lang}#jwt=%22{token}%22{more}")
    return page


async def moves(page: Page, selector: str = REMOTE) -> None:
    """Wait until a picture has advanced by 30 frames from where it is now."""
    start = await page.evaluate(MOVES, [selector, 1]) or 0
    shown = await page.wait_for_function(MOVES, arg=[selector, start + 30], timeout=120_000)
    assert await shown.json_value() >= start + 30


async def test_two_browsers_see_each_other_move_and_leave(browser, bridge, recorder, broken):
    one = await enter(await a_context(browser), bridge, a_hall(1), broken=broken)
    two = await enter(await a_context(browser), bridge, a_hall(2), broken=broken)

    await moves(one)
    await moves(two)
    assert await one.locator("figcaption").all_inner_texts() == [
        "Điểm cầu 1 (máy này)",
        "Điểm cầu 2",
    ]
    assert await one.locator("#status").inner_text() == "2 điểm cầu trong phòng"

    await two.get_by_role("button", name="Rời phòng").click()
    await two.get_by_role("heading", name="Đã rời phòng họp").wait_for()
    await one.locator(REMOTE).wait_for(state="detached")
    await one.close()
    await recorder.until(lambda paths: len(paths) >= 8)

    assert {b["occupant"]["id"] for b in recorder.events("occupant/left")} == {"site-1", "site-2"}
    assert broken == []


async def test_a_screen_takes_the_place_of_the_camera_and_gives_it_back(browser, bridge, broken):
    one = await enter(await a_context(browser), bridge, a_hall(1), broken=broken)
    two = await enter(await a_context(browser), bridge, a_hall(2), broken=broken)
    await moves(one)

    await two.keyboard.press("m")
    microphone = two.get_by_role("button", name="Micrô")
    assert await microphone.get_attribute("aria-pressed") == "false"
    screen = two.get_by_role("button", name="Chia sẻ màn hình")
    await screen.click()
    await two.locator(".tile.own.screen").wait_for()
    await moves(one)
    await screen.click()
    await two.locator(".tile.own:not(.screen)").wait_for()
    await moves(one)

    assert broken == []


async def test_the_ninth_browser_reads_why(browser, bridge):
    async with AsyncExitStack() as stack:
        for number in range(8):
            hall = SimulatedHall(room_url(bridge), a_hall(number), claim_media=True)
            await stack.enter_async_context(hall)

        page = await enter(await a_context(browser), bridge, a_hall(9))
        await page.get_by_role("heading", name="Chưa vào được phòng họp").wait_for()
        text = await page.locator("#notice-text").inner_text()

    assert text.startswith("Cầu thử nghiệm chỉ mang hình của 8 điểm cầu trong một phòng")
    assert await page.get_by_role("button", name="Vào lại").is_visible()


async def test_a_page_around_the_room_hears_of_it(browser, bridge):
    context = await a_context(browser)
    around = await context.new_page()
    await around.goto(f"{bridge.public_url}/about/health")
    await around.evaluate(
        """(address) => {
            window.heard = [];
            addEventListener("message", ({ data, origin }) => {
                heard.push([origin, data.source, data.event]);
            });
            const frame = document.createElement("iframe");
            frame.allow = "camera; microphone; display-capture; autoplay";
            frame.src = address;
            document.body.append(frame);
        }""",
        f"{room_url(bridge)}#jwt={a_token()}",
    )

    frame = around.frame_locator("iframe")
    await frame.get_by_text("Sín Thầu (máy này)").wait_for()
    await frame.get_by_role("button", name="Rời phòng").click()
    await around.wait_for_function("() => heard.length === 2")

    origin = bridge.public_url.removesuffix("/trial")
    assert await around.evaluate("() => heard") == [
        [origin, "diemcau-trial", "joined"],
        [origin, "diemcau-trial", "left"],
    ]


async def test_a_room_in_a_page_that_leaves_has_no_second_button(browser, bridge):
    page = await (await a_context(browser)).new_page()

    await page.goto(f"{room_url(bridge)}#jwt={a_token()}&leaves=1")
    await page.get_by_text("Sín Thầu (máy này)").wait_for()

    assert await page.locator("#leave").is_hidden()
    assert await page.locator("#microphone").is_visible()


async def test_who_looks_on_sees_the_halls_and_brings_nothing(browser, bridge):
    context = await a_context(browser)
    looker = await context.new_page()
    await looker.goto(f"{room_url(bridge)}#jwt={a_token()}&leaves=1&looks=1")
    await looker.get_by_text("Chưa có điểm cầu nào trong phòng").wait_for()
    hall = await enter(await a_context(browser), bridge, a_hall(2))

    await moves(looker)
    await hall.get_by_text("Chỉ theo dõi, không có hình và tiếng").wait_for()

    assert await looker.locator(".tile").count() == 1
    assert await looker.locator("#controls").is_hidden()
    assert await looker.locator("#status").inner_text() == "1 điểm cầu trong phòng"
    assert await hall.locator("#status").inner_text() == "Chỉ có điểm cầu này trong phòng"


async def test_a_lost_line_heals_by_itself(browser, bridge, recorder):
    one = await enter(await a_context(browser), bridge, a_hall(1))
    context = await a_context(browser)
    lines: list[tuple[WebSocketRoute, WebSocketRoute]] = []

    def between(socket: WebSocketRoute) -> None:
        lines.append((socket.connect_to_server(), socket))

    await context.route_web_socket("**/socket", between)
    two = await enter(context, bridge, a_hall(2))
    await moves(one)

    for end in lines[0]:
        await end.close(code=3001, reason="cut by the test")
    await recorder.until(lambda _: len(recorder.events("occupant/joined")) == 3)
    await moves(one)
    await moves(two)

    assert len(lines) == 2
    assert len(recorder.events("occupant/left")) == 1


@pytest.mark.parametrize(
    ("lang", "title"), [("vi", "Chưa vào được phòng họp"), ("en", "You cannot enter the room yet")]
)
async def test_a_refusal_speaks_the_language_of_the_page(browser, bridge, lang, title):
    page = await enter(await a_context(browser), bridge, a_token(exp=1), lang=lang)

    await page.get_by_role("heading", name=title).wait_for()


async def test_names_are_text_and_nothing_else(browser, bridge):
    name = "<img src=x onerror=alert(1)>"
    hall = a_token(context={"user": {"id": "site-1", "name": name}})
    page = await enter(await a_context(browser), bridge, hall)

    await page.locator("figcaption").wait_for()
    assert await page.locator("figcaption").inner_text() == f"{name} (máy này)"
    assert await page.locator("main img").count() == 0


@pytest.mark.parametrize(("width", "height", "scheme"), [(1366, 768, "light"), (390, 844, "dark")])
async def test_room_and_refusal_have_no_barrier_and_fit(browser, bridge, width, height, scheme):
    context = patient(
        await browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    )
    inside = await enter(context, bridge, a_hall(1))
    await inside.locator("video[data-own]").wait_for()
    outside = await enter(context, bridge, a_token(exp=1))
    await outside.get_by_role("heading", name="Chưa vào được phòng họp").wait_for()

    for page in (inside, outside):
        found = await Axe().run(page)
        assert [barrier["id"] for barrier in found.response["violations"]] == []
        assert await page.evaluate("() => document.documentElement.scrollWidth") == width
        assert await page.evaluate("() => document.documentElement.scrollHeight") == height


async def test_a_hall_whose_seat_is_held_by_its_ghost_waits_for_it(browser, bridge, recorder):
    context = await a_context(browser)
    lines: list[tuple[WebSocketRoute, WebSocketRoute]] = []
    seat_taken, tried_again = asyncio.Event(), asyncio.Event()

    async def between(socket: WebSocketRoute) -> None:
        if lines:
            await seat_taken.wait()
        lines.append((socket.connect_to_server(), socket))
        if len(lines) == 2:
            tried_again.set()

    await context.route_web_socket("**/socket", between)
    page = await enter(context, bridge, a_hall(1))
    await page.locator("video[data-own]").wait_for()
    async with AsyncExitStack() as stack:
        for number in range(2, 9):
            hall = SimulatedHall(room_url(bridge), a_hall(number), claim_media=True)
            await stack.enter_async_context(hall)
        for end in lines[0]:
            await end.close(code=3001, reason="cut by the test")
        await recorder.until(lambda paths: "POST /events/occupant/left" in paths)
        async with SimulatedHall(room_url(bridge), a_hall(9), claim_media=True):
            await page.get_by_text("Mất kết nối, đang tự nối lại…").wait_for()
            seat_taken.set()
            async with asyncio.timeout(60):
                await tried_again.wait()
        await page.get_by_text("8 điểm cầu trong phòng").wait_for()

    assert await page.locator("#notice").is_hidden()


LEADER = {"user": {"id": "person-1", "name": "Văn thư", "affiliation": "owner"}}
AROUND = """
    (address) => {
        window.heard = [];
        addEventListener("message", ({ data }) => heard.push(data));
        const frame = document.createElement("iframe");
        frame.src = address;
        document.body.append(frame);
    }
"""
TOLD = "([name, on]) => heard.some((one) => one.event === name && one.on === on)"


async def test_a_mute_from_the_page_around_stops_the_sound_and_is_seen(browser, bridge, broken):
    one = await enter(await a_context(browser), bridge, a_hall(1), broken=broken)
    two = await enter(await a_context(browser), bridge, a_hall(2), broken=broken)
    around = await (await a_context(browser)).new_page()
    await around.goto(f"{bridge.public_url}/about/health")
    await around.evaluate(AROUND, f"{room_url(bridge)}#jwt={a_token(context=LEADER)}&control=1")
    await moves(one)
    before = await one.evaluate(HEAR, [REMOTE, True, 0])
    await around.wait_for_function("() => heard.filter((one) => one.event === 'came').length === 2")

    await around.evaluate(
        """() => {
            const { occupant } = heard.find((one) => one.name === "Điểm cầu 2");
            const wish = { source: "diemcau-control", command: "mute", occupant };
            document.querySelector("iframe").contentWindow.postMessage(wish, location.origin);
        }"""
    )
    await around.wait_for_function(TOLD, arg=["microphone", False])
    await two.get_by_text("Người điều hành đã tắt tiếng").wait_for()
    quiet = await one.evaluate(HEAR, [REMOTE, False, 2.5])
    enabled = await two.get_by_role("button", name="Micrô").get_attribute("aria-pressed")
    await two.keyboard.press("m")
    again = await one.evaluate(HEAR, [REMOTE, True, 0])

    assert (quiet, enabled) == (0, "false")
    assert min(before, again) > 0
    assert broken == []


TILES = """
    () => [...document.querySelectorAll(".tile")].map((tile) => {
        const outer = tile.getBoundingClientRect();
        const name = tile.querySelector("figcaption").getBoundingClientRect();
        const note = tile.querySelector(".note").getBoundingClientRect();
        return outer.height > 80 && outer.width > 140 && name.top >= outer.top
            && name.bottom <= outer.bottom && name.right <= outer.right && note.height > 0;
    })
"""


async def test_more_halls_than_fit_are_scrolled_through(browser, bridge):
    leader = a_token(context={"user": {"id": "person-1", "name": "Thư ký"}})
    page = await enter(await a_context(browser), bridge, leader, more="&control=1")
    async with AsyncExitStack() as stack:
        for number in range(1, 15):
            user = {"id": f"site-{number}", "name": "Hội trường Bộ Chỉ huy Quân sự tỉnh"}
            hall = SimulatedHall(room_url(bridge), a_token(context={"user": user}))
            await stack.enter_async_context(hall)
        await page.locator("figcaption").nth(13).wait_for()

        for width, height in ((1366, 768), (850, 480), (390, 300)):
            await page.set_viewport_size({"width": width, "height": height})
            assert await page.evaluate(TILES) == [True] * 14
            assert await page.evaluate("() => document.documentElement.scrollHeight") == height
        found = await Axe().run(page)
        assert [barrier["id"] for barrier in found.response["violations"]] == []
