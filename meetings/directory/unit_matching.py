"""Which stored unit a row of a file speaks of, and what the row makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from meetings.directory.unit_changes import Change, UnitVersion
from meetings.directory.unit_rows import UnitRow
from meetings.reforms.unit_ends import Stored

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
    "valid_to",
)


def window_of(row: UnitRow, on: date) -> tuple[date, date]:
    """Return the days in which a stored unit of the same code is the one the row speaks of."""
    if row.valid_from:
        return row.valid_from, row.valid_to or date.max
    if row.valid_to:
        return row.valid_to - timedelta(days=1), row.valid_to
    return on, on + timedelta(days=1)


def matching(row: UnitRow, stored: Stored, on: date) -> list[UnitVersion]:
    """Return the stored units that the row may speak of; more than one is a problem."""
    window = window_of(row, on)
    return [unit for unit in stored.get(row.code, ()) if unit.valid_within(*window)]


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


def change_of(row: UnitRow, unit: UnitVersion) -> Change:
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
    fields = tuple(name for name in COMPARED if getattr(after, name) != getattr(unit, name))
    later = row.valid_from and row.valid_from > (unit.valid_from or date.min)
    if later and set(fields) & {"name", "kind"}:
        after = replace(
            after, id=None, valid_from=row.valid_from, old_codes=(unit.code, *row.old_codes)
        )
    return Change(before=unit, after=after, fields=fields)
