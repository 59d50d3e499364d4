"""The views of the schedule in Chromium: light, dark, narrow and on paper, by keyboard too."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
import pytest_asyncio
from playwright.async_api import expect

from meetings.model import State
from meetings.office.workdays import ZONE
from tests.browser.conftest import LOOKS, SHOTS, SIZES
from tests.browser.sharing import on_one_loop
from tests.browser.test_pages import complaints, shoot
from tests.browser.weeks import a_busy_week
from tests.makers import a_conference

pytestmark = on_one_loop
HALF = timedelta(minutes=30)

VIEWS = (
    "/conferences",
    "/schedule/day?on={day}",
    "/schedule/week?on={day}",
    "/schedule/month?on={day}",
    "/schedule/leaders?on={day}",
    "/schedule/halls?on={day}",
    "/schedule/halls?on={day}&span=week",
    "/schedule/weekly?on={day}&unit=11.vpubnd",
)


@cache
def monday() -> datetime:
    """Return next week's Monday at local midnight, the same one even if midnight passes."""
    now = datetime.now(ZONE)
    day = (now - timedelta(days=now.weekday() - 7)).date()
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


@pytest_asyncio.fixture(loop_scope="session")
async def week(conn, bridge):
    _ = bridge
    async with conn.transaction():
        await a_busy_week(conn, monday())
    return {"day": f"{monday() + timedelta(days=2):%Y-%m-%d}"}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
async def test_views_give_nothing_to_complain_of(open_as, week, size, scheme):
    page = await open_as("admin", size=SIZES[size], color_scheme=scheme)
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)

    found = {}
    for path in VIEWS:
        answer = await page.goto(path.format(**week))
        assert answer.status == 200, path
        found[path] = await complaints(page)
        name = re.sub(r"\W+", "-", path.replace("?on={day}", "")).strip("-")
        await shoot(page, f"{name}-{size}-{scheme}")

    assert ({path: what for path, what in found.items() if what}, errors) == ({}, [])


async def test_bar_of_a_live_conference_lies_beside_the_others(open_as, week, conn):
    _ = week
    noon = monday() + timedelta(hours=12)
    live = await a_conference(conn, start=noon.astimezone(UTC), length=HALF, state=State.LIVE)
    page = await open_as("admin")

    await page.goto(f"/schedule/halls?on={monday():%Y-%m-%d}")

    lanes = await page.eval_on_selector_all(
        ".gantt .b", "bars => bars.map(bar => [bar.className, getComputedStyle(bar).gridRowStart])"
    )
    assert await page.locator(f'.b.live[href="/conferences/{live.id}"]').count() > 0
    assert {row for look, row in lanes if " l" not in look.replace(" live", "")} == {"1"}


async def test_views_are_printed_on_paper(open_as, week):
    page = await open_as("admin", size={"width": 1123, "height": 794})
    for path in VIEWS[1:]:
        await page.goto(path.format(**week))
        name = re.sub(r"\W+", "-", path.replace("?on={day}", "")).strip("-")
        SHOTS.mkdir(exist_ok=True)
        await page.pdf(path=SHOTS / f"{name}.pdf", prefer_css_page_size=True)
        await page.emulate_media(media="print")
        await shoot(page, f"{name}-print")

    assert (SHOTS / "schedule-week.pdf").read_bytes().startswith(b"%PDF")


async def test_keys_lead_back_and_forth_and_can_be_turned_off(open_as, week):
    page = await open_as("admin")
    await page.goto("/schedule/week?on=2026-12-02")

    for key, address in (
        ("ArrowRight", "/schedule/week?on=2026-12-09"),
        ("3", "/schedule/week?on=2026-12-09"),
        ("4", "/schedule/month?on=2026-12-09"),
    ):
        async with page.expect_navigation():
            await page.keyboard.press(key)
        assert page.url.endswith(address)
    await page.keyboard.press("?")
    await page.get_by_label("Dùng phím tắt").uncheck()
    await page.locator("h1").click()
    await page.keyboard.press("ArrowRight")

    assert page.url.endswith("/schedule/month?on=2026-12-09")


async def period_of(conn, conference):
    row = await conn.fetchrow(
        "SELECT lower(period) AS start, version FROM conferences WHERE id = $1", conference
    )
    return f"{row['start'].astimezone(ZONE):%H:%M}", row["version"]


async def first_of_day(conn, day):
    """Return the conference that holds the fewest halls that morning: nothing else is near."""
    return await conn.fetchval(
        "SELECT id FROM conferences WHERE lower(period) = $1 ORDER BY id LIMIT 1",
        monday() + timedelta(days=day, hours=14),
    )


async def test_bar_is_moved_with_the_keyboard_and_saved(open_as, week, conn):
    page = await open_as("secretary")
    await page.goto(f"/schedule/halls?on={monday():%Y-%m-%d}")
    conference = await first_of_day(conn, 0)
    bar = page.locator(f'[data-c="{conference}"]').first

    await bar.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Escape")
    left = await page.locator("[data-moving]:visible").count()
    await page.keyboard.press("ArrowRight")
    said = await page.locator("#gantt-note").inner_text()
    moving = await bar.inner_text()
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#gantt-note.ok")

    assert (left, "14:15 – 16:15. Enter để lưu" in said) == (0, True)
    words = "14:15–16:15 Tập huấn kỹ năng số cho cán bộ kỹ thuật cấp xã"
    tip = f"{words} (Sở Khoa học và Công nghệ)"
    assert (moving, await bar.inner_text(), await bar.get_attribute("title")) == (words, words, tip)
    assert (await page.locator(".peek").inner_text()).endswith(f": {tip}")
    assert await period_of(conn, conference) == ("14:15", 2)


async def test_bar_that_clashes_goes_back_and_names_who_holds_the_hall(open_as, week, conn):
    page = await open_as("secretary")
    await page.goto(f"/schedule/halls?on={monday():%Y-%m-%d}")
    conference = await first_of_day(conn, 0)
    bar = page.locator(f'[data-c="{conference}"]').last
    before = await bar.bounding_box()

    await bar.focus()
    for _ in range(16):
        await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#gantt-note.bad")

    await expect(page.locator("#gantt-note")).to_be_in_viewport(ratio=1)
    reasons = await page.locator("#gantt-note li").all_inner_texts()
    assert await period_of(conn, conference) == ("14:00", 1)
    assert await bar.bounding_box() | {"y": 0} == before | {"y": 0}
    assert (len(reasons), all("Văn phòng UBND tỉnh giữ, 08:00 – 10:30" in r for r in reasons)) == (
        5,
        True,
    )


async def test_bar_is_dragged_with_the_mouse(open_as, week, conn):
    page = await open_as("secretary")
    await page.goto(f"/schedule/halls?on={monday():%Y-%m-%d}")
    conference = await first_of_day(conn, 0)
    bar = page.locator(f'[data-c="{conference}"]').first
    await bar.scroll_into_view_if_needed()
    box = await bar.bounding_box()
    hour = box["width"] / 2

    await page.mouse.move(box["x"] + 20, box["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 20 + hour, box["y"] + 12, steps=6)
    await page.mouse.up()
    await page.wait_for_selector("#gantt-note.ok")

    assert page.url.endswith(f"on={monday():%Y-%m-%d}")
    assert await period_of(conn, conference) == ("15:00", 2)


async def test_field_that_finds_a_hall_leaves_its_button_in_sight(open_as, week):
    page = await open_as("secretary", size=SIZES["narrow"])
    await page.goto("/schedule/halls")

    field = await page.locator("#find").bounding_box()
    button = await page.locator("form[role=search]:has(#find) .btn").bounding_box()

    apart = (
        field["x"] + field["width"] <= button["x"] or field["y"] + field["height"] <= button["y"]
    )
    assert apart, (field, button)


async def test_halls_are_narrowed_while_typing(open_as, week):
    page = await open_as("secretary")
    await page.goto("/schedule/halls")

    await page.fill("#find", "muong nhe")

    assert await page.locator(".gantt tbody tr:not(.group-row):visible th").all_inner_texts() == [
        "Mường Nhé"
    ]


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
async def test_booking_form_shows_clashes_while_typing(open_as, week, size, scheme):
    page = await open_as("secretary", size=SIZES[size], color_scheme=scheme)
    await page.goto("/conferences/new")
    await page.fill("#date", f"{monday():%d/%m/%Y}")
    await page.check('[name=groups][value="all-communes"]')
    await page.locator("#free .wrong", has_text="46 điểm cầu").wait_for()
    clashing = await page.locator("#free-said").inner_text()
    await page.locator("#free").scroll_into_view_if_needed()
    await shoot(page, f"booking-grid-{size}-{scheme}")
    found = await complaints(page)

    await page.fill("#start", "10h30")
    await page.focus("#end")
    before = await page.evaluate("scrollY")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("12h")
    # What is typed meanwhile is answered too; the last answer is the one that counts.
    last = page.locator("#free-said", has_text="từ 10:30 đến 12:00")
    await last.wait_for(state="attached")
    await page.wait_for_selector("#free .fine")
    stayed = await page.evaluate("scrollY") == before
    await page.select_option("#chair_id", index=1)
    await page.locator("#free-said", has_text="1 lãnh đạo chưa có lịch").wait_for(state="attached")

    assert (found, stayed) == ([], True)
    assert "46 điểm cầu đã có lịch trong khoảng 08:00" in clashing
    assert "đều trống từ 10:30 đến 12:00" in await page.locator("#free-said").inner_text()
