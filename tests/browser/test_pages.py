"""Every page in Chromium: wide and narrow, light and dark, nothing to complain of."""

from __future__ import annotations

import os
import re

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe

from tests.browser.conftest import LOOKS, SHOTS, SIZES, WIDE
from tests.browser.sharing import on_one_loop
from tests.makers import some_sites
from tests.web.pages.furnished import PRESENT, furnish, now

pytestmark = on_one_loop

PAGES = (
    "/",
    "/conferences",
    "/conferences/new",
    "/conferences/{past}",
    "/conferences/{past}/sheet",
    "/conferences/{soon}",
    "/conferences/{soon}/change",
    "/conferences/{soon}/agenda",
    "/conferences/{soon}/tiers",
    "/conferences/{soon}/documents",
    "/conferences/{soon}/recordings",
    "/conferences/{soon}/copy",
    "/templates",
    "/templates/{template}/poll",
    "/polls",
    "/polls/{poll}",
    "{asked_unit}",
    "/conferences/{soon}/line-test",
    "/conferences/{soon}/control",
    "/conferences/{soon}/upstream",
    "/conferences/{soon}/control/dial",
    "/conferences/{soon}/links",
    "/conferences/{soon}/links/qr",
    "/office-calendar",
    "/policies?unit=11.vpubnd",
    "/series",
    "/series/{series}",
    "/series/{series}/change",
    "/submissions/{submission}",
    "/conferences/{asked}",
    "/conferences/{asked}/history",
    "/conferences/{asked}/hand-over",
    "/approvals",
    "/approval-chains",
    "/deputies",
    "/sites",
    "/sites/1",
    "/sites/1/gateway",
    "/sites/1/history",
    "/units",
    "/units?on=2025-06-30",
    "/units/03158",
    "/units/03158/defaults",
    "/import",
    "/corrections",
    "/corrections/new?kind=site&record=1",
    "/groups",
    "/groups/new",
    "/officials",
    "/officials/{official}",
    "/lines",
    "/lines/new",
    "/lines/{line}",
    "/board",
    "/report",
    "/bridges",
    "/bridge/trial",
    "/people",
    "/audit",
)
SERIOUS = {"serious", "critical"}


async def complaints(page):
    """Return what axe finds serious, and whether the page is wider than its window."""
    result = await Axe().run(page)
    found = [one["id"] for one in result.response["violations"] if one["impact"] in SERIOUS]
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return found + ["wider than the window"] * await page.evaluate(wide)


async def shoot(page, name):
    """Take a picture for who wants to look at the pages: `SHOOT=1 pytest tests/browser`."""
    if "SHOOT" in os.environ:
        await page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")


@pytest_asyncio.fixture(loop_scope="session")
async def stage(conn, bridge, keyring):
    """Have something on every page."""
    _ = bridge
    return await furnish(conn, keyring)


@pytest.mark.long
@pytest.mark.parametrize(("size", "scheme"), LOOKS)
async def test_pages_give_nothing_to_complain_of(open_as, stage, size, scheme):
    page = await open_as("admin", size=SIZES[size], color_scheme=scheme)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)

    found = {}
    for path in PAGES:
        answer = await page.goto(path.format(**stage))
        assert answer.status == 200, path
        found[path] = await complaints(page)
        name = re.sub(r"\W+", "-", path).strip("-") or "today"
        await shoot(page, f"{name}-{size}-{scheme}")

    assert ({path: what for path, what in found.items() if what}, errors) == ({}, [])


@pytest.mark.parametrize("size", SIZES)
async def test_hall_pages_give_nothing_to_complain_of(open_as, stage, size):
    page = await open_as(None, size=SIZES[size], color_scheme="dark")
    await page.goto(stage["hall"])
    await page.click("[data-test]")
    await page.wait_for_selector("[data-check=camera].ok")
    await shoot(page, f"hall-{size}")

    assert await complaints(page) == []


async def test_sign_in_page_gives_nothing_to_complain_of(open_as):
    page = await open_as(None)
    await page.goto("/sign-in")
    await shoot(page, "sign-in")

    assert await complaints(page) == []


async def test_45_halls_fit_on_the_screen_without_scrolling(open_as, stage):
    page = await open_as("secretary")
    await page.goto(f"/conferences/{stage['past']}")

    last = page.locator(".tiles .tile").last
    box = await last.bounding_box()

    assert box["y"] + box["height"] <= WIDE["height"]


async def test_group_ticks_its_halls_and_search_ignores_diacritics(open_as):
    page = await open_as("secretary")
    await page.goto("/conferences/new")
    await page.check('[name=groups][value="all-communes"]')
    await page.fill("#find", "muong nhe")

    shown = await page.locator(".sites li:visible").all_inner_texts()
    chosen = await page.locator("[name=sites]:checked").count()

    assert ([text.strip() for text in shown], chosen) == (["Mường Nhé"], 45)


async def test_booking_by_keyboard_reaches_the_conference(open_as):
    page = await open_as("secretary")
    await page.goto("/conferences/new")
    await page.focus("#title")
    await page.keyboard.type("Họp giao ban tuần")
    await page.focus('[name=groups][value="all-wards"]')
    await page.keyboard.press("Space")
    await page.focus("#secrecy")
    await page.keyboard.press("Space")
    await page.focus("#title")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    if await page.locator("[name=accepted]").count():
        await page.focus("[name=accepted]")
        await page.keyboard.press("Enter")

    await page.wait_for_url(re.compile(r"/conferences/\d+\?said=booked"))

    assert await page.locator("h1").inner_text() == "Họp giao ban tuần"


BEHIND = """() => {
    const it = document.activeElement, bar = document.querySelector(".tail");
    const top = bar.getBoundingClientRect().top;
    return !bar.contains(it) && it.getBoundingClientRect().bottom > top ? it.id : "";
}"""


@pytest.mark.parametrize("size", SIZES)
async def test_what_has_the_focus_is_never_behind_the_bar_of_buttons(open_as, size):
    page = await open_as("secretary", size=SIZES[size])
    await page.goto("/conferences/new")
    await page.focus("#title")

    behind = []
    while await page.evaluate("document.activeElement.id") != "secrecy":
        await page.keyboard.press("Tab")
        behind.append(await page.evaluate(BEHIND))

    assert [field for field in behind if field] == []


async def test_dates_that_would_move_are_seen_before_they_do(open_as, stage, conn):
    own = "UPDATE conferences SET title = 'Họp tháng 12' WHERE series_id = $1 AND occurrence = $2"
    days = "SELECT occurrence FROM conferences WHERE series_id = $1 ORDER BY occurrence"
    dates = [row["occurrence"] for row in await conn.fetch(days, stage["series"])]
    await conn.execute(own, stage["series"], dates[-1])
    page = await open_as("admin", color_scheme="dark")
    found = []
    for size in SIZES:
        await page.set_viewport_size(SIZES[size])
        await page.goto(f"/series/{stage['series']}/change")
        await page.select_option("#repeat", "biweekly")
        await page.fill("#start", "14h")
        await page.fill("#end", "15h30")
        await page.click(".tail button.btn")
        await shoot(page, f"series-preview-{size}")
        found += await complaints(page)
    moved = await page.locator("tbody tr").count()
    await page.focus("[name=confirm]")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/series/\d+\?said=series-changed"))

    held = await page.locator("tbody tr").count()
    assert (found, moved > 0, held >= moved) == ([], True, True)


async def test_tile_changes_in_place_when_a_hall_comes(open_as, stage, conn):
    page = await open_as("secretary")
    await page.goto(f"/conferences/{stage['soon']}")
    site = (await some_sites(conn, 1))[0]
    tile = page.locator(f"#t-{site}")
    before = await tile.get_attribute("class")

    await conn.execute(PRESENT, stage["soon"], [site], now(), None)
    # News may come before the page has begun to listen; it is told until it is heard.
    for _ in range(400):
        await conn.execute("SELECT pg_notify('diemcau', $1)", f"conference:{stage['soon']}")
        if await tile.evaluate("tile => tile.classList.contains('ok')"):
            break
        await page.wait_for_timeout(250)

    assert before == "tile dim"
    assert "ok" in (await tile.get_attribute("class")).split()


async def test_form_works_without_scripts(open_as):
    page = await open_as("secretary", java_script_enabled=False)
    await page.goto("/conferences/new")
    await page.fill("#title", "Họp không có kịch bản")
    await page.check('[name=groups][value="all-wards"]')
    await page.check("#secrecy")
    async with page.expect_navigation():
        await page.click("form#booking .tail button:not([name])")
    if await page.locator("[name=accepted]").count():
        async with page.expect_navigation():
            await page.click("[name=accepted]")

    assert await page.locator("h1").inner_text() == "Họp không có kịch bản"
