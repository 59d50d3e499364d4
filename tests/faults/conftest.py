"""What the fault programme shares: how long, from which seed, and services on one database."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from meetings.model import Grant, Role, SiteId
from meetings.store import Connection
from tests.makers import a_directory, a_unit, all_communes
from tests.service import Service, service
from web.access.sessions import digest
from web.keyring.key_file import load_or_create
from web.store.tokens import save_token

SHARE_LINES = """
    WITH halls AS (
        SELECT s.id, s.unit_id, (row_number() OVER (ORDER BY s.id) - 1) / 3 AS line
          FROM sites s JOIN units u ON u.id = s.unit_id
         WHERE u.kind IN ('commune', 'ward') AND upper_inf(u.valid)),
    made AS (
        INSERT INTO lines (unit_id, name, name_key)
        SELECT min(unit_id), 'Kênh ' || line, 'kenh ' || line FROM halls WHERE line < $1
         GROUP BY line
        RETURNING id, name)
    UPDATE sites s SET line_id = m.id
      FROM halls h JOIN made m ON m.name = 'Kênh ' || h.line
     WHERE s.id = h.id
"""


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    """Return what all chance of the test comes from; the seed is printed for a replay."""
    seed = request.config.getoption("--seed")
    print(f"\n--seed {seed}")
    return Random(seed)


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """Return how many rounds to run where a test has its own number."""
    wanted = request.config.getoption("--rounds")
    return lambda own: wanted or own


@pytest.fixture
def seconds(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """Return how many seconds of load to make where a test has its own number."""
    wanted = request.config.getoption("--seconds")
    return lambda own: wanted or own


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A directory, a token, and services that share one database and its keys."""

    services: tuple[Service, ...]
    token: str
    communes: tuple[SiteId, ...]
    officials: tuple[int, ...]


async def a_token(conn: Connection, role: Role = Role.ADMIN, unit: str = "11") -> str:
    """Return the secret of a token with that role over the unit's subtree."""
    secret, now = secrets.token_urlsafe(), datetime.now(UTC)
    grant = Grant(role=role, unit=(await a_unit(conn, unit)).id)
    ends = now + timedelta(days=1)
    await save_token(conn, f"{role}-{unit}", digest(secret), grant, now=now, expires_at=ends)
    return secret


@asynccontextmanager
async def serving_on(
    app_url: str, owner_url: str, conn: Connection, keys: Path, *, count: int = 1, **more: str
) -> AsyncIterator[House]:
    """Give services that are ready, on a database that somebody else runs."""
    load_or_create(keys, may_create=True)
    await a_directory(conn)
    settings = {
        "DIEMCAU_DATABASE_URL": app_url,
        "DIEMCAU_MIGRATE_URL": owner_url,
        "DIEMCAU_KEYS_FILE": str(keys),
        **more,
    }
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(service(**settings)) for _ in range(count)]
        for one in found:
            await one.start()
        for one in found:
            await one.ready()
        communes = tuple(sorted(await all_communes(conn)))
        officials = tuple(row["id"] for row in await conn.fetch("SELECT id FROM officials"))
        token = await a_token(conn)
        yield House(services=tuple(found), token=token, communes=communes, officials=officials)


async def share_lines(conn: Connection, count: int) -> None:
    """Put some communes' halls on shared lines, three on each."""
    await conn.execute(SHARE_LINES, count)
