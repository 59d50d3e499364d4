"""The weekly work schedule: by day and session, whose it is, and what it does not tell."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape
from itertools import pairwise

from docx import Document
from openpyxl import load_workbook

from meetings.directory.officials import add_official, list_officials
from meetings.model import Kind
from meetings.scheduling.defaults import change_defaults
from tests.makers import MONDAY_EIGHT, a_conference, a_site, a_unit, all_communes, some_sites

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


async def test_what_lasts_into_the_night_stands_once_and_what_lasts_for_days_daily(
    client_for, conn, bridge
):
    halls = await some_sites(conn, 2)
    for hall, title, later, length in (
        (halls[0], "Trực bão", timedelta(hours=15), timedelta(hours=3)),
        (halls[1], "Tập huấn", timedelta(), timedelta(hours=33)),
    ):
        start = MONDAY_EIGHT + later
        await a_conference(conn, sites=[hall], title=title, start=start, length=length)
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/weekly?on={ON}")).text()

    titled = {"Trực bão", "Tập huấn"}
    told = [pair for row in rows(text) for pair in pairwise(row) if pair[1] in titled]
    assert told == [
        ("08:00 – 17:00 hôm sau", "Tập huấn"),
        ("23:00 – 02:00 hôm sau", "Trực bão"),
        ("08:00 hôm trước – 17:00", "Tập huấn"),
    ]


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
    assert f'<option value="{site.id}" selected>{site.label}</option>' in text
    assert '<input type="hidden" name="site"' not in text
    hall = await (await secretary.get(f"/sites/{site.id}")).text()
    assert f'href="/schedule/weekly?site={site.id}"' in hall


async def test_schedule_of_a_hall_that_is_no_more_stays_that_halls(client_for, conn, bridge):
    site = await a_site(conn, "Sín Thầu")
    await a_conference(conn, title="Ở nơi khác", sites=[(await a_site(conn, "Mường Nhé")).id])
    await conn.execute("UPDATE sites SET valid = '[,2026-11-01)' WHERE id = $1", site.id)
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/weekly?on={ON}&site={site.id}")).text()

    assert "Ở nơi khác" not in text
    assert "của điểm cầu Sín Thầu" in text
    assert f'<option value="{site.id}" selected>{site.label}</option>' in text


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


def cells(content: bytes) -> list[str]:
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    return [str(cell.value) for row in page.iter_rows() for cell in row if cell.value]


def in_word(content: bytes) -> list[list[str]]:
    """Return the rows as the page has them: what stands beside several rows only in the first."""
    seen: set[object] = set()
    found = []
    for row in Document(io.BytesIO(content)).tables[1].rows:
        once = {cell._tc: cell for cell in row.cells if cell._tc not in seen}
        seen |= once.keys()
        found.append([" ".join(cell.text.split()) for cell in once.values()])
    return found


async def test_file_holds_what_the_page_does_under_the_units_own_signature(
    client_for, conn, bridge
):
    await a_conference(conn, title="=Giao ban tuần")
    office = await a_unit(conn, "11")
    signed = {"signed_for": "TL. CHỦ TỊCH", "signed_as": "PHÓ VĂN PHÒNG", "signed_by": "Lò Văn B"}
    await change_defaults(conn, office.id, signed, version=None, by="program:test")
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/weekly?on={ON}&unit=11")).text()
    file = await secretary.get(f"/schedule/weekly.xlsx?on={ON}&unit=11")

    word = await secretary.get(f"/schedule/weekly.docx?on={ON}&unit=11")

    found = cells(await file.read())
    told = [word for row in rows(text)[1:] for word in row[3:] if word]
    assert file.headers["Content-Disposition"] == (
        'attachment; filename="lich-cong-tac-2026-11-30.xlsx"'
    )
    assert [word for word in told if word not in found] == []
    assert found[-4:] == ["Nơi nhận:", *signed.values()]
    assert [line in text for line in signed.values()] == [True, True, True]
    assert word.headers["Content-Disposition"] == (
        'attachment; filename="lich-cong-tac-2026-11-30.docx"'
    )
    assert in_word(await word.read()) == rows(text)
    assert f"/schedule/weekly.docx?on={ON}&amp;unit=11" in text


async def test_leaders_are_told_apart_by_what_they_are(client_for, conn, bridge):
    units = [await a_unit(conn, code) for code in ("11.vpubnd", "11.vphdnd")]
    same = [
        await add_official(conn, unit.id, title="Trưởng ban", by="program:test") for unit in units
    ]
    chair = (await list_officials(conn, "Chu tich UBND tinh", on=MONDAY_EIGHT.date()))[0]
    for day, (title, official) in enumerate(
        {"Của ban một": same[0], "Của ban hai": same[1], "Của Chủ tịch": chair}.items()
    ):
        start = MONDAY_EIGHT + timedelta(days=day)
        words = official.label
        await a_conference(conn, title=title, start=start, chair=words, chair_id=official.id)
    await a_conference(
        conn, title="Chỉ bằng lời", chair=chair.label, start=MONDAY_EIGHT + timedelta(days=3)
    )
    secretary = await client_for("secretary")

    leaders = await (await secretary.get(f"/schedule/leaders?on={ON}")).text()
    query = {"on": ON, "leader": f"#{same[1].id}"}
    week = await (await secretary.get("/schedule/weekly", params=query)).text()
    query["leader"] = f"#{chair.id}"
    own = await (await secretary.get("/schedule/weekly", params=query)).text()

    assert [f"Trưởng ban ({unit.name})" in leaders for unit in units] == [True, True]
    assert ("Của ban hai" in week, "Của ban một" in week) == (True, False)
    assert ("Của Chủ tịch" in own, "Chỉ bằng lời" in own) == (True, True)


async def test_schedule_names_delegates_and_leaves_line_tests_out(client_for, conn, bridge):
    found = await list_officials(conn, on=MONDAY_EIGHT.date())
    who = sorted(found[:2], key=lambda one: (one.rank, one.id))
    site = await a_site(conn, "Sín Thầu")
    await a_conference(
        conn, title="Giao ban", sites=[site.id], delegates=tuple(one.id for one in who)
    )
    before = MONDAY_EIGHT + timedelta(days=1)
    await a_conference(conn, title="Thử đường truyền", kind=Kind.REHEARSAL, start=before)
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/weekly?on={ON}")).text()
    files = [
        await (await secretary.get(f"/schedule/weekly.{kind}?on={ON}")).read()
        for kind in ("xlsx", "docx")
    ]

    words = ", ".join(one.label for one in who)
    told = [row[3:] for row in rows(text)[1:] if len(row) > 3]
    assert [(row[0], row[3]) for row in told] == [("Giao ban", words)]
    assert (words in cells(files[0]), "Thử đường truyền" in cells(files[0])) == (True, False)
    assert in_word(files[1]) == rows(text)


async def test_week_in_which_a_leader_chairs_nothing_is_still_theirs(client_for, conn, bridge):
    chair = (await list_officials(conn, "Chu tich UBND tinh", on=MONDAY_EIGHT.date()))[0]
    secretary = await client_for("secretary")

    query = {"on": ON, "leader": f"#{chair.id}"}
    week = await (await secretary.get("/schedule/weekly", params=query)).text()

    assert f"của {chair.label}" in week
    assert f'value="#{chair.id}" selected' in week
    assert rows(week) != []

    query["leader"] = "Trưởng ban"
    typed = await (await secretary.get("/schedule/weekly", params=query)).text()

    assert "của Trưởng ban" in typed
    assert 'value="Trưởng ban" selected' in typed
