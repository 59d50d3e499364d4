"""`diemcau import FILE --kind KIND` and `diemcau export KIND FILE`: ledgers by command."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import asyncpg

from meetings.directory.finding import list_units
from meetings.model import Grant, Role
from meetings.office.workdays import local_day
from meetings.store import Connection
from web import logs
from web.access.actors import Actor
from web.commanding import words_for
from web.embedded import EmbeddedError
from web.files.table_program import read_table
from web.files.tables import BadTable, Table, check_told
from web.i18n import Catalogue
from web.input.uploads import LARGEST_FILE
from web.keyring import key_file
from web.keyring.keyring import KeyringError
from web.ledgers.model import Clerk, Draft
from web.ledgers.people import led_by
from web.ledgers.table import LEDGERS, as_csv, as_xlsx, bring
from web.migrations import MigrationError
from web.scheduling.booking import LINKS, Desk
from web.settings import Settings
from web.stores import visited_transaction
from web.wording import cells
from web.wording.file_sentences import FILES

ACTOR = "program:import"
FAILURES = (EmbeddedError, KeyringError, MigrationError, asyncpg.PostgresError, OSError)

# Exit codes.  Source: sysexits.h
DATA, NO_INPUT, UNAVAILABLE = 65, 66, 69

T = TypeVar("T")


def configure(parser: argparse.ArgumentParser) -> None:
    """Take what to give, and where to."""
    parser.add_argument("kind", choices=LEDGERS)
    parser.add_argument("file", type=Path, help="ends in .csv or .xlsx")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Write the file."""
    settings.require_store()
    logs.configure("error")
    write = as_xlsx if args.file.suffix.lower() == ".xlsx" else as_csv
    try:
        rows = asyncio.run(visit(settings, args.kind, LEDGERS[args.kind].listing))
        args.file.write_bytes(write(args.kind, rows))
    except FAILURES as error:
        return complain(UNAVAILABLE, str(error))
    print(f"{args.file}: {len(rows)}")
    return 0


def take(args: argparse.Namespace, settings: Settings) -> int:
    """Bring a file in, or say what it would do."""
    words = words_for(args, settings)
    try:
        table = read_file(args.file)
        draft = asyncio.run(visit(settings, args.kind, partial(carry, args, table)))
    except BadTable as error:
        return complain(DATA, words.gettext(FILES.get(error.code, error.code)))
    except FileNotFoundError as error:
        return complain(NO_INPUT, f"{args.file}: {error.strerror}")
    except FAILURES as error:
        return complain(UNAVAILABLE, str(error))
    for line in lines_of(draft, words, dry=args.dry_run):
        print(line, file=sys.stderr if draft.problems else sys.stdout)
    return DATA if draft.problems else 0


async def carry(args: argparse.Namespace, table: Table, conn: Connection, clerk: Clerk) -> Draft:
    """Bring the table in, or try it."""
    return await bring(conn, clerk, args.kind, table, dry=args.dry_run)


def read_file(path: Path) -> Table:
    """Return the table in a file, or raise BadTable."""
    if path.stat().st_size > LARGEST_FILE:
        raise BadTable("bomb")
    content = path.read_bytes()
    check_told(content, path.suffix.lower())
    return read_table(content)


async def visit(
    settings: Settings, kind: str, work: Callable[[Connection, Clerk], Awaitable[T]]
) -> T:
    """Do the work in a transaction, as somebody who keeps everything."""
    async with visited_transaction(settings) as conn:
        return await work(conn, await clerk_of(conn, settings, kind))


async def clerk_of(conn: Connection, settings: Settings, kind: str) -> Clerk:
    """Return the operator, who may do everything in every unit."""
    now = datetime.now(UTC)
    roots = [one for one in await list_units(conn, on=local_day(now)) if one.parent_id is None]
    actor = Actor(
        name=ACTOR,
        label=ACTOR,
        grants=frozenset(Grant(role=Role.ADMIN, unit=root.id) for root in roots),
    )
    # Only conferences have links; the other kinds need no key at hand.
    ring = key_file.load(settings.keys_file).at(now) if kind == "conferences" else None
    key = ring.derive(LINKS) if ring else b""
    networks = tuple(settings.networks_to_probe)
    return Clerk(
        desk=Desk(actor=actor, now=now, link_key=key),
        today=local_day(now),
        networks=networks,
        led=led_by(settings.ldap),
    )


def complain(status: int, line: str) -> int:
    """Say why not; return the exit code."""
    print(f"diemcau: {line}", file=sys.stderr)
    return status


def lines_of(draft: Draft, words: Catalogue, *, dry: bool) -> Iterator[str]:
    """Yield every wrong cell, or every difference and how much there was of each."""
    where = words.gettext("line %(line)s, column %(column)s: %(problem)s")
    for one in draft.problems:
        said = cells.cell_words(one, words)
        told = where % {"line": one.line, "column": one.column or "–", "problem": said}
        yield told + (f": {one.value!r}" if one.value else "")
    if draft.problems:
        yield words.gettext("Nothing was loaded.")
        return
    for change in draft.differences:
        if change.what != "same":
            told = ", ".join(f"{name}: {old} → {new}" for name, old, new in change.changes)
            sign = "+" if change.what == "add" else "~"
            yield f"{sign} {change.label}" + (f" ({told})" if told else "")
    counted = words.gettext("%(added)s added, %(changed)s changed")
    yield counted % {"added": draft.count("add"), "changed": draft.count("change")}
    if dry:
        yield words.gettext("Dry run: nothing was loaded.")
