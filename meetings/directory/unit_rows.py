"""Rows of a directory file: what a CSV says of units, read whole or refused cell by cell."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from meetings.content.secrecy import find_mark
from meetings.model import COMMUNE_KINDS, UnitKind
from meetings.scheduling.reasons import Reason
from meetings.scheduling.ways import Alternative

T = TypeVar("T")

KINDS: Mapping[str, UnitKind] = MappingProxyType(
    {
        **{kind.value: kind for kind in UnitKind},
        "tỉnh": UnitKind.PROVINCE,
        "thành phố": UnitKind.PROVINCE,
        "huyện": UnitKind.DISTRICT,
        "xã": UnitKind.COMMUNE,
        "phường": UnitKind.WARD,
        "thị trấn": UnitKind.TOWNSHIP,
        "đặc khu": UnitKind.SPECIAL_ZONE,
        "văn phòng": UnitKind.OFFICE,
        "sở": UnitKind.DEPARTMENT,
    }
)
PREFIXES: Mapping[UnitKind, str] = MappingProxyType(
    {
        UnitKind.COMMUNE: "Xã",
        UnitKind.WARD: "Phường",
        UnitKind.TOWNSHIP: "Thị trấn",
        UnitKind.SPECIAL_ZONE: "Đặc khu",
    }
)
NEEDED = ("code", "name", "kind")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PHONE = re.compile(r"\+[0-9][0-9 .-]*")
LONGEST_CELL = 200
REFORM = date(2025, 7, 1)
"""From this day on provinces consist of communes, without districts between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """What a file says of one unit; an empty cell leaves what is known already.

    `assumed` rows name no first day; that they have one follows from the columns of their file.
    """

    line: int
    code: str
    name: str
    kind: UnitKind
    parent: str = ""
    full_name: str = ""
    name_en: str = ""
    hall: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    old_codes: tuple[str, ...] = ()
    assumed: bool = False

    @property
    def whole_name(self) -> str:
        """Return the full name, made of the kind's word and the name where the file has none."""
        return self.full_name or f"{PREFIXES.get(self.kind, '')} {self.name}".strip()

    @property
    def first_hall(self) -> str:
        """Return the name of the hall a new unit starts with; '' for one that has none."""
        if self.hall or self.kind not in COMMUNE_KINDS:
            return self.hall
        return f"Phòng họp trực tuyến UBND {self.whole_name[:1].lower()}{self.whole_name[1:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """What is wrong in one cell; `line` counts from 1, the header included.

    `reasons` say why what the row wishes for cannot be had, `ways` what could be instead; `values`
    belong into the sentence of the code.
    """

    line: int
    column: str
    code: str
    value: str = ""
    reasons: tuple[Reason, ...] = ()
    ways: tuple[Alternative, ...] = ()
    values: tuple[tuple[str, object], ...] = ()


def decode(content: bytes) -> str | None:
    """Return the file's text in NFC, or None when it is not UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return unicodedata.normalize("NFC", text)


def guess_encoding(content: bytes) -> str:
    """Name what a file that is no UTF-8 probably is: UTF-16 with its mark, else Windows-1258."""
    return "UTF-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "Windows-1258"


def parse_units(text: str) -> tuple[tuple[UnitRow, ...], tuple[CellProblem, ...]]:
    """Return the rows of a CSV file, or every problem in it (then no rows)."""
    reader = csv.DictReader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            return (), tuple(
                CellProblem(line=1, column=name, code="column-missing") for name in missing
            )
        read = [_RowReader(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        return (), (CellProblem(line=reader.line_num, column="", code="not-csv", value=str(error)),)
    return _told(read)


def read_units(
    rows: Sequence[tuple[int, Mapping[str, str]]],
) -> tuple[tuple[UnitRow, ...], tuple[CellProblem, ...]]:
    """Return the rows of a table by their lines, or every problem in it (then no rows)."""
    return _told([_RowReader(line, cells) for line, cells in rows])


def _told(read: Sequence[_RowReader]) -> tuple[tuple[UnitRow, ...], tuple[CellProblem, ...]]:
    rows = [one.row() for one in read]
    problems = [problem for one in read for problem in one.problems] + repeated(
        [row for row in rows if row is not None]
    )
    if problems:
        return (), tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return tuple(row for row in rows if row is not None), ()


def _delimiter(text: str) -> str:
    """Return what parts the header's cells; spreadsheets set to Vietnamese write ';'."""
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def repeated(rows: Sequence[UnitRow]) -> list[CellProblem]:
    """Return a problem for each row that repeats a code of an earlier one."""
    seen: set[tuple[str, date | None]] = set()
    found = []
    for row in rows:
        if (row.code, row.valid_from) in seen:
            found.append(CellProblem(line=row.line, column="code", code="twice", value=row.code))
        seen.add((row.code, row.valid_from))
    return found


class _RowReader:
    """Reads the cells of one row and remembers every one that is wrong."""

    def __init__(self, line: int, cells: Mapping[Any, str | list[str] | None]) -> None:
        self.problems: list[CellProblem] = []
        self._line = line
        self._cells = cells
        if None in cells:
            self._wrong("", "too-many-cells")

    def row(self) -> UnitRow | None:
        kind = KINDS.get(self._text("kind").lower())
        if kind is None:
            self._wrong("kind", "unknown-kind")
        # A file with old codes and no dates describes the units that the reform made.
        made = REFORM if "old_codes" in self._cells else None
        since = self._value("valid_from", date.fromisoformat, "not-a-date")
        row = UnitRow(
            line=self._line,
            code=self._needed("code"),
            name=self._needed("name"),
            kind=kind or UnitKind.OFFICE,
            parent=self._text("parent"),
            full_name=self._text("full_name"),
            name_en=self._text("name_en"),
            hall=self._text("hall"),
            phone=self._text("phone"),
            latitude=self._degrees("lat", 90),
            longitude=self._degrees("lon", 180),
            valid_from=since or made,
            valid_to=self._value("valid_to", date.fromisoformat, "not-a-date"),
            old_codes=tuple(code for code in self._text("old_codes").split(";") if code),
            assumed=since is None and made is not None,
        )
        if find_mark(row.hall):
            self._wrong("hall", "secret-content")
        if row.valid_from and row.valid_to and row.valid_to <= row.valid_from:
            self._wrong("valid_to", "ends-before-start")
        return None if self.problems else row

    def _text(self, column: str) -> str:
        cell = self._cells.get(column)
        text = cell.strip() if isinstance(cell, str) else ""
        number = column in {"lat", "lon"} or (column == "phone" and PHONE.fullmatch(text))
        if text.startswith(FORMULA_STARTS) and not number:
            self._wrong(column, "formula")
        elif len(text) > LONGEST_CELL or not text.isprintable():
            self._wrong(column, "unreadable")
        return text

    def _needed(self, column: str) -> str:
        text = self._text(column)
        if not text:
            self._wrong(column, "empty")
        return text

    def _value(self, column: str, parse: Callable[[str], T], code: str) -> T | None:
        text = self._text(column)
        try:
            return parse(text) if text else None
        except ValueError:
            self._wrong(column, code)
            return None

    def _degrees(self, column: str, most: int) -> float | None:
        value = self._value(column, float, "not-a-number")
        if value is not None and not -most <= value <= most:
            self._wrong(column, "out-of-range")
        return value

    def _wrong(self, column: str, code: str) -> None:
        value = self._cells.get(column)
        text = value[:LONGEST_CELL] if isinstance(value, str) else ""
        problem = CellProblem(line=self._line, column=column, code=code, value=text)
        if problem not in self.problems:
            self.problems.append(problem)
