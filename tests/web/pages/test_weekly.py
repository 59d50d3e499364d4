"""The weekly work schedule: by day and session, whose it is, and what it does not tell."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from tests.makers import MONDAY_EIGHT, a_conference, a_site, all_communes

ON = "2026-11-30"


def rows(text: str) -> list[list[str]]:
    """Return the words of each cell of each row of the document."""
    table = text.partition('<table class="agenda-week">')[2].partition("</table>")[0]
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]


async def test_schedule_has_a_row_for_each_conference_by_day_and_session(client_for, conn, bridge):
    office = await a_site(conn, "Phòng họp trực tuyến UBND tỉnh")
    halls = [office.id, *sorted(await all_communes(conn))]
    await a_conference(conn, sites=halls, title="Giao ban tháng")
    await a_conference(
        conn, sites=halls, title="Triển khai", start=MONDAY_EIGHT + timedelta(hours=6), chair=""
    )
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/weekly?on={ON}&unit=11.vpubnd")).text()

    found = rows(text)
    assert found[1] == [
        "Thứ Hai 30/11/2026",
        "Sáng",
        "08:00 – 10:00",
        "Giao ban tháng",
        "Chủ tịch UBND tỉnh",
        "Phòng họp trực tuyến UBND tỉnh",
        "45 điểm cầu xã, phường",
        "Văn phòng UBND tỉnh",
    ]
    assert found[2][:3] == ["Chiều", "14:00 – 16:00", "Triển khai"]
    assert [row[0] for row in found[3:]] == [
        "Thứ Ba 01/12/2026",
        "Thứ Tư 02/12/2026",
        "Thứ Năm 03/12/2026",
        "Thứ Sáu 04/12/2026",
    ]
    assert "Tuần 49 (từ ngày 30/11/2026 đến ngày 06/12/2026)" in text
    assert "VĂN PHÒNG UBND TỈNH" in text


async def test_schedule_of_a_leader_holds_only_what_they_chair(client_for, conn, bridge):
    await a_conference(conn, title="Của Chủ tịch", chair="Chủ tịch UBND tỉnh")
    later = MONDAY_EIGHT + timedelta(days=1)
    await a_conference(conn, title="Của Phó Chủ tịch", chair="Phó Chủ tịch", start=later)
    secretary = await client_for("secretary")

    query = {"on": ON, "leader": "Phó Chủ tịch"}
    text = await (await secretary.get("/schedule/weekly", params=query)).text()

    assert ("Của Phó Chủ tịch" in text, "Của Chủ tịch" in text) == (True, False)
    assert "của Phó Chủ tịch" in text


async def test_schedule_of_a_hall_holds_only_what_it_is_in(client_for, conn, bridge):
    site = await a_site(conn, "Sín Thầu")
    await a_conference(conn, title="Ở Sín Thầu", sites=[site.id])
    await a_conference(conn, title="Ở nơi khác", start=MONDAY_EIGHT + timedelta(days=1))
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/weekly?on={ON}&site={site.id}")).text()

    assert ("Ở Sín Thầu" in text, "Ở nơi khác" in text) == (True, False)
    assert "của điểm cầu Sín Thầu" in text


async def test_schedule_leaves_out_what_the_reader_may_not_know(client_for, conn, bridge):
    await a_conference(conn, title="Giao ban kín")
    site = await a_site(conn, "Sín Thầu")
    stranger = await client_for("secretary", unit=site.unit_code)

    text = await (await stranger.get(f"/schedule/weekly?on={ON}")).text()

    assert "Giao ban kín" not in text
    assert len(rows(text)) == 6


async def test_schedule_of_nonsense_is_an_empty_week(client_for, bridge):
    secretary = await client_for("secretary")

    answer = await secretary.get("/schedule/weekly?on=x&site=99999999999&leader=%00")

    assert answer.status == 200
