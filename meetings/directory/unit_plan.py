"""What importing a file would do to the directory, decided before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from meetings.directory.unit_changes import Change, Plan, UnitVersion
from meetings.directory.unit_rows import CellProblem, UnitRow, repeated
from meetings.model import UnitKind
from meetings.reforms.unit_ends import Stored, left_below, not_ending, taking

COMPARED = (
    "name",
    "full_name",
    "name_en",
    "kind",
    "parent",
    "hall",
    "phone",
    "latitude",
    "longitude",
)


def plan_import(
    rows: Sequence[UnitRow], stored: Sequence[UnitVersion], *, on: date
) -> tuple[Plan, tuple[CellProblem, ...]]:
    """Compare the rows with what is stored; return the plan, or every problem found.

    A row that differs from a stored unit and names a later `valid_from` replaces it from that day
    on; without one it corrects the unit in place, but not to what the code stood for before.  A
    row's `valid_to` closes the unit.
    """
    by_code: dict[str, list[UnitVersion]] = {}
    for unit in stored:
        by_code.setdefault(unit.code, []).append(unit)
    rooted = [replace(row, parent=row.parent or _root_of(row, rows, stored)) for row in rows]
    problems = [*repeated(rooted), *_parents(rooted, by_code, on), *_misdated(rooted, by_code, on)]
    problems += _former(rooted, by_code, on)
    if problems:
        return Plan(), tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    plan = _sorted_out(rooted, by_code, on)
    problems = [*not_ending(rooted, by_code, plan), *left_below(rooted, by_code, plan)]
    return (Plan() if problems else plan), tuple(problems)


def missing_from(
    rows: Sequence[UnitRow], stored: Sequence[UnitVersion], *, on: date
) -> tuple[UnitVersion, ...]:
    """Return the units valid on that day, of the kinds and parents in the file, but not in it."""
    kinds = {row.kind for row in rows}
    codes = {row.code for row in rows}
    parents = {row.parent or _root_of(row, rows, stored) for row in rows}
    return tuple(
        replace(unit, valid_to=on)
        for unit in stored
        if unit.kind in kinds
        and unit.parent in parents
        and unit.code not in codes
        and unit.valid_within(on, on + timedelta(days=1))
        and unit.valid_from != on
    )


def _root_of(row: UnitRow, rows: Sequence[UnitRow], stored: Sequence[UnitVersion]) -> str:
    """Return the code of the only province there is, for rows that name no parent."""
    if row.kind is UnitKind.PROVINCE:
        return ""
    roots = {one.code for one in rows if one.kind is UnitKind.PROVINCE}
    roots |= {one.code for one in stored if one.kind is UnitKind.PROVINCE}
    return roots.pop() if len(roots) == 1 else ""


def _parents(rows: Sequence[UnitRow], stored: Stored, on: date) -> list[CellProblem]:
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
        elif last_days[row.parent] <= _window(row, on)[0]:
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


def _window(row: UnitRow, on: date) -> tuple[date, date]:
    """Return the days in which a stored unit of the same code is the one the row speaks of."""
    if row.valid_from:
        return row.valid_from, row.valid_to or date.max
    if row.valid_to:
        return row.valid_to - timedelta(days=1), row.valid_to
    return on, on + timedelta(days=1)


def _matching(row: UnitRow, stored: Stored, on: date) -> list[UnitVersion]:
    window = _window(row, on)
    return [unit for unit in stored.get(row.code, ()) if unit.valid_within(*window)]


def _misdated(rows: Sequence[UnitRow], stored: Stored, on: date) -> list[CellProblem]:
    """Return a problem for each row that meets several units, or replaces one ahead of its time.

    Halls and grants go over to the successor at once, so it must be valid already.
    """
    found = []
    for row in rows:
        units = _matching(row, stored, on)
        code = "overlaps" if len(units) > 1 else ""
        if not code and units and row.valid_from and row.valid_from > on:
            code = "too-soon" if _change(row, units[0]).after.id is None else ""
        if code:
            found.append(CellProblem(line=row.line, column="valid_from", code=code, value=row.code))
    return found


def _former(rows: Sequence[UnitRow], stored: Stored, on: date) -> list[CellProblem]:
    """Return a problem for each row without a first day that says what its code stood for before.

    A code is handed on: an old list read as one of today would rename those who carry it now.
    """
    found = []
    for row in rows:
        start, units = _window(row, on)[0], _matching(row, stored, on)
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


def _sorted_out(rows: Sequence[UnitRow], stored: Stored, on: date) -> Plan:
    added, changed, replaced, closed, unchanged = [], [], [], [], []
    for row in rows:
        for unit in _matching(row, stored, on):
            change = _change(row, unit)
            if not change.fields:
                unchanged.append(unit)
            elif change.fields == ("valid_to",):
                closed.append(change.after)
            elif change.after.id is None:
                replaced.append(change)
            else:
                changed.append(change)
            break
        else:
            added.append(new_version(row, stored.get(row.code, ())))
    plan = Plan(
        added=tuple(added),
        changed=tuple(changed),
        replaced=tuple(replaced),
        closed=tuple(closed),
        unchanged=tuple(unchanged),
    )
    return replace(plan, taking=tuple(taking(rows, plan)))


def new_version(row: UnitRow, earlier: Sequence[UnitVersion]) -> UnitVersion:
    """Return the row as a unit that begins where the code was last free."""
    ends = [unit.valid_to for unit in earlier if unit.valid_to]
    return UnitVersion(
        id=None,
        code=row.code,
        name=row.name,
        full_name=row.whole_name,
        name_en=row.name_en,
        kind=row.kind,
        parent=row.parent,
        hall=row.first_hall,
        phone=row.phone,
        latitude=row.latitude,
        longitude=row.longitude,
        valid_from=row.valid_from or max(ends, default=None),
        valid_to=row.valid_to,
        old_codes=row.old_codes,
    )


def _change(row: UnitRow, unit: UnitVersion) -> Change:
    """Return what the row makes of the unit; its empty cells change nothing."""
    renamed = (row.name, row.kind) != (unit.name, unit.kind)
    after = replace(
        unit,
        name=row.name,
        kind=row.kind,
        full_name=row.whole_name if row.full_name or renamed else unit.full_name,
        name_en=row.name_en or unit.name_en,
        parent=row.parent,
        hall=row.hall or unit.hall,
        phone=row.phone or unit.phone,
        latitude=unit.latitude if row.latitude is None else row.latitude,
        longitude=unit.longitude if row.longitude is None else row.longitude,
        valid_to=row.valid_to or unit.valid_to,
    )
    fields = tuple(
        name for name in (*COMPARED, "valid_to") if getattr(after, name) != getattr(unit, name)
    )
    later = row.valid_from and row.valid_from > (unit.valid_from or date.min)
    if later and set(fields) & {"name", "kind"}:
        after = replace(
            after, id=None, valid_from=row.valid_from, old_codes=(unit.code, *row.old_codes)
        )
    return Change(before=unit, after=after, fields=fields)
