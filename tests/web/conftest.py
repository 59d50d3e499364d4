"""The real application on a real socket and a real database, and people who are signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from meetings.model import PersonId, Role
from meetings.store import Connection
from tests.conftest import PATIENCE
from tests.ports import free_ports
from tests.web.served import Served
from web.access.csrf import HEADER, token_for
from web.access.sessions import begin_session
from web.app import create_app
from web.input.once import GATES
from web.keyring.keyring import Keyring, new_key
from web.settings import Settings

NUMBERS = count(1)

INSERT_PERSON = """
    INSERT INTO people (login, name, name_key, unit_id, locale)
    SELECT $1, $2, $2, id, 'vi' FROM units WHERE code = $3 AND upper_inf(valid)
    RETURNING id
"""
INSERT_GRANT = """
    INSERT INTO grants (person_id, role, unit_id)
    SELECT $1, $2, id FROM units WHERE code = $3 AND upper_inf(valid)
"""

Client: TypeAlias = "TestClient[web.Request, web.Application]"
ClientFor = Callable[..., Awaitable[Client]]


@pytest.fixture(autouse=True)
def patience(patience: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not let a busy machine pass for one whose store is away."""
    for limit in (
        "input.once.LONGEST_WAIT",
        "rooms.reservations.PATIENCE",
        "health.PATIENCE",
        "rooms.inside.SEAT_LASTS",
        "rooms.seats.TAKE_UP_WITHIN",
    ):
        monkeypatch.setattr(f"web.{limit}", PATIENCE)


def patient(app: web.Application) -> web.Application:
    """Let those who queue for a hall wait for as long as it takes."""
    app[GATES].halls.longest = PATIENCE
    return app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environ(
        {"DIEMCAU_DATA": str(tmp_path / "data"), "DIEMCAU_RECEIVER_PORT": "9"}
    )


@pytest.fixture
def keyring() -> Keyring:
    return Keyring((new_key(),))


@pytest.fixture
def directory(dien_bien: None) -> None:
    """Have Điện Biên's directory in the database."""


@pytest.fixture
def app(settings: Settings, database: str, keyring: Keyring) -> web.Application:
    return patient(create_app(settings, database_url=database, keyring=keyring))


@pytest.fixture
async def server(app: web.Application) -> AsyncIterator[TestServer]:
    server = TestServer(app)
    async with server:
        yield server


async def a_person(conn: Connection, role: Role | str, *, unit: str = "11") -> PersonId:
    """Add a person named by the role, who holds it over the unit's subtree."""
    number = next(NUMBERS)
    person: int = await conn.fetchval(INSERT_PERSON, f"{role}{number}", f"{role} {number}", unit)
    await conn.execute(INSERT_GRANT, person, str(role), unit)
    return PersonId(person)


async def a_session(conn: Connection, person: PersonId) -> str:
    """Sign a person in without a password; return the cookie's secret."""
    return await begin_session(conn, person, datetime.now(UTC))


def signed_headers(secret: str) -> Mapping[str, str]:
    """Return what a browser with our page open sends along."""
    return {HEADER: token_for(secret), "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def client_for(
    server: TestServer, conn: Connection, directory: None
) -> AsyncIterator[ClientFor]:
    """Make clients: `await client_for("secretary", unit="11")`, or of a stranger: None."""
    _ = directory
    async with AsyncExitStack() as stack:

        async def make(role: Role | str | None, *, unit: str = "11", **named: Any) -> Client:
            cookies, headers = {}, {}
            if role is not None:
                secret = await a_session(conn, await a_person(conn, role, unit=unit))
                cookies, headers = {"sid": secret}, dict(signed_headers(secret))
            client: Client = TestClient(server, cookies=cookies, headers=headers, **named)
            await client.start_server()
            # The first that closes takes the server along; answers nobody has read are let go.
            stack.push_async_callback(client.close)
            return client

        yield make


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start whole services; all of them are stopped at the end."""
    started: list[Served] = []

    def start(name: str = "data", ports: tuple[int, int] | None = None, **environ: str) -> Served:
        started.append(Served(tmp_path / name, ports or free_ports(), **environ))
        return started[-1]

    yield start
    for served in started:
        served.stop()
        served.process.communicate()
