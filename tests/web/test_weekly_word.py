"""The weekly work schedule as a Word file: what stands in it, and where."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from web.files.weekly_file import Sheet, SheetRow
from web.files.weekly_word import document

MADE = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
HEADER = ("Ngày", "Buổi", "Giờ", "Nội dung", "Chủ trì", "Địa điểm", "Thành phần", "Chuẩn bị")
BRIEFING = ("08:00 – 10:00", "Giao ban tháng", "Chủ tịch", "Phòng A", "45 xã", "Văn phòng")
REPORTS = ("10:00 – 11:00", "=Nghe báo cáo", "Phó Chủ tịch", "Phòng B", "", "Sở Y tế")
PLANS = ("14:00 – 16:00", "Triển khai", "", "Phòng A", "Mường Nhé", "Văn phòng")


def a_sheet(**changes) -> Sheet:
    told = {
        "left": ("TỈNH ĐIỆN BIÊN", "VĂN PHÒNG UBND TỈNH"),
        "right": ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
        "heading": ("LỊCH CÔNG TÁC TUẦN", "của Chủ tịch", "Tuần 49"),
        "header": HEADER,
        "rows": [
            SheetRow(day="Thứ Hai\n30/11/2026", session="Sáng", cells=BRIEFING),
            SheetRow(day="Thứ Hai\n30/11/2026", session="Sáng", cells=REPORTS),
            SheetRow(day="Thứ Hai\n30/11/2026", session="Chiều", cells=PLANS),
            SheetRow(day="Thứ Ba\n01/12/2026", empty="Không có hội nghị"),
        ],
        "receivers": "Nơi nhận:",
        "dated": "Điện Biên, ngày 26 tháng 11 năm 2026",
        "signature": ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "Lò Văn B"),
    } | changes
    return Sheet(**told)


def opened(sheet: Sheet, *, locale: str = "vi"):
    return Document(io.BytesIO(document(sheet, locale=locale, made=MADE)))


def test_word_file_says_all_that_the_paper_says_in_its_order():
    paper = opened(a_sheet())

    letterhead, days, signature = paper.tables
    assert [cell.text.strip() for cell in letterhead.rows[0].cells] == [
        "TỈNH ĐIỆN BIÊN\nVĂN PHÒNG UBND TỈNH",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc",
    ]
    assert [one.text for one in paper.paragraphs if one.text] == [
        "LỊCH CÔNG TÁC TUẦN",
        "của Chủ tịch",
        "Tuần 49",
    ]
    monday, tuesday, nothing = "Thứ Hai\n30/11/2026", "Thứ Ba\n01/12/2026", "Không có hội nghị"
    assert [[cell.text for cell in row.cells] for row in days.rows] == [
        list(HEADER),
        [monday, "Sáng", *BRIEFING],
        [monday, "Sáng", *REPORTS],
        [monday, "Chiều", *PLANS],
        [tuesday, *[nothing] * 7],
    ]
    assert [cell.text for cell in signature.rows[0].cells] == [
        "Nơi nhận:",
        "Điện Biên, ngày 26 tháng 11 năm 2026\nTL. CHỦ TỊCH\nCHÁNH VĂN PHÒNG\nLò Văn B",
    ]


def test_days_and_parts_of_days_stand_once_beside_their_rows():
    days = opened(a_sheet()).tables[1]

    cells = [[cell._tc for cell in row.cells] for row in days.rows]
    assert cells[1][0] is cells[2][0] is cells[3][0]
    assert cells[1][1] is cells[2][1]
    assert cells[2][1] is not cells[3][1]
    assert len({id(one) for one in cells[4]}) == 2


def test_day_of_a_thousand_conferences_stands_beside_them_all():
    rows = [SheetRow(day="Thứ Hai", session="Sáng", cells=(f"{at}",)) for at in range(1000)]

    days = opened(a_sheet(rows=rows)).tables[1]

    cells = days._cells
    assert cells[len(HEADER) * 1000]._tc is cells[len(HEADER)]._tc
    assert (cells[len(HEADER)].text, cells[-6].text) == ("Thứ Hai", "999")


def test_page_lies_across_and_the_head_of_the_table_comes_again_on_every_page():
    paper = opened(a_sheet())

    page, head = paper.sections[0], paper.tables[1].rows[0]
    assert (page.orientation, round(page.page_width.mm), round(page.page_height.mm)) == (
        WD_ORIENT.LANDSCAPE,
        297,
        210,
    )
    assert head._tr.trPr.find(qn("w:tblHeader")) is not None


def test_properties_tell_what_the_file_is():
    about = opened(a_sheet()).core_properties

    assert (about.title, about.author, about.comments, about.modified) == (
        "LỊCH CÔNG TÁC TUẦN của Chủ tịch Tuần 49",
        "VĂN PHÒNG UBND TỈNH",
        "",
        MADE,
    )


def test_what_no_file_can_carry_is_left_out():
    sheet = a_sheet(heading=("LỊCH", "của \x00A\x0b\ud800B", "Tuần 49"))

    assert [one.text for one in opened(sheet, locale="en").paragraphs if one.text] == [
        "LỊCH",
        "của AB",
        "Tuần 49",
    ]


def test_lines_that_are_empty_leave_no_gap():
    sheet = a_sheet(left=("", "UBND TỈNH"), signature=("", "CHÁNH VĂN PHÒNG", "(ký)"))

    letterhead, _, signature = opened(sheet).tables
    assert letterhead.rows[0].cells[0].text.rstrip() == "UBND TỈNH"
    assert signature.rows[0].cells[1].text.split("\n")[1:] == ["CHÁNH VĂN PHÒNG", "(ký)"]
