"""What was long once ran off the screen: nothing holds more than it is wide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bridges.receiving.held import Pile, Why
from bridges.store.quarantine import Report, save_report
from tests.browser.conftest import SIZES
from tests.browser.sharing import on_one_loop
from tests.browser.test_schedule import monday
from tests.makers import a_conference, a_person, a_site, a_unit

pytestmark = on_one_loop

CLIPPED = """() => [document.documentElement, ...document.querySelectorAll(".card, .calendar h2")]
    .filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => `${one.tagName}: ${one.scrollWidth} > ${one.clientWidth}`)"""
"""What holds more than it is wide: the page, a card, the head of a day."""


OFF = """() => [...document.querySelectorAll("main details.ask")].map((one) => {
    one.open = true;
    const { left, right } = one.lastElementChild.getBoundingClientRect();
    one.open = false;
    return [left, right];
  }).filter(([left, right]) => left < 0 || right > innerWidth)"""
"""What asks once more beyond an edge of the screen, where nobody can answer it."""


async def test_long_titles_of_a_sunday_widen_no_view(open_as, bridge, conn):
    site = await a_site(conn, "Sín Thầu")
    sunday = (monday() + timedelta(days=6)).astimezone(UTC)
    for hour in (7, 14):
        await a_conference(
            conn,
            sites=[site.id],
            start=sunday + timedelta(hours=hour),
            length=timedelta(minutes=30),
            title="Tổng kết năm học và triển khai nhiệm vụ năm học mới của toàn ngành",
        )
    page = await open_as("admin")

    found = {}
    for view in ("week", "month"):
        await page.goto(f"/schedule/{view}?on={monday():%Y-%m-%d}")
        found[view] = await page.evaluate(CLIPPED)

    assert found == {"week": [], "month": []}


async def test_long_name_of_a_hall_stays_on_a_narrow_screen(open_as, bridge, conn):
    unit = await a_unit(conn, "11.vpubnd")
    await conn.execute(
        "UPDATE sites SET name = $2 WHERE unit_id = $1",
        unit.id,
        "Phòng họp trực tuyến tầng 2 nhà B của Văn phòng Ủy ban nhân dân tỉnh",
    )
    page = await open_as("admin", size=SIZES["narrow"])

    await page.goto("/units/11.vpubnd")

    assert await page.evaluate(CLIPPED) == []


async def test_what_asks_once_more_is_seen_whole(open_as, bridge, conn):
    await a_person(conn)
    now = datetime.now(UTC)
    held = {"trial": {Why.UNREADABLE: Pile(records=1, since=now.timestamp())}}
    await save_report(conn, "spool", Report(depth=0, lag=0, held=held, outcomes={}), now)

    off = {}
    for size, view in SIZES.items():
        page = await open_as("admin", size=view)
        for address in ("/bridge/trial", "/people"):
            await page.goto(address)
            assert await page.locator("main details.ask").count()
            off[size, address] = await page.evaluate(OFF)

    assert not any(off.values()), off
