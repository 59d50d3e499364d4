"""The whole way in a real browser: sign in, book 45 sites, two halls see each other, the sheet."""

import csv
import datetime as dt
import io
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from icalendar import Calendar
from openpyxl import load_workbook
from playwright.async_api import Browser, BrowserContext, Frame, Page

from bridges.trial.simulate import SimulatedHall
from meetings.office.workdays import ZONE
from tests.browser.sharing import on_one_loop, patient
from tests.browser.test_pages import complaints
from tests.hearing import HEAR
from tests.ports import free_ports
from tests.service import Service, speaking

pytestmark = on_one_loop

SHOTS = Path(__file__).parent / "shots"
PASSWORD = "mot cau that dai de nho"
TITLE = "Họp khẩn ứng phó mưa lũ, sạt lở đất"
FRAMES = 20
OTHER = "video[data-occupant]"
ENOUGH = dt.timedelta(minutes=20)

FRAMES_SEEN = """() => {
    const video = document.querySelector("video[data-occupant]");
    const frames = video ? video.getVideoPlaybackQuality().totalVideoFrames : 0;
    return frames >= %d ? frames : 0;
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def served(scratch: Path) -> AsyncIterator[Service]:
    found = Service(scratch, *free_ports())
    try:
        await found.start()
        await found.ready()
        yield found
    finally:
        await found.stop()


async def a_context(browser: Browser) -> BrowserContext:
    return patient(
        await browser.new_context(
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": 1366, "height": 768},
            permissions=["camera", "microphone"],
        )
    )


async def sign_in(page: Page, served: Service) -> None:
    welcome = re.search(rf"{served.url}/welcome/\S+", served.said())
    assert welcome
    await page.goto(welcome[0])
    await page.fill("#password", PASSWORD)
    await page.fill("#again", PASSWORD)
    await page.click("main form button")
    await page.wait_for_url(f"{served.url}/")


async def book(page: Page, served: Service) -> str:
    """Book the 45 communes for now, as a person does; return the conference's address."""
    now = dt.datetime.now(ZONE)
    midnight = now.replace(hour=23, minute=59)
    if now > midnight - ENOUGH:
        return await book_over_midnight(served, now)
    start = max(now - dt.timedelta(minutes=3), now.replace(hour=0, minute=0))
    end = min(now + dt.timedelta(hours=2), midnight, key=dt.datetime.timestamp)
    await page.goto(f"{served.url}/conferences/new")
    await page.fill("[name=title]", TITLE)
    await page.select_option("[name=kind]", "urgent")
    await page.fill("[name=chair]", "Phó Chủ tịch UBND tỉnh")
    await page.fill("[name=date]", f"{now:%d/%m/%Y}")
    await page.fill("[name=start]", f"{start:%H:%M}")
    await page.fill("[name=end]", f"{end:%H:%M}")
    box = page.locator("[name=groups][value=all-communes]")
    if not await box.is_checked():
        await box.check()
    await page.check("[name=secrecy]")
    async with page.expect_navigation():
        await page.click("#booking .tail button:not([name])")
    if await page.locator("[name=accepted]").count():
        await page.click("[name=accepted]")
    await page.wait_for_url(re.compile(r"/conferences/\d+"))
    return page.url.split("?", maxsplit=1)[0]


async def book_over_midnight(served: Service, now: dt.datetime) -> str:
    """Book by program what the form's one day has no room for any more."""
    wish = {
        "title": TITLE,
        "kind": "urgent",
        "groups": ["all-communes"],
        "main_site": 1,
        "start": (now - dt.timedelta(minutes=3)).isoformat(),
        "end": (now + dt.timedelta(hours=2)).isoformat(),
    }
    async with (
        speaking(served.url, await served.token()) as http,
        http.post("/api/v1/conferences", json=wish) as answer,
    ):
        assert answer.status == 201, await answer.text()
        return f"{served.url}/conferences/{(await answer.json())['id']}"


async def links(page: Page, conference: str) -> dict[str, str]:
    """Return the link of each hall."""
    await page.goto(f"{conference}/links")
    found = page.locator("input[data-link]")
    names = await found.evaluate_all("all => all.map(one => one.dataset.label)")
    urls = await found.evaluate_all("all => all.map(one => one.value)")
    return dict(zip(names, urls, strict=True))


async def enter(page: Page, link: str) -> Frame:
    """Open a hall's link, press the one button, and return the room's frame."""
    await page.goto(link)
    await page.click("form[action$='/enter'] button")
    handle = await page.wait_for_selector("iframe")
    frame = await handle.content_frame() if handle else None
    assert frame
    return frame


async def frames(frame: Frame, least: int) -> int:
    """Wait until so many frames of the other hall were drawn; return how many."""
    seen = await frame.wait_for_function(FRAMES_SEEN % least, timeout=120_000)
    return int(await seen.json_value())


@asynccontextmanager
async def other_halls(
    served: Service, conference: str, besides: set[str]
) -> AsyncIterator[list[SimulatedHall]]:
    """Let every other hall but two join over the wire, for as long as the block."""
    path = f"/api/v1/conferences/{conference}"
    async with speaking(served.url, await served.token()) as http, AsyncExitStack() as halls:
        async with http.get(f"{path}/sheet") as answer:
            rows = (await answer.json())["rows"]
        inside = []
        for row in [row for row in rows if row["label"] not in besides][:-2]:
            async with http.post(f"{path}/admissions", json={"site": row["site"]}) as answer:
                pass_ = await answer.json()
            hall = SimulatedHall(f"{served.url}/trial/{pass_['room']}", pass_["token"])
            inside.append(await halls.enter_async_context(hall))
        yield inside


async def lead(
    office: BrowserContext, conference: str, hall: str, frame: Frame, *, heard_by: Frame
) -> None:
    """Mute a hall from the control page: the others hear nothing more, and the page has seen it."""
    page = await office.new_page()
    await page.goto(f"{conference}/control")
    await page.click("[data-connect]")
    row = page.locator(".leads li", has_text=hall)
    await row.get_by_text("micrô đang bật").wait_for(timeout=120_000)
    assert await heard_by.evaluate(HEAR, [OTHER, True, 0]) > 0

    await row.get_by_role("button").click()
    await page.get_by_text("Đã xong: đã thấy trong phòng họp.").wait_for(timeout=120_000)
    await row.get_by_text("đã tắt tiếng").wait_for()
    assert await heard_by.evaluate(HEAR, [OTHER, False, 2.5]) == 0
    assert await frame.locator("#microphone").get_attribute("aria-pressed") == "false"

    told = page.locator("#l-asked li", has_text=f"Tắt tiếng một điểm cầu ({hall}): đã xong")
    await told.wait_for(timeout=120_000)
    assert await complaints(page) == []
    SHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SHOTS / "control.png")
    await page.close()


async def downloaded(page: Page, path: str) -> bytes:
    answer = await page.context.request.get(path)
    assert answer.status == 200, path
    return await answer.body()


async def api(served: Service, path: str) -> dict[str, object]:
    async with speaking(served.url, await served.token()) as http, http.get(path) as answer:
        assert answer.status == 200
        found: dict[str, object] = await answer.json()
        return found


def seconds_between(rows: list[dict[str, object]], label: str) -> tuple[dt.datetime, dt.datetime]:
    row = next(row for row in rows if row["label"] == label)
    intervals = row["intervals"]
    assert isinstance(intervals, list)
    assert len(intervals) == 1
    return (
        dt.datetime.fromisoformat(intervals[0]["from"]),
        dt.datetime.fromisoformat(intervals[0]["to"]),
    )


@pytest.mark.long
async def test_the_whole_way_from_a_wish_to_attendance(served, browser):
    office = await (await a_context(browser)).new_page()
    await sign_in(office, served)
    conference = await book(office, served)
    urls = await links(office, conference)
    assert len(urls) >= 45
    first_name, second_name = [name for name in urls if name in {"Sín Thầu", "Mường Nhé"}]

    await office.goto(conference)
    first = await (await a_context(browser)).new_page()
    second = await (await a_context(browser)).new_page()
    began = dt.datetime.now(dt.UTC)
    first_frame = await enter(first, urls[first_name])
    second_frame = await enter(second, urls[second_name])

    seen = [await frames(first_frame, FRAMES), await frames(second_frame, FRAMES)]
    later = [
        await frames(first_frame, seen[0] + FRAMES),
        await frames(second_frame, seen[1] + FRAMES),
    ]
    assert all(after > before for before, after in zip(seen, later, strict=True))

    await lead(office.context, conference, second_name, second_frame, heard_by=first_frame)

    tile = office.locator("#l-tiles .tile", has_text=first_name)
    await tile.and_(office.locator(".ok")).wait_for(timeout=120_000)
    entered = dt.datetime.now(dt.UTC)
    id_ = conference.rsplit("/", 1)[1]
    async with other_halls(served, id_, {first_name, second_name}) as halls:
        await halls[0].cut()
        await office.locator("#l-tiles .tile.ok").nth(len(halls)).wait_for(timeout=120_000)
        await office.locator("#l-tiles .tile.bad").wait_for(timeout=120_000)
        await office.wait_for_function("() => document.getAnimations().length === 0")
        SHOTS.mkdir(exist_ok=True)
        await office.screenshot(path=SHOTS / "conference.png")

    leaving = dt.datetime.now(dt.UTC)
    await first.click("header a.btn")
    await second.click("header a.btn")
    await tile.and_(office.locator(".bad")).wait_for(timeout=120_000)
    left = dt.datetime.now(dt.UTC)

    sheet = await api(served, f"/api/v1/conferences/{id_}/sheet")
    rows = sheet["rows"]
    assert isinstance(rows, list)
    second_long = dt.timedelta(seconds=1)
    for name in (first_name, second_name):
        start, end = seconds_between(rows, name)
        assert began - second_long <= start <= entered
        assert leaving - second_long <= end <= left

    await office.goto(f"{conference}/sheet")
    await office.screenshot(path=SHOTS / "sheet.png")
    text = (await downloaded(office, f"{conference}/sheet.csv")).decode("utf-8-sig")
    assert {first_name, second_name} <= {
        cell for row in csv.reader(io.StringIO(text)) for cell in row
    }
    book_ = load_workbook(io.BytesIO(await downloaded(office, f"{conference}/sheet.xlsx")))
    page_one = book_.worksheets[0]
    cells = {cell for row in page_one.iter_rows(values_only=True) for cell in row}
    assert {first_name, second_name} <= cells
    event = Calendar.from_ical(await downloaded(office, f"{conference}.ics")).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == TITLE
