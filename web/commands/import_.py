"""`diemcau import`: load units and halls from CSV, all of it or nothing."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg

from meetings.directory.importing import import_units, preview_import
from meetings.directory.provinces import province_rows
from meetings.directory.unit_changes import Plan
from meetings.directory.unit_rows import CellProblem, UnitRow, decode, guess_encoding, parse_units
from meetings.errors import (
    BadRows,
    ProvinceNotFound,
    ProvincesUnavailable,
)
from meetings.office.workdays import local_day
from web import logs
from web.commanding import take_language, words_for
from web.commands.ledgers import take
from web.embedded import EmbeddedError
from web.i18n import Catalogue
from web.ledgers.table import LEDGERS
from web.migrations import MigrationError
from web.settings import Settings
from web.stores import visited_transaction
from web.wording.cells import cell_words
from web.wording.legacies import in_words

ACTOR = "program:import"
LARGEST_FILE = 10 * 1024 * 1024

# Exit codes.  Source: sysexits.h
USAGE, DATA, NO_INPUT, UNAVAILABLE = 64, 65, 66, 69


class Refused(Exception):
    """The input cannot be loaded; `lines` say why, in the operator's language."""

    def __init__(self, status: int, *lines: str) -> None:
        super().__init__(*lines)
        self.status = status
        self.lines = lines


def configure(parser: argparse.ArgumentParser) -> None:
    """Take a file or a province, and what to do with it."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("file", nargs="?", type=Path, help="CSV in UTF-8: code,name,kind,parent,…")
    source.add_argument("--province", metavar="NN", help="load a whole province by its code")
    parser.add_argument(
        "--kind",
        choices=LEDGERS,
        help="what the file (CSV or xlsx) holds; without it, units in CSV",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and stop")
    parser.add_argument(
        "--close-missing",
        action="store_true",
        help="end today the units of the same kind and parent that the file leaves out",
    )
    take_language(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Load, and print what changed."""
    settings.require_store()
    logs.configure("error")
    if args.kind and args.file:
        return take(args, settings)
    words = words_for(args, settings)
    try:
        rows = read_rows(args, words)
        plan = asyncio.run(load(args, settings, rows, local_day(datetime.now(UTC))))
    except Refused as refusal:
        return complain(refusal.status, refusal.lines)
    except BadRows as refusal:
        return complain(DATA, problem_lines(refusal.problems, words))
    except (EmbeddedError, MigrationError, asyncpg.PostgresError, OSError) as error:
        return complain(UNAVAILABLE, [str(error)])
    for line in plan_lines(plan, words, dry=args.dry_run):
        print(line)
    return 0


def complain(status: int, lines: Sequence[str]) -> int:
    """Print why nothing was loaded; return the exit code."""
    for line in lines:
        print(f"diemcau: {line}", file=sys.stderr)
    return status


def read_rows(args: argparse.Namespace, words: Catalogue) -> tuple[UnitRow, ...]:
    """Return the rows of the file or the province.

    Raises:
        Refused: it cannot be read as what it should be.
        BadRows: with every wrong cell.
    """
    if args.province:
        return rows_of_province(args.province, words)
    rows, problems = parse_units(read_text(args.file, words))
    if problems:
        raise BadRows(problems)
    return rows


def rows_of_province(code: str, words: Catalogue) -> tuple[UnitRow, ...]:
    """Return a province out of the package that knows all."""
    try:
        return province_rows(code)
    except ProvincesUnavailable as error:
        said = words.gettext("Provinces come with a package. Install it: %(command)s")
        raise Refused(UNAVAILABLE, said % {"command": f"pip install {error.package}"}) from error
    except ProvinceNotFound as error:
        said = words.gettext("There is no province of code %(code)s.")
        raise Refused(USAGE, said % {"code": error.province}) from error


def read_text(path: Path, words: Catalogue) -> str:
    """Return the file's text, or refuse it by the name of its encoding."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Refused(NO_INPUT, f"{path}: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise Refused(DATA, words.gettext("The file is larger than 10 MiB."))
    text = decode(content)
    if text is None:
        said = words.gettext(
            "The file is not UTF-8 but probably %(encoding)s. Save it as “CSV UTF-8” and try again."
        )
        raise Refused(DATA, said % {"encoding": guess_encoding(content)})
    return text


async def load(
    args: argparse.Namespace, settings: Settings, rows: Sequence[UnitRow], on: date
) -> Plan:
    """Carry the import out in one transaction, or only plan it."""
    async with visited_transaction(settings) as conn:
        if args.dry_run:
            return await preview_import(conn, rows, on=on, close_missing=args.close_missing)
        return await import_units(conn, rows, on=on, by=ACTOR, close_missing=args.close_missing)


def problem_lines(problems: Sequence[CellProblem], words: Catalogue) -> list[str]:
    """Return one line for each wrong cell, by line and column."""
    where = words.gettext("line %(line)s, column %(column)s: %(problem)s")
    return [
        where
        % {
            "line": problem.line,
            "column": problem.column or "–",
            "problem": cell_words(problem, words),
        }
        + (f": {problem.value!r}" if problem.value else "")
        for problem in problems
    ] + [words.gettext("Nothing was loaded.")]


def plan_lines(plan: Plan, words: Catalogue, *, dry: bool) -> Iterator[str]:
    """Yield the difference a unit a line, then how much there was of each."""
    for unit in plan.added:
        yield f"+ {unit.code} {unit.full_name}"
    for change in (*plan.changed, *plan.replaced):
        told = ", ".join(
            f"{field}: {getattr(change.before, field)} → {getattr(change.after, field)}"
            for field in change.fields
        )
        yield f"~ {change.after.code} {change.after.full_name} ({told})"
    for unit in plan.closed:
        yield f"- {unit.code} {unit.full_name} ({unit.valid_to})"
    for taker in plan.taking:
        yield f"< {taker.code} {taker.full_name} ({', '.join(taker.old_codes)}, {taker.valid_from})"
    for one in plan.unsettled:
        differing = in_words(one, words)
        said = "; ".join(f"{code}: {value}" for code, value in differing.said)
        yield f"! {differing.unit} {differing.what} ({said}) {differing.outcome}"
    counted = words.gettext(
        "%(added)s added, %(changed)s changed, %(replaced)s replaced, %(closed)s closed, "
        "%(unchanged)s unchanged"
    )
    yield counted % plan.counts()
    if dry:
        yield words.gettext("Dry run: nothing was loaded.")
