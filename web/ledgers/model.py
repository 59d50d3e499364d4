"""What every ledger speaks of: rows, differences, and cells that are wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, ClassVar, Protocol, TypeVar

from meetings.directory.unit_rows import CellProblem
from meetings.names import fold
from meetings.reforms.inheritance import Contradiction
from meetings.scheduling.reasons import HolderKind, Reason
from meetings.store import Connection
from web.access.actors import Actor
from web.errors import BadForm
from web.files.tables import LONGEST_CELL, Table
from web.input.forms import Body, parse_form
from web.permissions import Permission, may
from web.scheduling.booking import Desk

Form = TypeVar("Form", bound=Body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a file by the names of its columns; texts without edges."""

    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Return a cell; a column that is not there is an empty one."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a row does: adds, changes or leaves a record; `changes` are cells before and after.

    `warnings` speak against it without forbidding it.  `record` is the conference that was booked.
    """

    line: int
    what: str
    label: str
    changes: tuple[tuple[str, str, str], ...] = ()
    warnings: tuple[Reason, ...] = ()
    record: int = 0


@dataclass(slots=True, kw_only=True)
class Draft:
    """What a file does to a ledger, row by row, and every cell that stops it.

    `unsettled` is what units that it merges say differently.
    """

    differences: list[Difference] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    unsettled: list[Contradiction] = field(default_factory=list)

    def wrong(
        self, row: Row, column: str, code: str, values: tuple[tuple[str, object], ...] = ()
    ) -> None:
        """Note a wrong cell, with the values of its sentence."""
        shown = row.get(column)[:200]
        self.problems.append(
            CellProblem(line=row.line, column=column, code=code, value=shown, values=values)
        )

    def refuse(self, row: Row, error: BadForm) -> None:
        """Note every wrong cell of a row that cannot be read or done."""
        for place, problem in error.problems.items():
            self.wrong(row, place.split(".")[0], problem.code, problem.values)

    @property
    def against(self) -> list[Reason]:
        """Return all that speaks against the rows, alike however often the file is tried.

        What one row says of another names its row: a conference gets another number each time.
        """
        rows = {one.record: -one.line for one in self.differences if one.record}
        return [said_of_rows(each, rows) for one in self.differences for each in one.warnings]

    def count(self, what: str) -> int:
        """Return how many rows do that."""
        return sum(one.what == what for one in self.differences)


def said_of_rows(reason: Reason, rows: Mapping[int, int]) -> Reason:
    """Return a reason with the row in place of the conference that was booked from it."""
    holder = reason.holder
    if holder is None or holder.kind is not HolderKind.CONFERENCE or holder.id not in rows:
        return reason
    return replace(reason, holder=replace(holder, id=rows[holder.id]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """Who brings a file or asks for one, when, and how far they reach.

    `led` are the columns of people that a directory service says of those it knows.
    """

    desk: Desk
    today: date
    networks: tuple[Any, ...] = ()
    led: frozenset[str] = frozenset()

    @property
    def actor(self) -> Actor:
        """Return who it is."""
        return self.desk.actor

    @property
    def now(self) -> datetime:
        """Return the moment at which it is done."""
        return self.desk.now

    def may(self, permission: Permission, path: Iterable[Any]) -> bool:
        """Tell whether the clerk holds the permission over the unit of that path."""
        return may(self.actor, permission, path)


class Ledger(Protocol):
    """A kind of record: its columns, all of it as texts, and what a file does to it."""

    COLUMNS: ClassVar[tuple[str, ...]]
    NEEDED: ClassVar[tuple[str, ...]]
    PERMISSION: ClassVar[Permission]

    async def listing(self, conn: Connection, clerk: Clerk) -> list[tuple[str, ...]]:
        """Return every record that the clerk keeps, as the file shows it."""

    async def carry_out(self, conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> Draft:
        """Do what the rows say in the caller's transaction; with problems it must be undone."""


def rows_of(table: Table, ledger: Ledger) -> tuple[list[Row], list[CellProblem]]:
    """Return the rows of a file for a ledger, with what is wrong about its cells as such."""
    missing = [name for name in ledger.NEEDED if name not in table.header]
    strange = [name for name in table.header if name and name not in ledger.COLUMNS]
    twice = {name for name in table.header if name and table.header.count(name) > 1}
    found = [CellProblem(line=1, column=name, code="column-missing") for name in missing]
    found += [CellProblem(line=1, column=name[:60], code="column-unknown") for name in strange]
    found += [CellProblem(line=1, column=name, code="repeated") for name in sorted(twice)]
    if found:
        return [], found
    found = [CellProblem(line=line, column=name, code="formula") for line, name in table.formulas]
    found += [CellProblem(line=line, column=name, code=code) for line, name, code in table.wrong]
    rows = []
    for line, cells in table.rows:
        if any(cells[len(table.header) :]):
            found.append(CellProblem(line=line, column="", code="too-many-cells"))
        named = {
            name: cell.strip() for name, cell in zip(table.header, cells, strict=False) if name
        }
        found += [
            CellProblem(line=line, column=name, code="unreadable", value=cell[:60])
            for name, cell in named.items()
            if len(cell) > LONGEST_CELL
        ]
        rows.append(Row(line=line, cells=named))
    return rows, found


def read_row(
    draft: Draft,
    row: Row,
    model: type[Form],
    values: Mapping[str, Any],
    told: Collection[str] = (),
) -> Form | None:
    """Return what a row says as a form, or note every wrong cell of it but those `told` already."""
    try:
        return parse_form(model, values)
    except BadForm as error:
        new = {name: one for name, one in error.problems.items() if name.split(".")[0] not in told}
        draft.refuse(row, BadForm(new))
        return None


def compared(
    columns: Sequence[str], before: Sequence[str], after: Sequence[str]
) -> tuple[tuple[str, str, str], ...]:
    """Return the cells that differ between two records of the same columns."""
    pairs = zip(columns, before, after, strict=True)
    return tuple((name, old, new) for name, old, new in pairs if old != new)


def given(row: Row, names: Iterable[str]) -> dict[str, str]:
    """Return the cells that are not empty."""
    return {name: row.get(name) for name in names if row.get(name)}


def only_ones(named: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return ids by the names that only one bears, however they are typed."""
    ids: dict[str, set[int]] = {}
    for name, identity in named:
        ids.setdefault(fold(name), set()).add(identity)
    return {name: min(found) for name, found in ids.items() if len(found) == 1}


def id_in(word: str, known: Mapping[str, int]) -> int | str:
    """Return what `#12`, a code or a name means; what names none stays as it is."""
    if re.fullmatch(r"#[1-9][0-9]{0,8}", word):
        return int(word[1:])
    return known.get(word, known.get(fold(word), word))


def day_text(day: date | None) -> str:
    """Write a day, or nothing for an open end."""
    return day.isoformat() if day else ""


Lookup = Callable[[str], Any]
