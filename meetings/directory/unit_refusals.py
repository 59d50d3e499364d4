"""What stands in the way of a file's rows: their parents, their days, what their codes were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from meetings.directory.unit_matching import change_of, matching, window_of
from meetings.directory.unit_rows import CellProblem, UnitRow
from meetings.model import UnitKind
from meetings.reforms.unit_ends import Stored


def misplaced(rows: Sequence[UnitRow], stored: Stored, on: date) -> list[CellProblem]:
    """Return a problem for each row whose parent is missing, unknown, gone, or below itself."""
    last_days = _last_days(rows, stored)
    parent_of = {code: versions[-1].parent for code, versions in stored.items()}
    parent_of |= {row.code: row.parent for row in rows}
    found = []
    for row in rows:
        code = ""
        if not row.parent:
            code = "" if row.kind is UnitKind.PROVINCE else "empty"
        elif row.parent not in parent_of:
            code = "unknown-unit"
        elif _in_a_circle(row.code, parent_of):
            code = "circle"
        elif last_days[row.parent] <= window_of(row, on)[0]:
            code = "parent-ended"
        if code:
            found.append(CellProblem(line=row.line, column="parent", code=code, value=row.parent))
    return found


def _last_days(rows: Sequence[UnitRow], stored: Stored) -> dict[str, date]:
    """Return until when there is a unit of each code, as it is stored or stands in the file."""
    ends = [(one.code, one.valid_to or date.max) for units in stored.values() for one in units]
    ends += [(row.code, row.valid_to or date.max) for row in rows]
    return dict(sorted(ends))


def _in_a_circle(code: str, parent_of: Mapping[str, str]) -> bool:
    seen = set()
    while code := parent_of.get(code, ""):
        if code in seen:
            return True
        seen.add(code)
    return False


def misdated(rows: Sequence[UnitRow], stored: Stored, on: date) -> list[CellProblem]:
    """Return a problem for each row that meets several units, or replaces one ahead of its time.

    Halls and grants go over to the successor at once, so it must be valid already.
    """
    found = []
    for row in rows:
        units = matching(row, stored, on)
        code = "overlaps" if len(units) > 1 else ""
        if not code and units and row.valid_from and row.valid_from > on:
            code = "too-soon" if change_of(row, units[0]).after.id is None else ""
        if code:
            found.append(CellProblem(line=row.line, column="valid_from", code=code, value=row.code))
    return found


def of_former_units(rows: Sequence[UnitRow], stored: Stored, on: date) -> list[CellProblem]:
    """Return a problem for each row without a first day that says what its code stood for before.

    A code is handed on: an old list read as one of today would rename those who carry it now.
    """
    found = []
    for row in rows:
        start, units = window_of(row, on)[0], matching(row, stored, on)
        named = {(unit.name, unit.kind) for unit in units}
        if (row.valid_from and not row.assumed) or (row.name, row.kind) in named:
            continue
        renamed = not any(row.name == unit.name for unit in units)
        past = [
            unit.valid_to
            for unit in stored.get(row.code, ())
            if unit.valid_to and unit.valid_to <= start and row.name == unit.name
            if renamed or row.kind is unit.kind
        ]
        if past:
            values: list[tuple[str, object]] = [("until", max(past))]
            values += [("now", unit.full_name) for unit in units[:1]]
            found.append(
                CellProblem(
                    line=row.line,
                    column="name" if renamed else "kind",
                    code="former-unit",
                    value=row.whole_name,
                    values=tuple(values),
                )
            )
    return found
