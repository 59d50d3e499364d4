"""Reading tables that strangers made (CSV, xlsx, calendars), held to limits before they are opened.

`python -m web.files.tabular` reads a file from its input and answers JSON; the service lets a child
process of its own do that (web/files/reading_tables.py), so that the worst file costs a child.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from web.files.archives import MOST_ROWS, BadTable, check_archive

__all__ = ["BadTable"]

MOST_COLUMNS = 100
LONGEST_CELL = 4000
LONGEST_SECONDS = 60
MOST_MEMORY = 1024**3
CALENDAR = b"BEGIN:VCALENDAR"
BEGINS = (b"PK\x03\x04", b"PK\x05\x06")
STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The header, the rows with their lines in the file, and cells that hold formulas.

    `wrong` are lines with a place and the code of what no cell can say.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    formulas: tuple[tuple[int, str], ...] = ()
    wrong: tuple[tuple[int, str, str], ...] = ()


def read_table(content: bytes) -> Table:
    """Return the table in a file.

    Raises:
        BadTable: it is none, or larger than any we take.
    """
    if content.startswith(BEGINS):
        check_archive(content)
        return table_of(workbook_rows(content))
    if is_calendar(content):
        from web.files.calendar_files import calendar_table  # noqa: PLC0415 - only for calendars

        return calendar_table(content)
    return table_of(csv_rows(content))


def is_calendar(content: bytes) -> bool:
    """Tell whether a file begins as calendars do."""
    begins = content[:100].removeprefix(b"\xef\xbb\xbf").lstrip()
    return begins[: len(CALENDAR)].upper() == CALENDAR


def check_told(content: bytes, told: str) -> None:
    """Refuse a file that says, by its ending, that it is a workbook or a calendar and is none.

    Raises:
        BadTable: it is none.
    """
    if told == ".xlsx" and not content.startswith(BEGINS):
        raise BadTable("no-workbook")
    if told == ".ics" and not is_calendar(content):
        raise BadTable("no-calendar")


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


def limit() -> None:
    """Bound this process; it serves one file and ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read a file from the input; write the table, or what is wrong, as JSON."""
    limit()
    try:
        table = read_table(sys.stdin.buffer.read())
    except BadTable as error:
        answer: dict[str, Any] = {"code": error.code, "detail": error.detail}
    else:
        answer = asdict(table)
    json.dump(answer, sys.stdout, ensure_ascii=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
