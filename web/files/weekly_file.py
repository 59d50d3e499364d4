"""The weekly work schedule as a workbook, laid out like the paper: A4 across, ready to print."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

WIDTHS = (13, 10, 13, 42, 24, 24, 30, 22)
LAST = len(WIDTHS) - 1
MIDDLE = 3
"""The letterhead and the signature stand to both sides of this column."""

A4 = 9
FONT = {"font_name": "Times New Roman", "font_size": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One conference with its day and session, or a day on which there is none."""

    day: str
    session: str = ""
    cells: tuple[str, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that stands on the paper; lines that are empty are left out of nothing."""

    left: tuple[str, str]
    right: tuple[str, str]
    heading: tuple[str, str, str]
    header: tuple[str, ...]
    rows: Sequence[SheetRow]
    receivers: str
    dated: str
    signature: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The formats of the workbook."""

    plain: Format
    bold: Format
    title: Format
    italic: Format
    head: Format
    cell: Format
    side: Format


def workbook(sheet: Sheet) -> bytes:
    """Return the workbook; every cell is text, so that nothing typed is ever a formula."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        page = book.add_worksheet()
        looks = looks_of(book)
        for column, width in enumerate(WIDTHS):
            page.set_column(column, column, width)
        top = write_letterhead(page, sheet, looks)
        for column, words in enumerate(sheet.header):
            page.write_string(top, column, words, looks.head)
        end = write_rows(page, sheet.rows, looks, top=top + 1)
        write_signature(page, sheet, looks, top=end + 1)
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(top)
        page.hide_gridlines(2)
    return content.getvalue()


def looks_of(book: xlsxwriter.Workbook) -> Looks:
    """Return the formats."""
    middle = FONT | {"align": "center", "valign": "vcenter"}
    lined = FONT | {"border": 1, "text_wrap": True, "valign": "top"}
    return Looks(
        plain=book.add_format(middle),
        bold=book.add_format(middle | {"bold": True}),
        title=book.add_format(middle | {"bold": True, "font_size": 14}),
        italic=book.add_format(middle | {"italic": True}),
        head=book.add_format(lined | {"bold": True, "align": "center", "valign": "vcenter"}),
        cell=book.add_format(lined),
        side=book.add_format(lined | {"bold": True, "align": "center"}),
    )


def write_letterhead(page: Worksheet, sheet: Sheet, looks: Looks) -> int:
    """Write both heads and the title; return the row after them."""
    for row, (left, right) in enumerate(zip(sheet.left, sheet.right, strict=True)):
        page.merge_range(row, 0, row, MIDDLE - 1, "", looks.plain)
        page.write_string(row, 0, left, looks.bold if row else looks.plain)
        page.merge_range(row, MIDDLE + 1, row, LAST, "", looks.bold)
        page.write_string(row, MIDDLE + 1, right, looks.bold)
    row = len(sheet.left) + 1
    for words, look in zip(sheet.heading, (looks.title, looks.bold, looks.italic), strict=True):
        if words:
            page.merge_range(row, 0, row, LAST, "", look)
            page.write_string(row, 0, words, look)
            row += 1
    return row + 1


def write_rows(page: Worksheet, rows: Sequence[SheetRow], looks: Looks, *, top: int) -> int:
    """Write the days, each day and session once beside its rows; return the row after them."""
    for day, of_day in groupby(rows, key=lambda one: one.day):
        members = list(of_day)
        write_down(page, (top, 0), day, looks.side, rows=len(members))
        row = top
        for session, of_session in groupby(members, key=lambda one: one.session):
            lines = list(of_session)
            write_down(page, (row, 1), session, looks.side, rows=len(lines))
            for at, line in enumerate(lines, start=row):
                write_line(page, at, line, looks)
            row += len(lines)
        top = row
    return top


def write_down(
    page: Worksheet, place: tuple[int, int], words: str, look: Format, *, rows: int
) -> None:
    """Write words beside several rows."""
    row, column = place
    if rows > 1:
        page.merge_range(row, column, row + rows - 1, column, "", look)
    page.write_string(row, column, words, look)


def write_line(page: Worksheet, row: int, line: SheetRow, looks: Looks) -> None:
    """Write one conference, or across the row that there is none."""
    if line.empty:
        page.merge_range(row, 2, row, LAST, "", looks.cell)
        page.write_string(row, 2, line.empty, looks.cell)
    for column, words in enumerate(line.cells, start=2):
        page.write_string(row, column, words, looks.cell)


def write_signature(page: Worksheet, sheet: Sheet, looks: Looks, *, top: int) -> None:
    """Write the receivers to the left, place, day and signature to the right."""
    page.write_string(top + 1, 0, sheet.receivers, looks.bold)
    told = [(sheet.dated, looks.italic), *((words, looks.bold) for words in sheet.signature[:-1])]
    row = top
    for words, look in told:
        if words:
            page.merge_range(row, MIDDLE + 1, row, LAST, "", look)
            page.write_string(row, MIDDLE + 1, words, look)
            row += 1
    row += 3
    page.merge_range(row, MIDDLE + 1, row, LAST, "", looks.bold)
    page.write_string(row, MIDDLE + 1, sheet.signature[-1], looks.bold)
