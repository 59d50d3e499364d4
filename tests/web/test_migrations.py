import asyncio

import asyncpg
import pytest

from meetings.store import Connection
from web import migrations
from web.embedded import Cluster
from web.embedded.roles import APP, OWNER
from web.migrations import EditedMigration, Migration, NewerDatabase, pending


def a_migration(number: int, sql: str = "SELECT 1") -> Migration:
    return Migration(number=number, name=f"step_{number}", sql=sql)


def applied(*migrations: Migration) -> list[tuple[int, str, str]]:
    return [(migration.number, migration.name, migration.sha256) for migration in migrations]


def test_pending_gives_the_rest_in_order() -> None:
    one, two, four = a_migration(1), a_migration(2), a_migration(4)

    assert pending([four, one, two], applied(one)) == [two, four]


def test_pending_refuses_an_edited_file() -> None:
    with pytest.raises(EditedMigration) as caught:
        pending([a_migration(1, "SELECT 2")], applied(a_migration(1)))

    assert caught.value.number == 1


def test_pending_refuses_a_database_newer_than_the_program() -> None:
    with pytest.raises(NewerDatabase) as caught:
        pending([a_migration(1)], applied(a_migration(1), a_migration(7)))

    assert caught.value.numbers == (7,)


def test_shipped_migrations_have_one_number_sequence() -> None:
    numbers = [migration.number for migration in migrations.shipped()]

    assert numbers == sorted(set(numbers))


async def test_migrate_is_done_once_however_many_start(
    cluster: Cluster, empty_database_name: str
) -> None:
    url = cluster.url(OWNER, empty_database_name)

    done = await asyncio.gather(*(migrations.migrate(url, app_role=APP) for _ in range(4)))

    numbers = sorted(migration.number for one in done for migration in one)
    assert numbers == [migration.number for migration in migrations.shipped()]


async def test_migrate_leaves_nothing_of_a_failing_file(owner: Connection) -> None:
    broken = a_migration(9000, "CREATE TABLE half (id INT); SELECT 1 / 0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrations.apply(owner, broken)

    assert await owner.fetchval("SELECT to_regclass('half')") is None
    assert 9000 not in [number for number, _, _ in await migrations.list_applied(owner)]


async def test_app_role_may_only_insert_into_audit(conn: Connection) -> None:
    rights = await conn.fetch(
        "SELECT privilege_type FROM information_schema.table_privileges"
        " WHERE table_name = 'audit' AND grantee = $1 ORDER BY 1",
        APP,
    )

    assert [row["privilege_type"] for row in rights] == ["INSERT", "SELECT"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute("DELETE FROM audit")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id INT)",
        "CREATE TEMPORARY TABLE mine (id INT)",
        "DROP TABLE audit",
        "DELETE FROM migrations",
        "TRUNCATE audit",
        "CREATE DATABASE mine",
    ],
)
async def test_app_role_has_no_ddl(conn: Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute(statement)


async def test_check_names_what_is_missing(cluster: Cluster, empty_database_name: str) -> None:
    conn = await asyncpg.connect(cluster.url(OWNER, empty_database_name))
    try:
        with pytest.raises(migrations.SchemaBehind) as caught:
            await migrations.check(conn)
    finally:
        await conn.close()

    assert caught.value.numbers == tuple(one.number for one in migrations.shipped())
