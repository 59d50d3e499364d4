"""Importing units into the directory: plan, then all of it or nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files

from meetings.audit import record
from meetings.directory.unit_changes import Plan
from meetings.directory.unit_plan import missing_from, plan_import
from meetings.directory.unit_rows import KINDS, REFORM, CellProblem, UnitRow, parse_units
from meetings.errors import BadRows, DirectoryNotFound
from meetings.model import UnitKind
from meetings.news import announce
from meetings.office.workdays import midnight
from meetings.reforms.mergers import mergers
from meetings.reforms.merging import contradictions, weigh
from meetings.reforms.passing_on import pass_on
from meetings.store import Connection
from meetings.store import units_import as store
from meetings.store.directory import get_unit_by_code
from meetings.store.inheriting import hand_over, list_ids
from meetings.store.officials import insert_official
from meetings.store.polls import lock_asking
from meetings.store.reforms import list_in_use, lock_units, move_hosts

SHIPPED = files("meetings") / "data"

# Groups that are rules over kinds and so fit every province.
RULE_GROUPS = (
    (
        "all-communes",
        "Tất cả các xã, phường",
        "All communes and wards",
        "commune;ward;township;special-zone",
    ),
    ("all-wards", "Các phường", "All wards", "ward"),
    (
        "offices",
        "Các sở, ban, ngành tỉnh",
        "Provincial offices and departments",
        "office;department",
    ),
)


async def preview_import(
    conn: Connection, rows: Sequence[UnitRow], *, on: date, close_missing: bool = False
) -> Plan:
    """Return what importing the rows would do.

    Raises:
        BadRows: with every cell that does not fit the directory.
    """
    stored = await store.list_versions(conn)
    plan, problems = plan_import(rows, stored, on=on)
    if problems:
        raise BadRows(problems)
    closed = missing_from(rows, stored, on=on) if close_missing else ()
    plan = replace(plan, closed=plan.closed + closed)
    await check_use(conn, rows, plan)
    return replace(plan, unsettled=contradictions(await weigh(conn, mergers(plan, stored))))


async def check_use(conn: Connection, rows: Sequence[UnitRow], plan: Plan) -> None:
    """Make sure that no unit ends while it holds conferences, or its halls are invited to some.

    What it holds goes on with the unit that follows it, its halls do not.

    Raises:
        BadRows: naming the row of each that cannot end.
    """
    ending, heirs = plan.ending, plan.heirs
    asked = [(one.id, midnight(day), (one.code, day) not in heirs) for one, day in ending if one.id]
    used = await list_in_use(conn, asked) if asked else frozenset()
    lines = {row.code: row.line for row in rows}
    problems = [
        CellProblem(
            line=lines.get(one.code, 1), column="valid_to", code="unit-used", value=one.code
        )
        for one, _ in ending
        if one.id in used
    ]
    if problems:
        raise BadRows(tuple(sorted(problems, key=lambda one: one.line)))


async def import_units(
    conn: Connection,
    rows: Sequence[UnitRow],
    *,
    on: date,
    by: str = "program:import",
    close_missing: bool = False,
) -> Plan:
    """Carry the import out in the caller's transaction; return what was done.

    Raises:
        BadRows: with every cell that does not fit the directory; nothing is changed then.
    """
    plan = await preview_import(conn, rows, on=on, close_missing=close_missing)
    if not plan.is_empty:
        ending = [one.id for one, _ in plan.ending if one.id]
        replaced = [one.before.id for one in plan.replaced if one.before.id]
        await lock_asking(conn, [*ending, *replaced])
        await lock_units(conn, ending)
        await check_use(conn, rows, plan)  # once more, now that nobody books there
        await carry_out(conn, plan, on)
        await record(
            conn, actor=by, action="directory.import", subject="directory", detail=plan.counts()
        )
        await announce(conn, "directory")
    return plan


async def load_directory(
    conn: Connection, name: str, *, by: str = "program:import", on: date = REFORM
) -> Plan:
    """Load a directory that ships with the product, with its groups; twice changes nothing.

    Raises:
        DirectoryNotFound: none of that name is shipped.
    """
    plan = await import_units(conn, shipped_rows(name), on=on, by=by)
    groups, members = shipped_groups(name)
    await store.save_groups(conn, groups)
    await store.save_group_members(conn, members)
    await _load_officials(conn, name, on=on)
    return plan


async def _load_officials(conn: Connection, name: str, *, on: date) -> None:
    """Add the positions that a shipped directory names; those that are there stay."""
    for row in csv.DictReader(_shipped_text(name, "officials.csv").splitlines()):
        unit = await get_unit_by_code(conn, row["unit"], on=on)
        await insert_official(
            conn, unit.id, title=row["title"], name="", rank=int(row["rank"]), since=None
        )


async def carry_out(conn: Connection, plan: Plan, today: date) -> None:
    """Write a plan in the caller's transaction, which holds the units that end or are replaced."""
    settled = await weigh(conn, mergers(plan, await store.list_versions(conn)))
    ended = [replace(change.before, valid_to=change.after.valid_from) for change in plan.replaced]
    corrected = [change.after for change in plan.changed]
    follow = [change.after for change in plan.replaced]
    await store.close_units(conn, [*plan.closed, *ended])
    await store.save_units(conn, corrected)
    await store.insert_units(conn, [*plan.added, *follow])
    await store.insert_halls(conn, plan.added)
    heirs = await list_ids(conn, follow)
    pairs = [(old.id, heir) for old, heir in zip(ended, heirs, strict=True) if old.id]
    await hand_over(conn, pairs)
    await store.save_halls(conn, [*corrected, *follow])
    await store.save_tree(conn, [*plan.added, *corrected, *follow])
    moves = zip(pairs, follow, strict=True)
    await move_hosts(
        conn, [(old, heir, midnight(new.valid_from or REFORM)) for (old, heir), new in moves]
    )
    await pass_on(conn, settled, today)
    await store.save_groups(conn, RULE_GROUPS)


@cache
def shipped_rows(name: str) -> tuple[UnitRow, ...]:
    """Return the units of a shipped directory: offices, communes, and those before the reform."""
    rows: list[UnitRow] = []
    for file in ("offices.csv", "communes.csv"):
        found, problems = parse_units(_shipped_text(name, file))
        if problems:
            raise BadRows(problems)
        rows += found
    dated = [
        row if row.parent == "" else replace(row, valid_from=REFORM, assumed=False) for row in rows
    ]
    return (*dated, *_predecessors(_shipped_text(name, "predecessors.csv")))


@cache
def shipped_groups(
    name: str,
) -> tuple[tuple[tuple[str, str, str, str], ...], tuple[tuple[str, str], ...]]:
    """Return the groups of a shipped directory, and their members as (group, unit code)."""
    rows = list(csv.DictReader(_shipped_text(name, "groups.csv").splitlines()))
    groups = tuple((row["code"], row["name"], row["name_en"], row["kinds"]) for row in rows)
    members = tuple(
        (row["code"], unit) for row in rows for unit in row["members"].split(";") if unit
    )
    return groups, members


def _shipped_text(name: str, file: str) -> str:
    shipped = {folder.name for folder in SHIPPED.iterdir() if folder.is_dir()}
    if name not in shipped:
        raise DirectoryNotFound(name, frozenset(shipped))
    path = SHIPPED / name / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _predecessors(text: str) -> list[UnitRow]:
    """Return the units that ended with the reform, and the districts they belonged to."""
    found: dict[str, UnitRow] = {}
    for line, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        found[row["district_code"]] = UnitRow(
            line=line,
            code=row["district_code"],
            name=re.sub("^(Thành phố|Thị xã|Huyện) ", "", row["district"]),
            full_name=row["district"],
            kind=UnitKind.DISTRICT,
            valid_to=REFORM,
        )
        found[row["code"]] = UnitRow(
            line=line,
            code=row["code"],
            name=row["name"],
            full_name=row["full_name"],
            kind=KINDS[row["kind"]],
            parent=row["district_code"],
            valid_to=REFORM,
        )
    return list(found.values())
