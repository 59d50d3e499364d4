"""Units with their first hall; the file's rules are those of `diemcau import`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from meetings.directory.finding import list_units
from meetings.directory.importing import import_units, preview_import
from meetings.directory.unit_changes import Plan, UnitVersion
from meetings.directory.unit_rows import read_units
from meetings.errors import BadRows
from meetings.model import UnitKind
from meetings.store import Connection
from meetings.store.units_import import list_versions
from web.ledgers.model import Clerk, Difference, Draft, Row, day_text
from web.permissions import Permission

COLUMNS = (
    "code",
    "name",
    "kind",
    "parent",
    "full_name",
    "name_en",
    "hall",
    "phone",
    "lat",
    "lon",
    "valid_from",
    "valid_to",
)


class Units:
    """The ledger of units."""

    COLUMNS: ClassVar[tuple[str, ...]] = (*COLUMNS, "old_codes")
    NEEDED: ClassVar[tuple[str, ...]] = ("code", "name", "kind")
    PERMISSION: ClassVar[Permission] = Permission.MANAGE_DIRECTORY

    async def listing(self, conn: Connection, clerk: Clerk) -> list[tuple[str, ...]]:
        """Return the units valid today."""
        kept = {
            unit.id
            for unit in await list_units(conn, on=clerk.today)
            if clerk.may(Permission.MANAGE_DIRECTORY, unit.path)
        }
        found = [one for one in await list_versions(conn) if one.id in kept]
        return [(*cells_of(one), "") for one in found]

    async def carry_out(self, conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> Draft:
        """Import the rows; the whole province must be the clerk's."""
        draft = Draft()
        roots = [one for one in await list_units(conn, on=clerk.today) if one.parent_id is None]
        if not all(clerk.may(Permission.MANAGE_DIRECTORY, root.path) for root in roots):
            for row in rows[:1]:
                draft.wrong(row, "code", "forbidden")
            return draft
        read, problems = read_units([(row.line, row.cells) for row in rows])
        if problems:
            draft.problems += problems
            return draft
        try:
            plan = await preview_import(conn, read, on=clerk.today)
            await import_units(conn, read, on=clerk.today, by=clerk.actor.name)
        except BadRows as error:
            draft.problems += error.problems
            return draft
        lines = {one.code: one.line for one in read}
        draft.differences += told(plan, lines)
        draft.unsettled += plan.unsettled
        return draft


def cells_of(unit: UnitVersion) -> tuple[str, ...]:
    """Return a unit as the file shows it."""
    return (
        unit.code,
        unit.name,
        unit.kind.value,
        unit.parent,
        unit.full_name,
        unit.name_en,
        unit.hall,
        unit.phone,
        "" if unit.latitude is None else str(unit.latitude),
        "" if unit.longitude is None else str(unit.longitude),
        day_text(unit.valid_from),
        day_text(unit.valid_to),
    )


def told(plan: Plan, lines: dict[str, int]) -> list[Difference]:
    """Return a plan row by row."""
    taken = {
        one.code: (("old_codes", "", ";".join(taken_by(one.code, plan))),) for one in plan.taking
    }
    same = [one for one in plan.unchanged if one.code not in taken]
    parts = (("add", plan.added), ("change", plan.closed), ("same", same))
    found = [
        Difference(line=lines.get(unit.code, 0), what=what, label=f"{unit.code} {unit.full_name}")
        for what, units in parts
        for unit in units
    ]
    found += [
        Difference(
            line=lines.get(unit.code, 0),
            what="change",
            label=f"{unit.code} {unit.full_name}",
            changes=taken[unit.code],
        )
        for unit in plan.unchanged
        if unit.code in taken
    ]
    for change in (*plan.changed, *plan.replaced):
        cells = tuple(
            (name, word(getattr(change.before, name)), word(getattr(change.after, name)))
            for name in change.fields
        ) + taken.get(change.after.code, ())
        label = f"{change.after.code} {change.after.full_name}"
        line = lines.get(change.after.code, 0)
        found.append(Difference(line=line, what="change", label=label, changes=cells))
    return sorted(found, key=lambda one: one.line)


def taken_by(code: str, plan: Plan) -> list[str]:
    """Return the codes of all units that one takes in."""
    return [old for one in plan.taking if one.code == code for old in one.old_codes]


def word(value: object) -> str:
    """Write a value of a unit as its cell does."""
    if isinstance(value, UnitKind):
        return value.value
    return "" if value is None else str(value)
