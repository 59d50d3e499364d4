"""The stage every test stands on: one real PostgreSQL, a fresh database for each who asks."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from meetings.store import Connection
from tests.folders import MEMORY, forget_the_killed, open_folder, roomy_memory
from tests.makers import a_directory
from web import database as database_limits
from web.database import open_pool, prepare
from web.embedded import Cluster, embedded
from web.embedded.roles import APP, OWNER
from web.migrations import migrate
from web.wording.audit_words import ACTIONS, tell_of

pytest_plugins = ["tests.browser.sharing", "tests.costs"]

TEMPLATE = "template_diemcau"
TEMPLATE_DIEN_BIEN = "template_dien_bien"
NUMBERS = count(1)
PATIENCE = timedelta(minutes=1)

# Nothing there outlives a crash of the machine, and no worker of the superuser's, which the owner
# may not end, is ever found in a database that is to be dropped.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}

LIST_WRITTEN = """
    SELECT DISTINCT a.action, k.key
      FROM audit a LEFT JOIN LATERAL jsonb_object_keys(a.detail) AS k (key) ON TRUE
"""

# A busy machine makes examples slow; that says nothing about the rule they try.
# They are the same each time: what nobody changed does not fail by chance; tests/faults searches.
settings.register_profile(
    "busy",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile("searching", settings.get_profile("busy"), derandomize=False)
settings.load_profile("busy")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--faults", action="store_true", help="run tests/faults too: long races, kills, properties"
    )
    parser.addoption("--rounds", type=int, help="rounds of each long race, instead of its own")
    parser.addoption("--seconds", type=int, help="seconds of each long load, instead of its own")
    parser.addoption("--seed", type=int, default=20261123, help="what the chance of faults is from")


def pytest_configure(config: pytest.Config) -> None:
    """Try examples nobody has seen when that is what is asked for."""
    if config.getoption("--faults"):
        settings.load_profile("searching")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest; leave the fault programme to those who ask for it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if config.getoption("--faults"):
        return
    faults = Path(__file__).parent / "faults"
    for item in items:
        if faults in item.path.parents or item.get_closest_marker("thorough"):
            item.add_marker(pytest.mark.skip(reason="asked for by --faults"))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the store as long as a busy machine may need; who tries the limits keeps them."""
    for limit in ("COMMAND_LIMIT", "ACQUIRE_LIMIT", "CONNECT_LIMIT"):
        monkeypatch.setattr(database_limits, limit, PATIENCE)


@pytest.fixture(scope="session")
def memory() -> Path | None:
    """Return where files of tests lie in memory; without room there, they lie on the disk."""
    if found := roomy_memory():
        forget_the_killed(found)
    return found


@pytest.fixture
def scratch(memory: Path | None) -> Iterator[Path]:
    """Give a folder that any user reaches."""
    with open_folder(memory) as folder:
        yield folder


@pytest.fixture
def tmp_path(scratch: Path) -> Path:
    """Replace pytest's own, which is closed to PostgreSQL's user when root runs the tests.

    A store in it would lie under /var/lib/diemcau and stay there.
    """
    return scratch


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cluster(memory: Path | None) -> AsyncIterator[Cluster]:
    """Run one PostgreSQL for all tests; it may forget at a power cut."""
    with open_folder(memory) as folder:
        async with embedded(folder / "data", options=FORGETFUL) as cluster:
            yield cluster


async def administer(cluster: Cluster, *statements: str) -> None:
    conn = await asyncpg.connect(cluster.owner_url)
    try:
        for statement in statements:
            await conn.execute(statement)
    finally:
        await conn.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(cluster: Cluster) -> str:
    """Return the name of a migrated database to copy."""
    await administer(cluster, f"CREATE DATABASE {TEMPLATE}")
    await migrate(cluster.url(OWNER, TEMPLATE), app_role=APP)
    return TEMPLATE


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template_dien_bien(cluster: Cluster, template: str) -> str:
    """Return the name of a database to copy that has Điện Biên's directory."""
    await administer(cluster, f"CREATE DATABASE {TEMPLATE_DIEN_BIEN} TEMPLATE {template}")
    async for conn in connected(cluster.url(APP, TEMPLATE_DIEN_BIEN)):
        await a_directory(conn)
    return TEMPLATE_DIEN_BIEN


async def fresh(cluster: Cluster, template: str) -> AsyncIterator[str]:
    """Copy a database, give its name, drop it."""
    name = f"diemcau_test_{os.getpid()}_{next(NUMBERS)}"
    # Files are copied as files where that costs least; elsewhere page by page.
    strategy = "FILE_COPY" if cluster.socket.is_relative_to(MEMORY) else "WAL_LOG"
    await administer(
        cluster,
        f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY {strategy}",
        f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC",
    )
    yield name
    await administer(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database_name(
    cluster: Cluster, template: str, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """Give the name of a fresh, migrated database of our own."""
    if "dien_bien" in request.fixturenames:
        template = request.getfixturevalue("template_dien_bien")
    async for name in fresh(cluster, template):
        yield name


@pytest.fixture
def dien_bien(template_dien_bien: str) -> None:
    """Ask for a database with Điện Biên's directory; cheaper than `a_directory` in the test."""


@pytest.fixture
async def empty_database_name(cluster: Cluster) -> AsyncIterator[str]:
    """Give the name of a fresh database without any table."""
    async for name in fresh(cluster, "template0"):
        yield name


@pytest.fixture
def database(cluster: Cluster, database_name: str) -> str:
    """Return the URL of a fresh, migrated database, as the program's role."""
    return cluster.url(APP, database_name)


@pytest.fixture
def owner_database(cluster: Cluster, database_name: str) -> str:
    """Return the URL of the same database as its owner."""
    return cluster.url(OWNER, database_name)


def has_words(action: str, key: str | None) -> bool:
    """Tell whether people can read an action and a detail of it, see web/wording/audit_words.py."""
    return action in ACTIONS and (key is None or tell_of(action, key) is not None)


async def connected(url: str) -> AsyncIterator[Connection]:
    """Give a connection as the program makes them."""
    conn = await asyncpg.connect(url)
    try:
        await prepare(conn)
        yield conn
    finally:
        await conn.close()


@pytest.fixture
async def conn(database: str) -> AsyncIterator[Connection]:
    """Give a connection as the program's role; what the test wrote into the audit has words."""
    async for connection in connected(database):
        yield connection
        if not connection.is_closed() and not connection.is_in_transaction():
            written = await connection.fetch(LIST_WRITTEN)
            assert [row for row in written if not has_words(row["action"], row["key"])] == []


@pytest.fixture
async def owner(owner_database: str) -> AsyncIterator[Connection]:
    """Give a connection as the owner of the tables."""
    async for connection in connected(owner_database):
        yield connection


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """Give a pool as the program makes it."""
    async with open_pool(database) as opened:
        yield opened
