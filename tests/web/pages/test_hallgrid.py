"""Halls × hours: every hall has its row, every conference its bar, and the page stays small."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest

from meetings.directory.finding import find_sites
from tests.makers import MONDAY_EIGHT, a_conference, a_site

ON = "2026-11-30"
MOST_BYTES = 150_000
LARGEST_PROVINCE = 168
MORE_HALLS = """
    INSERT INTO sites (unit_id, name, name_key, folded, valid)
    SELECT u.id, 'Hội trường ' || n, 'hoi truong ' || n, 'hoi truong ' || n, '[2020-01-01,)'
      FROM units u, generate_series(1, $1::int) AS n
     WHERE u.code = '11.snv'
"""
BAR = re.compile(r'<(a|span) class="b (\w+)[^"]*"([^>]*)>([^<]*)<')


async def a_large_week(conn) -> None:
    """Fill the largest province's halls with two conferences on each working day."""
    found = await find_sites(conn, on=MONDAY_EIGHT.date(), limit=500)
    await conn.execute(MORE_HALLS, LARGEST_PROVINCE - len(found))
    halls = [site.id for site in await find_sites(conn, on=MONDAY_EIGHT.date(), limit=500)]
    async with conn.transaction():
        for day in range(5):
            for hour in (0, 6):
                await a_conference(
                    conn,
                    sites=halls,
                    start=MONDAY_EIGHT + timedelta(days=day, hours=hour),
                    title=f"Hội nghị trực tuyến toàn tỉnh triển khai nhiệm vụ {day}-{hour}",
                )


@pytest.mark.parametrize("span", ["day", "week"])
async def test_bar_of_ones_own_leads_to_its_change(client_for, conn, bridge, span):
    start = MONDAY_EIGHT.replace(year=2099)
    conference = await a_conference(conn, start=start, length=timedelta(hours=3))
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/halls?on={start:%Y-%m-%d}&span={span}")).text()

    bars = BAR.findall(text)
    assert len(bars) == 3
    assert {
        (look, f'/conferences/{conference.id}/change"' in rest) for _, look, rest, _ in bars
    } == {("plan", True)}
    assert f'data-conference="{conference.id}" data-version="1"' in text


async def test_bar_of_others_tells_holder_and_period_only(client_for, conn, bridge):
    conference = await a_conference(conn, title="Giao ban kín")
    stranger = await client_for("secretary", unit=(await a_site(conn, "Sín Thầu")).unit_code)

    text = await (await stranger.get(f"/schedule/halls?on={ON}")).text()

    assert {(tag, look, words) for tag, look, _, words in BAR.findall(text)} == {
        ("span", "other", "08:00–10:00 Văn phòng UBND tỉnh")
    }
    assert "Giao ban kín" not in text
    assert f"conferences/{conference.id}" not in text


async def test_bar_of_what_is_over_cannot_be_moved(client_for, conn, bridge):
    start = MONDAY_EIGHT.replace(year=2025)
    conference = await a_conference(conn, start=start)
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/halls?on={start:%Y-%m-%d}")).text()

    assert f'href="/conferences/{conference.id}"' in text
    assert "data-c=" not in text


async def test_halls_can_be_searched_without_diacritics(client_for, bridge):
    secretary = await client_for("secretary")

    text = await (await secretary.get("/schedule/halls?q=muong+nhe")).text()

    assert re.findall(r'<th scope="row"><a [^>]*>([^<]*)<', text) == ["Mường Nhé"]


async def test_halls_are_not_for_those_who_may_not_see_them(client_for, bridge):
    hall = await client_for("hall", unit="11.syt")

    answer = await hall.get("/schedule/halls")

    assert answer.status == 403
    assert "/schedule/halls" not in await (await hall.get("/schedule/week")).text()


async def test_week_of_168_halls_is_small_and_asks_no_more(client_for, conn, bridge, count_queries):
    admin = await client_for("admin")
    path = f"/schedule/halls?span=week&on={ON}"
    await admin.get(path)
    few = await count_queries(admin, path)
    await a_large_week(conn)

    text = await (await admin.get(path)).text()
    bytes_packed = len(gzip.compress(text.encode(), 6))
    many = await count_queries(admin, path)

    print(
        f"168 halls x one week: {len(text.encode())} bytes, {bytes_packed} packed, {many} queries"
    )
    assert (len(BAR.findall(text)), text.count('<th scope="row">')) == (1680, LARGEST_PROVINCE)
    assert bytes_packed <= MOST_BYTES
    assert (many, few > 0) == (few, True)
