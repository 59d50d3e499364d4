"""Which units an import ends, who takes them in, and what keeps one from ending.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from meetings.directory.unit_changes import Plan, UnitVersion
from meetings.directory.unit_rows import CellProblem, UnitRow

Stored = Mapping[str, Sequence[UnitVersion]]
"""Every version of a unit by its code, the earliest first."""


def taking(rows: Sequence[UnitRow], plan: Plan) -> Iterator[UnitVersion]:
    """Yield the units that go on and take in others which the plan ends, a day each."""
    ending, going = ends_of(plan), goes_on(plan)
    for row in rows:
        if unit := going.get(row.code):
            days = {ending[code] for code in row.old_codes if code in ending and code != row.code}
            for day in sorted(days):
                if (unit.valid_from or date.min) < day < (unit.valid_to or date.max):
                    codes = tuple(code for code in row.old_codes if ending.get(code) == day)
                    yield replace(unit, valid_from=day, old_codes=codes)


def ends_of(plan: Plan) -> dict[str, date]:
    """Return when the units end, by their code, that the plan ends."""
    return {one.code: day for one, day in plan.ending}


def goes_on(plan: Plan) -> dict[str, UnitVersion]:
    """Return the stored units that go on as they are or corrected, by their code."""
    return {one.code: one for one in (*plan.unchanged, *(each.after for each in plan.changed))}


def not_ending(rows: Sequence[UnitRow], stored: Stored, plan: Plan) -> Iterator[CellProblem]:
    """Yield a problem for each unit that another is to take in, and that goes on itself."""
    ending, going = ends_of(plan), goes_on(plan)
    for row in rows:
        unit = going.get(row.code)
        done = {row.code, *ending, *(unit.old_codes if unit else ())}
        for code in row.old_codes if unit else ():
            if code not in done and any(one.valid_to is None for one in stored.get(code, ())):
                yield CellProblem(line=row.line, column="old_codes", code="goes-on", value=code)


def left_below(rows: Sequence[UnitRow], stored: Stored, plan: Plan) -> Iterator[CellProblem]:
    """Yield a problem for each unit that ends while units below it go on."""
    gone = {one.id for one, _ in plan.ending} | {one.before.id for one in plan.replaced}
    moved = {one.before.id: one.after.parent for one in plan.changed}
    lines = {row.code: row.line for row in rows}
    for ended, day in plan.ending:
        if any(
            moved.get(one.id, one.parent) == ended.code
            and one.id not in gone
            and one.valid_within(day, day + timedelta(days=1))
            for versions in stored.values()
            for one in versions
        ):
            line = lines.get(ended.code, 1)
            yield CellProblem(line=line, column="valid_to", code="units-below", value=ended.code)
