"""Numbered plain-SQL migrations of all four packages, one number sequence, forward only.

Safe beside running traffic: each file has a transaction of its own and gives way to others
after `LOCK_TIMEOUT`; an advisory lock lets one process migrate at a time.
"""

import asyncio
import hashlib
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from importlib.resources.abc import Traversable

import asyncpg
import structlog

from meetings.store import Connection
from web.database import reach

log = structlog.get_logger(__name__)

PACKAGES = ("meetings", "bridges", "monitoring", "web")
FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")

# "diemcau" in ASCII; any number that no other program of the database takes.
ADVISORY_LOCK = 0x6469656D636175
LOCK_ATTEMPTS = 30
LOCK_REST = timedelta(seconds=1)

TAKE_LOCK = "SELECT pg_advisory_lock($1)"
RELEASE_LOCK = "SELECT pg_advisory_unlock($1)"
LIMIT_LOCK_WAIT = "SET LOCAL lock_timeout = '2s'"

CREATE_TABLE = """
    CREATE TABLE IF NOT EXISTS migrations (
        number     INT PRIMARY KEY,
        name       TEXT NOT NULL,
        sha256     TEXT NOT NULL,
        applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
"""
HAS_TABLE = "SELECT to_regclass('migrations') IS NOT NULL"
LIST_APPLIED = "SELECT number, name, sha256 FROM migrations ORDER BY number"
INSERT_APPLIED = "INSERT INTO migrations (number, name, sha256) VALUES ($1, $2, $3)"

# Audit is written once and never changed; the list of migrations belongs to the owner.
LIST_GRANTS = """
    SELECT format('REVOKE ALL ON TABLE %I.%I FROM %I; GRANT %s ON TABLE %I.%I TO %I',
                  schemaname, tablename, $1::text,
                  CASE tablename WHEN 'audit' THEN 'SELECT, INSERT'
                                 WHEN 'migrations' THEN 'SELECT'
                                 ELSE 'SELECT, INSERT, UPDATE, DELETE' END,
                  schemaname, tablename, $1::text) AS statement
      FROM pg_tables WHERE schemaname = current_schema()
     UNION ALL
    SELECT format('GRANT USAGE, SELECT ON SEQUENCE %I.%I TO %I',
                  schemaname, sequencename, $1::text)
      FROM pg_sequences WHERE schemaname = current_schema()
     UNION ALL
    SELECT format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), $1::text)
     UNION ALL
    SELECT format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema())
     UNION ALL
    SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database())
"""


class MigrationError(Exception):
    """The schema cannot be brought to where the program needs it."""

    code = "migration"


class NumberTaken(MigrationError):
    """Two files carry the same number."""

    code = "migration-number-taken"

    def __init__(self, number: int) -> None:
        super().__init__(f"two migrations have the number {number:04}")
        self.number = number


class EditedMigration(MigrationError):
    """A file differs from what was applied under its number."""

    code = "migration-edited"

    def __init__(self, number: int, name: str) -> None:
        super().__init__(
            f"migration {number:04}_{name} was edited after it was applied: "
            "restore the file and write a new one"
        )
        self.number = number
        self.name = name


class NewerDatabase(MigrationError):
    """The database has migrations that this program does not know."""

    code = "database-newer"

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(
            f"the database is newer than this program (migrations {sorted(numbers)}): "
            "start the newer program"
        )
        self.numbers = tuple(numbers)


class SchemaBehind(MigrationError):
    """The program needs migrations that the database has not seen."""

    code = "schema-behind"

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(f"the database lacks migrations {list(numbers)}: run `diemcau migrate`")
        self.numbers = tuple(numbers)


class LockNotFree(MigrationError):
    """Other traffic kept the tables locked through every attempt."""

    code = "migration-lock"

    def __init__(self, name: str) -> None:
        super().__init__(f"migration {name} got no lock in {LOCK_ATTEMPTS} attempts: try again")
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Return the fingerprint by which an edit is noticed."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read(file: Traversable) -> Migration | None:
    """Return the migration in a file, None when the name is none of a migration."""
    match = FILE_NAME.fullmatch(file.name)
    if match is None:
        return None
    return Migration(number=int(match[1]), name=match[2], sql=file.read_text("utf-8"))


def shipped() -> list[Migration]:
    """Return the migrations of all packages by number.

    Raises:
        NumberTaken: two share one number.
    """
    folders = (resources.files(package) / "schema" for package in PACKAGES)
    files = (file for folder in folders if folder.is_dir() for file in folder.iterdir())
    found = sorted(filter(None, map(read, files)), key=lambda migration: migration.number)
    for before, after in itertools.pairwise(found):
        if before.number == after.number:
            raise NumberTaken(after.number)
    return found


def pending(known: Iterable[Migration], applied: Iterable[tuple[int, str, str]]) -> list[Migration]:
    """Return what is still to be applied.

    Raises:
        EditedMigration: a known file is not what was applied.
        NewerDatabase: something was applied that is not known.
    """
    by_number = {migration.number: migration for migration in known}
    seen = {number: (name, sha256) for number, name, sha256 in applied}
    if unknown := seen.keys() - by_number.keys():
        raise NewerDatabase(sorted(unknown))
    for number, (name, sha256) in seen.items():
        if by_number[number].sha256 != sha256:
            raise EditedMigration(number, name)
    return [by_number[number] for number in sorted(by_number.keys() - seen.keys())]


async def list_applied(conn: Connection) -> list[tuple[int, str, str]]:
    """Return number, name and fingerprint of all that was applied."""
    if not await conn.fetchval(HAS_TABLE):
        return []
    return [(row["number"], row["name"], row["sha256"]) for row in await conn.fetch(LIST_APPLIED)]


async def check(conn: Connection) -> None:
    """Make sure that the schema is the program's own.

    Raises:
        MigrationError: it is behind, ahead, or another.
    """
    if missing := pending(shipped(), await list_applied(conn)):
        raise SchemaBehind([migration.number for migration in missing])


async def migrate(owner_url: str, *, app_role: str | None = None) -> list[Migration]:
    """Bring the schema up to date, as its owner; return what was applied.

    `app_role` is given its rights when it is not the owner itself.  Raises Unreachable.
    """
    conn = await reach(owner_url)
    try:
        await conn.execute(TAKE_LOCK, ADVISORY_LOCK)
        await conn.execute(CREATE_TABLE)
        todo = pending(shipped(), await list_applied(conn))
        for migration in todo:
            await apply(conn, migration)
        if app_role is not None and app_role != await conn.fetchval("SELECT current_user"):
            await grant(conn, app_role)
        await conn.execute(RELEASE_LOCK, ADVISORY_LOCK)
        return todo
    finally:
        await conn.close()


async def apply(conn: Connection, migration: Migration) -> None:
    """Apply one migration, giving way to running traffic and trying again."""
    for _ in range(LOCK_ATTEMPTS):
        try:
            async with conn.transaction():
                await conn.execute(LIMIT_LOCK_WAIT)
                await conn.execute(migration.sql)
                await conn.execute(
                    INSERT_APPLIED, migration.number, migration.name, migration.sha256
                )
        except asyncpg.LockNotAvailableError:
            log.warning("migration waits for a lock", number=migration.number)
            await asyncio.sleep(LOCK_REST.total_seconds())
        else:
            log.info("migration applied", number=migration.number, name=migration.name)
            return
    raise LockNotFree(migration.name)


async def grant(conn: Connection, app_role: str) -> None:
    """Give the program's role what it needs and no more; harmless when repeated."""
    async with conn.transaction():
        for row in await conn.fetch(LIST_GRANTS, app_role):
            await conn.execute(row["statement"])
