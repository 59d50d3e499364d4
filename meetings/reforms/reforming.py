"""Reforms of units: closed, renamed or merged from a day on, with everything that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import asyncpg

from meetings.audit import record
from meetings.directory.errors import BadReformDate, CodeTaken, UnitHasBecome, UnitInUse
from meetings.directory.importing import carry_out
from meetings.directory.unit_changes import Change, Plan, UnitVersion
from meetings.directory.unit_matching import new_version
from meetings.directory.unit_rows import UnitRow
from meetings.model import Unit, UnitKind
from meetings.news import announce
from meetings.office.workdays import midnight
from meetings.reforms.inheritance import Contradiction
from meetings.reforms.mergers import Merger, Old
from meetings.reforms.merging import weigh
from meetings.reforms.passing_on import pass_on
from meetings.store import Connection
from meetings.store import directory as units
from meetings.store import reforms as store
from meetings.store import units_import as versions
from meetings.store.polls import lock_asking


@dataclass(frozen=True, slots=True, kw_only=True)
class NewName:
    """What a unit is called from a day on; an empty full name is made from kind and name."""

    name: str
    full_name: str = ""
    name_en: str = ""
    kind: UnitKind | None = None


async def close_unit(conn: Connection, unit: Unit, *, since: date, by: str) -> None:
    """End a unit and its halls: `since` is the first day without them.

    Raises:
        BadReformDate: it is not there on the day before, or it became another unit long since.
        UnitInUse: it holds conferences after that day, or has units below it; nothing is changed.
    """
    await _lock(conn, [unit], since)
    await _refuse_use(conn, [unit], since)
    await store.close_units(conn, [unit.id], since)
    await _tell(conn, unit, "unit.close", by=by, since=since)


async def rename_unit(
    conn: Connection, unit: Unit, new: NewName, *, since: date, today: date, by: str
) -> Unit:
    """Go on under another name or kind from a day on; halls, people and plans come along.

    Halls belong to one unit at a time, so the day must have come.

    Raises:
        BadReformDate: the unit is not there on the day before, or the day lies ahead.
    """
    if since > today:
        raise BadReformDate(unit.code, since)
    await _lock(conn, [unit], since)
    before = next(one for one in await versions.list_versions(conn) if one.id == unit.id)
    after = _renamed(before, new, since)
    fields = tuple(
        name
        for name in ("name", "kind", "full_name", "name_en")
        if getattr(before, name) != getattr(after, name)
    )
    if not fields:
        return unit
    await carry_out(
        conn, Plan(replaced=(Change(before=before, after=after, fields=fields),)), today
    )
    renamed = await units.get_unit_by_code(conn, unit.code, on=since)
    await _tell(conn, renamed, "unit.rename", by=by, since=since, before=unit.full_name)
    return renamed


def _renamed(before: UnitVersion, new: NewName, since: date) -> UnitVersion:
    kind = new.kind or before.kind
    row = UnitRow(line=0, code=before.code, name=new.name, kind=kind, full_name=new.full_name)
    return replace(
        before,
        id=None,
        name=new.name,
        kind=kind,
        full_name=row.whole_name,
        name_en=new.name_en or before.name_en,
        valid_from=since,
        old_codes=(before.code,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The unit that others became, and what they had said differently."""

    unit: Unit
    unsettled: tuple[Contradiction, ...]


async def merge_units(
    conn: Connection,
    old: Sequence[Unit],
    into: Unit | UnitRow,
    *,
    since: date,
    today: date,
    by: str,
) -> Merged:
    """Let units become one: a unit that is there, or a new one that begins on that day.

    The old ones end with their halls; their staff may act for the new one, which also holds the
    conferences they had planned, and from that day on goes on by what they say alike.

    Raises:
        BadReformDate: one of them is not there on the day before.
        UnitInUse: halls of theirs are invited after that day, or units lie below them.
        CodeTaken: the new unit's code is carried by one that goes on.
    """
    await _lock(conn, old, since)
    await _refuse_use(conn, old, since, hosting=False)
    ended = [unit.id for unit in old]
    await store.close_units(conn, ended, since)
    new = into if isinstance(into, Unit) else await _found(conn, into, since, today)
    if not new.is_valid(since):
        raise BadReformDate(new.code, since)
    merger = Merger(
        code=new.code,
        since=since,
        own=new.id if isinstance(into, Unit) else None,
        old=tuple(sorted((Old(unit.id, unit.code) for unit in old), key=lambda one: one.code)),
        sole=frozenset(ended),
    )
    [settled] = await weigh(conn, [merger])
    await pass_on(conn, [settled], today)
    told = settled.legacy.contradictions
    unsettled = {"unsettled": [one.what for one in told]} if told else {}
    codes = sorted(unit.code for unit in old)
    await _tell(conn, new, "unit.merge", by=by, since=since, units=codes, **unsettled)
    return Merged(unit=new, unsettled=told)


async def _found(conn: Connection, row: UnitRow, since: date, today: date) -> Unit:
    """Make the unit that begins on that day."""
    added = replace(new_version(row, ()), valid_from=since)
    try:
        async with conn.transaction():
            await carry_out(conn, Plan(added=(added,)), today)
    except asyncpg.ExclusionViolationError as error:
        raise CodeTaken(row.code) from error
    return await units.get_unit_by_code(conn, row.code, on=since)


async def _lock(conn: Connection, old: Sequence[Unit], since: date) -> None:
    """Keep others away from the units, and make sure that they can end on that day."""
    await lock_asking(conn, [unit.id for unit in old])
    await store.lock_units(conn, [unit.id for unit in old])
    now = await units.list_units_by_ids(conn, [unit.id for unit in old])
    for unit in now:
        if not (unit.valid_from or date.min) < since < (unit.valid_to or date.max):
            raise BadReformDate(unit.code, since)
    became = await store.list_become(conn, [unit.id for unit in now if unit.valid_to])
    if became:
        raise UnitHasBecome(became[0], since)


async def _refuse_use(
    conn: Connection, old: Sequence[Unit], since: date, *, hosting: bool = True
) -> None:
    ids = [unit.id for unit in old]
    found = await store.list_obligations(conn, ids, midnight(since))
    kept = [replace(one, inherited=not hosting) for one in found if one.halls or hosting]
    below = await store.list_below(conn, ids, since)
    if kept or below:
        raise UnitInUse(old[0].code, kept, below)
    if await store.count_later_sites(conn, ids, since):
        raise BadReformDate(old[0].code, since)


async def _tell(
    conn: Connection, unit: Unit, action: str, *, by: str, since: date, **detail: object
) -> None:
    told = {"since": since.isoformat(), **detail}
    await record(
        conn, actor=by, action=action, subject=f"unit:{unit.code}", unit=unit.id, detail=told
    )
    await announce(conn, "directory", "snapshot")
