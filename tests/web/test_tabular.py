"""Files of strangers: read as they are, or refused before they cost anything."""

from __future__ import annotations

import io
import resource
import time
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.exporting.tables import csv_file, xlsx_file
from web.files.reading_tables import read_in_child
from web.files.table_program import read_table
from web.files.tables import BadTable, Table

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
BOOK = '<?xml version="1.0"?><workbook/>'
SHEET = "xl/worksheets/sheet1.xml"


def archive(**parts: bytes | str) -> bytes:
    """Return an archive with the parts that a workbook must have, and these."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", parts.pop("types", TYPES))
        packed.writestr("xl/workbook.xml", parts.pop("book", BOOK))
        for name, part in parts.items():
            packed.writestr(SHEET if name == "sheet" else f"{name}.xml", part)
    return content.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(BadTable) as caught:
        read_table(content)
    return caught.value.code


def an_overlapping_zip() -> bytes:
    """Return an archive whose directory names one entry's bytes twice."""
    once = archive(sheet=b"x" * 100)
    with zipfile.ZipFile(io.BytesIO(once)) as packed:
        [entry] = [one for one in packed.infolist() if one.filename == SHEET]
        [first] = [one for one in packed.infolist() if one.filename == "xl/workbook.xml"]
    directory = once.index(b"PK\x01\x02")
    place = once.index(SHEET.encode(), directory) - 4
    assert once[place : place + 4] == entry.header_offset.to_bytes(4, "little")
    return once[:place] + first.header_offset.to_bytes(4, "little") + once[place + 4 :]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no-table"),
        (b"\x00\x01\x02", "no-table"),
        ("tên\n".encode("utf-16"), "not-utf-8"),
        ("tên,Đơn vị".encode("cp1258", "ignore") + b"\xff", "not-utf-8"),
        (b'a,b\n"x', "not-csv"),
        (b"PK\x03\x04 no zip at all", "no-workbook"),
        (archive(types="<!DOCTYPE x><Types/>"), "bad-markup"),
        (archive(sheet='<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'), "bad-markup"),
        (archive(sheet="<worksheet/>".encode("utf-16")), "bad-markup"),
        (archive(sheet=b"0" * 20_000_000), "bomb"),
        (archive(sheet=b"<row/>" * 100_002), "too-many-rows"),
        (archive(sheet=b'<row><c r="A1"/></row>'), "no-workbook"),
        (an_overlapping_zip(), "bomb"),
        (b",".join([b"x"] * 16_384), "too-many-columns"),
        (b"a\n" + b"x\n" * 100_001, "too-many-rows"),
    ],
    # A zip carries the time it was made: the content itself is no name that two workers share.
    ids=[
        "empty",
        "binary",
        "utf-16",
        "cp1258",
        "open-quote",
        "no-zip",
        "document-type",
        "entity",
        "utf-16-sheet",
        "bomb",
        "many-rows",
        "bare-row",
        "overlapping",
        "many-columns",
        "many-lines",
    ],
)
def test_files_that_are_no_tables_are_refused(content, code):
    assert refusal(content) in {code, "no-workbook"} if code == "bomb" else refusal(content) == code


def test_links_in_an_archive_are_refused():
    content = io.BytesIO(archive())
    with zipfile.ZipFile(content, "a") as packed:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")

    assert refusal(content.getvalue()) == "no-workbook"


def test_workbook_whose_bytes_are_spoilt_is_none():
    content = archive(sheet=b"".join(b"<row>%d</row>" % number for number in range(999)))
    place = content.index(SHEET.encode()) + len(SHEET)

    assert (
        refusal(content[:place] + bytes(8) + b"\xff" * 8 + content[place + 16 :]) == "no-workbook"
    )


def test_formulas_are_named_by_their_cells():
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["code", "name"])
    sheet.append(["1", "=1+1"])
    content = io.BytesIO()
    book.save(content)

    assert read_table(content.getvalue()) == Table(
        header=("code", "name"), rows=((2, ("1", "")),), formulas=((2, "name"),)
    )


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), max_size=12
)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
@settings(max_examples=60)
def test_our_own_files_say_what_was_written(rows):
    import unicodedata  # noqa: PLC0415 - only this property needs it

    wanted = [
        (line, tuple(unicodedata.normalize("NFC", cell) for cell in row))
        for line, row in enumerate(rows, start=2)
        if any(row)
    ]

    def cells(table: Table) -> list[tuple[int, tuple[str, ...]]]:
        # An apostrophe before a formula is taken off: we put it there.
        return [(line, (*found, "", "")[:2]) for line, found in table.rows]

    for content in (csv_file(("a", "b"), rows), xlsx_file("x", (), ("a", "b"), rows)):
        table = read_table(content)
        assert table.formulas == ()
        for (line, found), (expected, row) in zip(cells(table), wanted, strict=True):
            assert line == expected
            assert [one.lstrip("'") for one in found] == [one.lstrip("'") for one in row]


LIVE = ("=1+1", "+1", "-1", "@x", "\t=1", "=cmd|'/c calc'!A0")


@given(st.lists(st.sampled_from(LIVE) | texts, min_size=1, max_size=4))
def test_no_cell_of_ours_is_a_formula(row):
    content = csv_file(["a"] * len(row), [row])
    book = openpyxl.load_workbook(io.BytesIO(xlsx_file("x", (), ["a"] * len(row), [row])))

    lines = content.decode("utf-8-sig").splitlines()[1:]
    assert not any(line.startswith(("=", "+", "-", "@")) for line in lines)
    assert {cell.data_type for cells in book.worksheets[0].iter_rows() for cell in cells} <= {
        "s",
        "n",
    }


@pytest.mark.parametrize(
    "content",
    [
        archive(sheet=b"<row/>" * 1_000_000),
        archive(sheet=b"0" * 200_000_000),
        b"a\n" + b"x\n" * 1_000_000,
        archive(sheet="<!DOCTYPE lolz [" + '<!ENTITY a "lol">' * 10 + "]><x/>"),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 1_000_000,
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VALARM\r\n" * 1_000_000,
    ],
    ids=["million-rows", "bomb", "million-lines", "laughs", "million-events", "deep-nest"],
)
async def test_worst_files_cost_a_child_and_not_us(content):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()

    with pytest.raises(BadTable):
        await read_in_child(content)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before <= 50 * 1024
    assert time.process_time() - began < 1


async def test_child_reads_what_the_parent_would():
    content = csv_file(("code", "name"), [("1", "Xã Sín Thầu"), ("2", "=1")])

    assert await read_in_child(content) == read_table(content)


def calendar(*events: str) -> bytes:
    lines = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{lines}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def test_events_are_rows_on_our_clocks():
    table = read_table(
        calendar(
            "UID:a@x\nSUMMARY:Họp\\, giao ban\nDTSTART:20261125T010000Z\nDTEND:20261125T030000Z\n"
            "CATEGORIES:Briefing\nLOCATION:Sín Thầu\\; 03160\nDESCRIPTION:Ghi chú",
            "UID:b@x\nDTSTART;TZID=Asia/Bangkok:20261125T080000\nDURATION:PT90M\n"
            'ATTENDEE;CUTYPE=ROOM;CN="Sín Thầu":mailto:a@b.vn',
            "UID:c@x\nDTSTART;VALUE=DATE:20261125\nDTEND;TZID=Mars/Olympus:20261125T080000\n"
            "RRULE:FREQ=DAILY;COUNT=3\nSTATUS:CANCELLED",
            "UID:d@x\nDTSTART:nonsense",
            "UID:e@x\nDTSTART:99991231T235959Z\nDURATION:P1D",
        )
    )

    assert [cells for _, cells in table.rows] == [
        ("a@x", "Họp, giao ban", "briefing", "Sín Thầu; 03160", "25/11/2026 08:00",
         "25/11/2026 10:00", "Ghi chú"),
        ("b@x", "", "other", "Sín Thầu", "25/11/2026 08:00", "25/11/2026 09:30", ""),
        ("c@x", "", "other", "", "2026-11-25", "25/11/2026 08:00 Mars/Olympus", ""),
        ("d@x", "", "other", "", "nonsense", "", ""),
        ("e@x", "", "other", "", "9999-12-31 23:59:59+00:00", "", ""),
    ]  # fmt: skip
    assert [line for line, _ in table.rows] == [3, 12, 18, 25, 29]
    assert table.wrong == ((18, "rrule", "event-repeats"), (18, "status", "event-cancelled"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"BEGIN:VCALENDAR\r\nfoo", "no-calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "no-calendar"),
        (b"BEGIN:VCALENDAR\r\nSUMMARY:\xff\xfe\r\nEND:VCALENDAR", "not-utf-8"),
        (b"BEGIN:VCALENDAR\r\n\0\r\nEND:VCALENDAR", "no-calendar"),
        (calendar(*["UID:1"] * 2001), "too-many-events"),
    ],
    ids=["cut-off", "unclosed", "latin", "zero", "many"],
)
def test_files_that_are_no_calendars_are_refused(content, code):
    assert refusal(content) == code


async def test_child_reads_calendars_too():
    content = calendar("UID:a\nRRULE:FREQ=DAILY")

    assert await read_in_child(content) == read_table(content)
