"""Halls and a control page in a real browser, in a real Prosody by a real lib-jitsi-meet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetings.store import Connection
from tests.failover import utc_now
from tests.faults.jitsi_pages import NEEDED, Windows, meeting, windows
from tests.faults.jitsi_server import PROSODY
from tests.faults.jitsi_venue import BOTH, JITSIS, PATIENCE_SECONDS, Booked, Venue, staged

pytestmark = [
    pytest.mark.skipif(PROSODY is None, reason="Debian's prosody is not installed"),
    NEEDED,
]
NAMES = "() => meeting.getParticipants().map((one) => one.getDisplayName())"
LISTS = "SELECT count(*) FROM evidence WHERE conference_id = $1 AND kind = 'roster'"
MUTED = "() => meeting.getLocalAudioTrack().isMuted()"


async def listed(stage: Venue, booked: Booked, more: int) -> None:
    """Wait until the bridge has told some more times who is in."""
    before = await stage.conn.fetchval(LISTS, booked.id)
    async with asyncio.timeout(PATIENCE_SECONDS * 2):
        while await stage.conn.fetchval(LISTS, booked.id) < before + more:
            await asyncio.sleep(0.2)


@pytest.fixture
async def desk(
    places: tuple[str, ...], database: str, owner_database: str, conn: Connection, scratch: Path
) -> AsyncIterator[Windows]:
    """Give a browser before a venue with these modules; Jitsi's script knows https alone."""
    async with (
        staged(places, database, owner_database, conn, scratch) as stage,
        windows(stage) as made,
    ):
        await conn.execute("UPDATE bridges SET public_url = $1", f"https://127.0.0.1:{stage.port}")
        yield made


@BOTH
async def test_halls_come_in_by_their_pages_and_the_sheet_is_true(desk: Windows):
    stage = desk.stage
    booked = await stage.book()
    chair, other, absent = booked.sites
    first, seen_by_chair = await desk.hall(booked, chair)
    second, seen_by_other = await desk.hall(booked, other)
    await seen_by_other.evaluate("meeting.setDisplayName('Giả danh')")
    await stage.until_told(booked, "created", "joined", "joined")
    sheet = await stage.presence(booked)
    assert {site: [one.end for one in stays] for site, stays in sheet.items()} == {
        chair: [None],
        other: [None],
    }
    assert await seen_by_other.evaluate(NAMES) == ["Điện Biên Phủ"]
    assert await seen_by_chair.evaluate(NAMES) not in (["Giả danh"], [None])

    await second.click("a.btn.second")
    await stage.until_told(booked, "created", "joined", "joined", "left")
    cut = utc_now()
    await first.close()
    await stage.until_told(booked, "created", "joined", "joined", "left", "left", "destroyed")
    sheet = await stage.presence(booked)
    assert absent not in sheet
    assert all(len(stays) == 1 and stays[0].end is not None for stays in sheet.values())
    assert (sheet[other][0].end or cut) <= cut


@BOTH
async def test_a_control_page_leads_those_who_are_in(desk: Windows):
    stage = desk.stage
    booked = await stage.book()
    other = booked.sites[1]
    await stage.conn.execute("UPDATE bridges SET jibri_urls = '{http://127.0.0.1:9}'")
    _, hall = await desk.hall(booked, other)
    page, _ = await desk.leader(booked)

    await page.get_by_text("1 micrô đang bật").wait_for()
    await page.locator(f"[data-site='{other}'] button").click()
    await page.get_by_text("Đã xong: đã thấy trong phòng họp.").wait_for()
    assert await hall.evaluate(MUTED)
    await page.click("[data-action=record-start]")
    await page.get_by_text("Chưa làm: máy ghi hình của cầu").wait_for()
    assert set(await stage.presence(booked)) == {other}


@pytest.mark.parametrize("places", [JITSIS])
async def test_a_lobby_lets_halls_pass_and_who_is_sent_out_stays_out(desk: Windows):
    stage = desk.stage
    booked = await stage.book()
    chair, other, _ = booked.sites
    page, leads = await desk.leader(booked)
    await page.click("[data-action=lobby-on]")
    await leads.wait_for_function("() => meeting.room.membersOnlyEnabled")
    await desk.hall(booked, chair)
    hall, _ = await desk.hall(booked, other)
    await stage.until(booked, lambda it: set(it) == {chair, other})

    path = f"/conferences/{booked.id}/actions/remove"
    await stage.call("POST", path, {"site": other})
    sheet = await stage.until(booked, lambda it: it[other][-1].end is not None)
    await hall.locator("iframe").wait_for(state="detached")
    assert await hall.locator("form[action$='/enter']").count() == 0
    assert sheet[chair][-1].end is None


@pytest.mark.parametrize("places", [JITSIS])
async def test_a_hall_whose_line_is_cut_is_out_until_it_is_back(desk: Windows):
    stage = desk.stage
    booked = await stage.book()
    other, chair, _ = booked.sites
    async with stage.hall(booked, other):
        page, _ = await desk.hall(booked, chair)
        await stage.until_told(booked, "created", "joined", "joined")
        await listed(stage, booked, 1)
        cut = utc_now().replace(microsecond=0)
        desk.line.cut()
        await stage.until_told(booked, "created", "joined", "joined", "left")
        gone = utc_now()
        # Its page hears nothing of the cut, and says as before that it is in.
        await listed(stage, booked, 3)
        mended = utc_now().replace(microsecond=0)
        desk.line.mend()
        await stage.until_told(booked, "created", *["joined"] * 3, "left")
        await meeting(page)
        sheet = await stage.until(
            booked, lambda it: len(it[chair]) == 2 and it[chair][1].start >= mended
        )
        assert [one.end for one in sheet[other]] == [None]
        went = sheet[chair][0].end
        assert went is not None
        assert cut <= went <= gone
        assert sheet[chair][1].end is None


@BOTH
async def test_a_bridge_that_dies_and_comes_back_finds_its_halls_again(desk: Windows):
    stage = desk.stage
    booked = await stage.book()
    chair, _, _ = booked.sites
    page, _ = await desk.hall(booked, chair)
    await stage.until_told(booked, "created", "joined")
    await stage.kill()
    killed = utc_now()
    await stage.start()
    await stage.until_told(booked, *["created"] * 2, *["joined"] * 2)
    await meeting(page)
    sheet = await stage.until(booked, lambda it: it[chair][-1].end is None)
    assert all(one.end is None or one.end <= killed for one in sheet[chair])
    assert sheet[chair][-1].start >= killed.replace(microsecond=0)
