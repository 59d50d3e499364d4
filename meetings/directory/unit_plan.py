"""What importing a file would do to the directory, decided before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from meetings.directory.unit_changes import Plan, UnitVersion
from meetings.directory.unit_matching import change_of, matching, new_version
from meetings.directory.unit_refusals import misdated, misplaced, of_former_units
from meetings.directory.unit_rows import CellProblem, UnitRow, repeated
from meetings.model import UnitKind
from meetings.reforms.unit_ends import Stored, left_below, not_ending, taking


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
    problems = [*repeated(rooted), *misplaced(rooted, by_code, on), *misdated(rooted, by_code, on)]
    problems += of_former_units(rooted, by_code, on)
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


def _sorted_out(rows: Sequence[UnitRow], stored: Stored, on: date) -> Plan:
    added, changed, replaced, closed, unchanged = [], [], [], [], []
    for row in rows:
        for unit in matching(row, stored, on):
            change = change_of(row, unit)
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
