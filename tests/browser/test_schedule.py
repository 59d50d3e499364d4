"""The views of the schedule in Chromium: light, dark, narrow and on paper, by keyboard too."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from meetings.workdays import ZONE
from tests.browser.conftest import NARROW, SHOTS, WIDE
from tests.browser.test_pages import complaints, shoot
from tests.browser.weeks import a_busy_week

VIEWS = (
    "/conferences",
    "/schedule/day?on={day}",
    "/schedule/week?on={day}",
    "/schedule/month?on={day}",
    "/schedule/leaders?on={day}",
)
SIZES = {"wide": WIDE, "narrow": NARROW}


def monday() -> datetime:
    """Return next week's Monday at local midnight."""
    now = datetime.now(ZONE)
    day = (now - timedelta(days=now.weekday() - 7)).date()
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


@pytest.fixture
async def week(conn, bridge):
    _ = bridge
    async with conn.transaction():
        await a_busy_week(conn, monday())
    return {"day": f"{monday() + timedelta(days=2):%Y-%m-%d}"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_views_give_nothing_to_complain_of(open_as, week, size, scheme):
    page = await open_as("admin", size=SIZES[size], color_scheme=scheme)
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)

    found = {}
    for path in VIEWS:
        answer = await page.goto(path.format(**week))
        assert answer.status == 200, path
        found[path] = await complaints(page)
        name = re.sub(r"\W+", "-", path.partition("?on")[0]).strip("-")
        await shoot(page, f"{name}-{size}-{scheme}")

    assert ({path: what for path, what in found.items() if what}, errors) == ({}, [])


async def test_views_are_printed_on_paper(open_as, week):
    page = await open_as("admin")
    for path in VIEWS[1:]:
        await page.goto(path.format(**week))
        name = re.sub(r"\W+", "-", path.partition("?on")[0]).strip("-")
        await page.pdf(path=SHOTS / f"{name}.pdf", prefer_css_page_size=True)

    assert (SHOTS / "schedule-week.pdf").read_bytes().startswith(b"%PDF")


async def test_keys_lead_back_and_forth_and_can_be_turned_off(open_as, week):
    page = await open_as("admin")
    await page.goto("/schedule/week?on=2026-12-02")

    await page.keyboard.press("ArrowRight")
    await page.wait_for_url("**/schedule/week?on=2026-12-09")
    await page.keyboard.press("3")
    await page.wait_for_url("**/schedule/week?on=2026-12-09")
    await page.keyboard.press("4")
    await page.wait_for_url("**/schedule/month?on=2026-12-09")
    await page.keyboard.press("?")
    await page.get_by_label("Dùng phím tắt").uncheck()
    await page.locator("h1").click()
    await page.keyboard.press("ArrowRight")

    assert page.url.endswith("/schedule/month?on=2026-12-09")
