"""What units start from: read along the line to the top, written at the next version."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time

import asyncpg

from meetings.errors import UnitNotFound
from meetings.ids import UnitId
from meetings.kinds import Visibility
from meetings.model import Unit
from meetings.store import Connection
from meetings.store.directory import UNIT, unit_from_row

SIGNATURE = ("signed_for", "signed_as", "signed_by")
"""Whose authority a document is signed by, in which office, and the name below it."""

LIST_LINE = f"""
    SELECT {UNIT},
           d.unit_id, d.line_test_days, d.line_test_at, d.line_test_minutes, d.visibility,
           d.signed_for, d.signed_as, d.signed_by, d.version
      FROM units u
      LEFT JOIN unit_defaults d ON d.unit_id = ANY (u.path)
     WHERE u.id = $1
     ORDER BY array_position(u.path, d.unit_id)
"""  # noqa: S608 - no value is spliced
LIST_OWN = """
    SELECT unit_id, line_test_days, line_test_at, line_test_minutes, visibility, signed_for,
           signed_as, signed_by
      FROM unit_defaults WHERE unit_id = ANY ($1::bigint[])
"""
SAVE_DEFAULTS = """
    INSERT INTO unit_defaults AS d (unit_id, line_test_days, line_test_at, line_test_minutes,
                                    visibility, signed_for, signed_as, signed_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (unit_id) DO UPDATE
       SET line_test_days = $2, line_test_at = $3, line_test_minutes = $4, visibility = $5,
           signed_for = $6, signed_as = $7, signed_by = $8, version = d.version + 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a unit says; None is what the unit above it says."""

    line_test_days: int | None = None
    line_test_at: time | None = None
    line_test_minutes: int | None = None
    visibility: Visibility | None = None
    signed_for: str = ""
    signed_as: str = ""
    signed_by: str = ""


def defaults_from_row(row: asyncpg.Record) -> Defaults:
    """Return the defaults of a row that spells the columns out as above."""
    return Defaults(
        line_test_days=row["line_test_days"],
        line_test_at=row["line_test_at"],
        line_test_minutes=row["line_test_minutes"],
        visibility=Visibility(row["visibility"]) if row["visibility"] else None,
        signed_for=row["signed_for"],
        signed_as=row["signed_as"],
        signed_by=row["signed_by"],
    )


async def list_own(conn: Connection, units: Collection[UnitId]) -> dict[UnitId, Defaults]:
    """Return what these units say themselves."""
    rows = await conn.fetch(LIST_OWN, list(units))
    return {row["unit_id"]: defaults_from_row(row) for row in rows}


async def get_line(
    conn: Connection, unit: UnitId
) -> tuple[Unit, list[tuple[UnitId, Defaults, int]]]:
    """Return the unit, and what it and those above it say with versions, the topmost first."""
    rows = await conn.fetch(LIST_LINE, unit)
    if not rows:
        raise UnitNotFound(str(unit))
    line = [
        (row["unit_id"], defaults_from_row(row), row["version"])
        for row in rows
        if row["unit_id"] is not None
    ]
    return unit_from_row(rows[0]), line


async def save_defaults(conn: Connection, unit: UnitId, defaults: Defaults) -> None:
    """Write what a unit that is locked says, at its next version."""
    await conn.execute(
        SAVE_DEFAULTS,
        unit,
        defaults.line_test_days,
        defaults.line_test_at,
        defaults.line_test_minutes,
        defaults.visibility.value if defaults.visibility else None,
        defaults.signed_for,
        defaults.signed_as,
        defaults.signed_by,
    )
