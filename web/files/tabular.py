"""Reading tables that strangers made as CSV or xlsx, held to limits while they are read."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from web.files.archives import MOST_ROWS
from web.files.tables import LONGEST_CELL, BadTable, Table

MOST_COLUMNS = 100
STARTS = ("=", "+", "-", "@", "\t", "\r")


def workbook_rows(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of the first sheet that is shown."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only for workbooks, it is slow to import

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
        # What the file says of its own size may be a lie; without it rows come as they are.
        sheet.reset_dimensions()
        for line, cells in enumerate(sheet.iter_rows(), start=1):
            yield line, [Formula() if one.data_type == "f" else one.value for one in cells]
    except BadTable:
        raise
    except Exception as error:  # the library raises what it likes on odd files
        raise BadTable("no-workbook", type(error).__name__) from error


class Formula:
    """Stands for a cell that would compute something."""


def csv_rows(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of a CSV file in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable("not-utf-8", guess_encoding(content)) from error
    if "\0" in text:
        raise BadTable("no-table")
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from ((reader.line_num, cells) for cells in reader)
    except csv.Error as error:
        raise BadTable("not-csv", str(error)) from error


def guess_encoding(content: bytes) -> str:
    """Name what a file that is no UTF-8 probably is: UTF-16 with its mark, else Windows-1258."""
    return "UTF-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "Windows-1258"


def table_of(rows: Iterable[tuple[int, list[Any]]]) -> Table:
    """Return header and rows as texts; empty rows are left out.

    Raises:
        BadTable: there is no header, or too much of something.
    """
    header: tuple[str, ...] = ()
    kept: list[tuple[int, tuple[str, ...]]] = []
    formulas: list[tuple[int, str]] = []
    for line, cells in rows:
        if len(cells) > MOST_COLUMNS:
            raise BadTable("too-many-columns")
        if not header:
            header = tuple(text_of(cell).strip().lower() for cell in cells)
            continue
        if len(kept) >= MOST_ROWS:
            raise BadTable("too-many-rows")
        texts = tuple(text_of(cell) for cell in cells)
        found = [place for place, cell in enumerate(cells) if isinstance(cell, Formula)]
        formulas += [(line, header[at] if at < len(header) else "") for at in found]
        if any(texts) or found:
            kept.append((line, texts))
    if not any(header):
        raise BadTable("no-table")
    return Table(header=header, rows=tuple(kept), formulas=tuple(formulas))


def text_of(cell: Any) -> str:
    """Return a cell as it would stand in our own CSV; the apostrophe that tames it is taken off."""
    if cell is None or isinstance(cell, Formula):
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        whole_day = cell.time() == time()
        return cell.date().isoformat() if whole_day else cell.isoformat(timespec="minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = unicodedata.normalize("NFC", str(cell))
    if text.startswith("'") and text[1:].startswith(STARTS):
        text = text[1:]
    return text[: LONGEST_CELL + 1]
