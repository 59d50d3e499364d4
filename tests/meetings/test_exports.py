"""Files that spreadsheets open: the same content read back, and nothing that runs."""

import csv
import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from meetings.attendance.reports import report
from meetings.attendance.rollcall import sheet_of
from meetings.attendance.stretches import Stretches
from meetings.content.upstreams import Loss, Source
from meetings.directory.finding import sites_by_ids
from meetings.exporting.sheets import report_csv, report_xlsx, sheet_csv, sheet_xlsx
from meetings.exporting.tables import csv_file, harmless, xlsx_file
from meetings.model import BlindSpot, ClockStep, Interval, Means, Period, State
from meetings.store.presences import replace_presences
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, some_sites


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def read_xlsx(content):
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in page.iter_rows(values_only=True)]


async def an_attended(conn):
    await a_directory(conn)
    booked = await a_conference(conn, state=State.ENDED, title="=Giao ban")
    [first, *_] = await some_sites(conn, 1)
    stay = Interval(
        start=MONDAY_EIGHT,
        end=MONDAY_EIGHT + timedelta(seconds=7199),
        evidence="census+events",
        start_evidence="events",
        end_evidence="census",
        means=frozenset({Means.H323, Means.LINK}),
    )
    await replace_presences(conn, booked.id, {first: [stay]}, [])
    rows = await sheet_of(conn, booked.id, MONDAY_EIGHT + timedelta(hours=4))
    return booked, rows, await sites_by_ids(conn, booked.sites)


async def test_a_sheet_as_csv_reads_back(conn):
    booked, rows, sites = await an_attended(conn)

    content = sheet_csv(booked, rows, sites)

    assert content.startswith(b"\xef\xbb\xbf")
    header, first, second, _ = read_csv(content)
    assert first == [
        *("'=Giao ban", "30/11/2026 08:00:00", "1", "03301", "Búng Lao"),
        "Phòng họp trực tuyến UBND xã Búng Lao",
        *("Có mặt", "30/11/2026 08:00:00", "30/11/2026 09:59:59", "119", "7199", "0", "0", ""),
        *("máy chủ cầu báo", "đếm trên máy chủ cầu", "đường dẫn, thiết bị H.323", "", "", ""),
    ]
    assert second[6:10] == ["Vắng", "", "", "0"]
    assert len(header) == len(first)


async def test_a_sheet_as_xlsx_reads_back(conn):
    booked, rows, sites = await an_attended(conn)

    read = read_xlsx(sheet_xlsx(booked, rows, sites, locale="en"))

    assert [row[0] for row in read[:2]] == [
        "=Giao ban",
        "30/11/2026 08:00:00 – 30/11/2026 10:00:00",
    ]
    assert read[2][:5] == ["No.", "Unit code", "Site", "Hall", "Result"]
    assert read[3][4:9] == ["Present", "30/11/2026 08:00:00", "30/11/2026 09:59:59", 119, 7199]
    assert read[3][-3:] == ["the bridge", "a count on the bridge", "link, H.323 room system"]
    assert len(read) == 3 + 3


async def test_workbook_with_a_part_of_the_halls_says_so(conn):
    booked, rows, sites = await an_attended(conn)

    told = [
        read_xlsx(sheet_xlsx(booked, rows[:2], sites, locale=locale))[2][0]
        for locale in ("vi", "en")
    ]

    assert told == ["2 trong 3 điểm cầu", "2 of 3 halls"]


async def test_what_holds_for_all_halls_is_in_both_files(conn):
    booked, rows, sites = await an_attended(conn)
    nine = MONDAY_EIGHT + timedelta(hours=1)
    minute = timedelta(minutes=1)
    beside = Stretches(
        blind=[BlindSpot(period=Period(nine, nine + minute), reason="failover")],
        losses=[
            Loss(start=nine, end=nine + minute, source=Source.RELAY),
            Loss(start=nine + 2 * minute, end=None, source=Source.PERSON, remark="=mất tiếng"),
        ],
        clocks=[ClockStep(bridge="lab", period=Period(nine, nine + minute), seconds=-60)],
    )

    _, *lines = read_csv(sheet_csv(booked, rows, sites, beside=beside))
    book = load_workbook(io.BytesIO(sheet_xlsx(booked, rows, sites, beside=beside)))
    told = [list(row) for row in book.worksheets[1].iter_rows(values_only=True)]

    nine_to, away = "09:00:00 – 09:01:00", "điểm cầu tiếp sóng không có trong phòng"
    assert {tuple(line[-3:]) for line in lines} == {
        (
            f"{nine_to} phòng họp được chuyển khỏi máy chủ cầu bị sự cố",
            f"{nine_to} {away}; 09:02:00 – … người báo (=mất tiếng)",
            f"{nine_to} lab: chỉnh lùi 60 giây",
        )
    }
    day = "30/11/2026"
    assert told[1:] == [
        [
            *("Không có dữ liệu điểm danh", f"{day} 09:00:00", f"{day} 09:01:00", 60),
            *("phòng họp được chuyển khỏi máy chủ cầu bị sự cố", ""),
        ],
        [
            *("Mất cầu cấp trên", f"{day} 09:00:00", f"{day} 09:01:00", 60),
            *("điểm cầu tiếp sóng không có trong phòng", ""),
        ],
        ["Mất cầu cấp trên", f"{day} 09:02:00", "", None, "người báo", "=mất tiếng"],
        [
            *("Chỉnh đồng hồ máy chủ cầu", f"{day} 09:00:00", f"{day} 09:01:00", 60),
            *("lab", "chỉnh lùi 60 giây"),
        ],
    ]


async def test_a_report_reads_back_from_both_files(conn):
    await an_attended(conn)
    found = await report(conn, first=date(2026, 11, 1), months=2)

    as_csv = read_csv(report_csv(found))
    as_xlsx = read_xlsx(report_xlsx(found, title="Quý IV"))

    assert as_csv[1] == ["03301", "Búng Lao", *"110000", *"000000", *"110000"]
    assert as_csv[-1][:4] == ["", "Tổng cộng", "3", "1"]
    assert as_csv[0][2:4] == ["11/2026: được mời", "11/2026: có mặt"]
    assert as_xlsx[0][0] == "Quý IV"
    assert [[str(cell or 0) for cell in row[2:]] for row in as_xlsx[2:]] == [
        row[2:] for row in as_csv[1:]
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_starts_a_formula(start):
    [_, [cell]] = read_csv(csv_file(["x"], [[f"{start}1+1"]]))

    assert cell[0] == "'"


def test_numbers_stay_numbers():
    assert harmless(-5) == -5


PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)


@given(PRINTABLE)
def test_text_in_a_workbook_is_never_a_formula(text):
    book = load_workbook(io.BytesIO(xlsx_file("Sheet", (), ["x"], [[text]])))

    assert book.worksheets[0]["A2"].data_type == "s"
