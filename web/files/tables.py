"""A table that a stranger made, whatever its file was, and how the kinds of files begin."""

from __future__ import annotations

from dataclasses import dataclass

from web.files.archives import BadTable

__all__ = ["BadTable"]

LONGEST_CELL = 4000
CALENDAR = b"BEGIN:VCALENDAR"
BEGINS = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The header, the rows with their lines in the file, and cells that hold formulas.

    `wrong` are lines with a place and the code of what no cell can say.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    formulas: tuple[tuple[int, str], ...] = ()
    wrong: tuple[tuple[int, str, str], ...] = ()


def is_workbook(content: bytes) -> bool:
    """Tell whether a file begins as workbooks do."""
    return content.startswith(BEGINS)


def is_calendar(content: bytes) -> bool:
    """Tell whether a file begins as calendars do."""
    begins = content[:100].removeprefix(b"\xef\xbb\xbf").lstrip()
    return begins[: len(CALENDAR)].upper() == CALENDAR


def check_told(content: bytes, told: str) -> None:
    """Refuse a file that says, by its ending, that it is a workbook or a calendar and is none.

    Raises:
        BadTable: it is none.
    """
    if told == ".xlsx" and not is_workbook(content):
        raise BadTable("no-workbook")
    if told == ".ics" and not is_calendar(content):
        raise BadTable("no-calendar")
