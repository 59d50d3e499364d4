"""Attendance month by month: how often each commune was there, late, absent or unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from meetings.model import COMMUNE_KINDS, Unit, UnitId, UnitKind
from meetings.office.workdays import ZONE
from meetings.reforms.succession import heirs
from meetings.store import Connection
from meetings.store import reports as store
from meetings.store.directory import list_units, list_units_by_ids
from meetings.store.reports import Tally
from meetings.store.successions import list_successions

__all__ = ["Report", "ReportRow", "Tally", "added_up", "months_from", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One commune: a tally for each month of the report, and all of them together."""

    unit: Unit
    months: tuple[Tally, ...]
    total: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Months named by their first day, communes in Vietnamese order, and the bottom line."""

    months: tuple[date, ...]
    rows: tuple[ReportRow, ...]
    totals: tuple[Tally, ...]
    total: Tally
    conferences: int


def months_from(first: date, count: int) -> tuple[date, ...]:
    """Return the first days of `count` months, beginning with the month of `first`."""
    start = first.year * 12 + first.month - 1
    return tuple(date(n // 12, n % 12 + 1, 1) for n in range(start, start + count))


def added_up(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies."""
    total = Tally()
    for one in tallies:
        total = total.plus(one)
    return total


async def report(
    conn: Connection,
    *,
    first: date,
    months: int,
    below: Collection[UnitId] | None = None,
    kinds: Collection[UnitKind] = COMMUNE_KINDS,
    follow: bool = False,
) -> Report:
    """Return the report over conferences that are over, from the month of `first` on.

    Every unit of these kinds below one of `below` that is valid at the end has a row, invited or
    not; so has one that is no more but was invited, unless it is to `follow` its successors: then
    what it did counts for the unit that it became.
    """
    named = months_from(first, months + 1)
    start, end = (datetime.combine(day, time(), ZONE) for day in (named[0], named[-1]))
    scope = None if below is None else sorted(below)
    tallies = await store.list_tallies(
        conn,
        start.astimezone(UTC),
        end.astimezone(UTC),
        units=scope,
        kinds=kinds,
    )
    last_day = named[-1] - timedelta(days=1)
    if follow:
        tallies = await _inherited(conn, last_day, kinds, tallies)
    units = await _units(conn, last_day, scope, kinds, tallies)
    conferences = await store.count_held(conn, start, end, units=scope)
    return _report(named[:-1], units, tallies, conferences)


async def _inherited(
    conn: Connection,
    on: date,
    kinds: Collection[UnitKind],
    tallies: Mapping[tuple[UnitId, date], Tally],
) -> dict[tuple[UnitId, date], Tally]:
    """Return the tallies under the units of that day that stand for those invited."""
    standing = {unit.id for unit in await list_units(conn, on=on, kinds=kinds)}
    heir_of = heirs(await list_successions(conn), standing)
    found: dict[tuple[UnitId, date], Tally] = {}
    for (unit, month), tally in tallies.items():
        key = (heir_of.get(unit, unit), month)
        found[key] = found.get(key, Tally()).plus(tally)
    return found


async def _units(
    conn: Connection,
    on: date,
    scope: Sequence[UnitId] | None,
    kinds: Collection[UnitKind],
    tallies: Mapping[tuple[UnitId, date], Tally],
) -> list[Unit]:
    """Return the units valid on that day, then those that were invited and are no more."""
    valid = [
        unit
        for unit in await list_units(conn, on=on, kinds=kinds)
        if scope is None or set(unit.path) & set(scope)
    ]
    gone = {unit for unit, _ in tallies} - {unit.id for unit in valid}
    return [*valid, *(await list_units_by_ids(conn, gone) if gone else ())]


def _report(
    months: tuple[date, ...],
    units: Sequence[Unit],
    tallies: Mapping[tuple[UnitId, date], Tally],
    conferences: int,
) -> Report:
    rows = tuple(_row(unit, months, tallies) for unit in units)
    return Report(
        months=months,
        rows=rows,
        totals=tuple(added_up(row.months[place] for row in rows) for place in range(len(months))),
        total=added_up(row.total for row in rows),
        conferences=conferences,
    )


def _row(
    unit: Unit, months: tuple[date, ...], tallies: Mapping[tuple[UnitId, date], Tally]
) -> ReportRow:
    found = tuple(tallies.get((unit.id, month), Tally()) for month in months)
    return ReportRow(unit=unit, months=found, total=added_up(found))
