"""Tables as files that spreadsheets open without running what people typed into a name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import xlsxwriter

Cell: TypeAlias = str | int | None

# What a spreadsheet would take for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"
WIDEST_COLUMN = 60


def harmless(cell: Cell) -> Cell:
    """Return the cell with an apostrophe before anything that would start a formula."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV file as spreadsheets expect it: UTF-8 with BOM, commas, CRLF."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One sheet of a workbook: lines of text, a header, rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    above: Sequence[str] = ()


def xlsx_file(
    name: str, above: Sequence[str], header: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> bytes:
    """Return a workbook of one sheet."""
    return xlsx_book([Page(name=name, above=above, header=header, rows=rows)])


def xlsx_book(pages: Iterable[Page]) -> bytes:
    """Return a workbook; text stays text."""
    content = io.BytesIO()
    # Explicit strings need no guessing, and the guesses are how formulas get in.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        for one in pages:
            _write_page(book.add_worksheet(one.name), one, bold, wrapped)
    return content.getvalue()


def _write_page(
    page: xlsxwriter.worksheet.Worksheet,
    one: Page,
    bold: xlsxwriter.format.Format,
    wrapped: xlsxwriter.format.Format,
) -> None:
    for line, words in enumerate(one.above):
        page.write_string(line, 0, words, bold)
    top = len(one.above)
    for column, words in enumerate(one.header):
        page.write_string(top, column, words, wrapped)
        page.set_column(column, column, _width(words, [row[column] for row in one.rows]))
    _write_rows(page, top + 1, one.rows)
    page.freeze_panes(top + 1, 0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)


def _write_rows(
    page: xlsxwriter.worksheet.Worksheet, top: int, rows: Sequence[Sequence[Cell]]
) -> None:
    for line, row in enumerate(rows, start=top):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(line, column, cell)
            elif cell is not None:
                page.write_number(line, column, cell)


def _width(words: str, cells: Iterable[Cell]) -> int:
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    return min(max(longest, min(len(words), 14)) + 2, WIDEST_COLUMN)
