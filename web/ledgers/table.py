"""The ledgers, and how a file is brought into one or taken out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from meetings.exporting.tables import csv_file, xlsx_file
from meetings.store import Connection
from web.files.tables import Table
from web.ledgers.conferences import Conferences
from web.ledgers.contacts import Contacts
from web.ledgers.devices import Devices
from web.ledgers.model import Clerk, Draft, Ledger, rows_of
from web.ledgers.officials import Officials
from web.ledgers.people import People
from web.ledgers.sites import Sites
from web.ledgers.units import Units

LEDGERS: Mapping[str, Ledger] = MappingProxyType(
    {
        "units": Units(),
        "sites": Sites(),
        "devices": Devices(),
        "contacts": Contacts(),
        "officials": Officials(),
        "conferences": Conferences(),
        "people": People(),
    }
)


class Undone(Exception):
    """The file was tried, and what it did is to be undone."""


def undo(*, dry: bool, draft: Draft) -> None:
    """Leave the transaction without its effect where that is wanted.

    Raises:
        Undone: it is.
    """
    if dry or draft.problems:
        raise Undone


async def bring(conn: Connection, clerk: Clerk, kind: str, table: Table, *, dry: bool) -> Draft:
    """Bring a file into a ledger: all of it, or nothing where a cell is wrong or it is a dry run.

    A dry run does the very same and undoes it, so that it cannot promise what will not be.
    """
    rows, problems = rows_of(table, LEDGERS[kind])
    draft = Draft(problems=problems)
    if problems:
        return draft
    try:
        async with conn.transaction():
            draft = await LEDGERS[kind].carry_out(conn, clerk, rows)
            undo(dry=dry, draft=draft)
    except Undone:
        pass
    draft.problems.sort(key=lambda one: (one.line, one.column))
    return draft


def as_csv(kind: str, rows: Sequence[Sequence[str]]) -> bytes:
    """Return records as a CSV file."""
    return csv_file(LEDGERS[kind].COLUMNS, rows)


def as_xlsx(kind: str, rows: Sequence[Sequence[str]]) -> bytes:
    """Return records as a workbook; every cell is text."""
    return xlsx_file(kind, (), LEDGERS[kind].COLUMNS, rows)
