"""Programs with bearer tokens, a bridge to book on, and a clock that stands."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bridges.model import BridgeSecrets, NewBridge
from bridges.registered.registry import add_bridge
from meetings.model import Grant, Role, SiteId
from meetings.store import Connection
from tests.makers import a_site, a_unit, some_sites
from tests.web.api.contract import Contract
from tests.web.conftest import patient
from web.access.sessions import digest
from web.app import create_app
from web.keyring.keyring import Keyring
from web.settings import Settings
from web.store.tokens import save_token

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""Monday, 09:00 in Điện Biên."""

Client: TypeAlias = TestClient[web.Request, web.Application]
Program = Callable[..., Awaitable[Client]]


@pytest.fixture
def app(settings: Settings, database: str, keyring: Keyring) -> Iterator[web.Application]:
    """Give the program; whatever it answers must be what its OpenAPI document says."""
    app = patient(create_app(settings, database_url=database, keyring=keyring, clock=lambda: NOW))
    contract = Contract()
    app.on_response_prepare.append(contract.hold)
    yield app
    assert contract.broken == []


@pytest.fixture
async def bridge(conn: Connection, directory: None, keyring: Keyring) -> None:
    """Add the bridge that rooms are placed on."""
    _ = directory
    new = NewBridge(
        name="meet",
        public_url="https://meet.example.gov.vn",
        xmpp_domain="meet.lab",
        muc_domain="conference.meet.lab",
        app_id="diemcau",
        secrets=BridgeSecrets(jwt="j" * 40, reservation="r" * 40, event="e" * 40),
        seats=1000,
    )
    await add_bridge(conn, new, keyring, by="program:test")


@pytest.fixture
async def program(server: TestServer, conn: Connection, directory: None) -> AsyncIterator[Program]:
    """Make clients that speak with a token: `await program("secretary", unit="11")`."""
    _ = directory
    async with AsyncExitStack() as stack:

        async def make(role: Role | str = Role.ADMIN, unit: str = "11", **more: Any) -> Client:
            secret = secrets.token_urlsafe()
            grant = Grant(role=Role(role), unit=(await a_unit(conn, unit)).id)
            name = f"{role}-{unit}"
            ends = NOW + timedelta(days=365)
            await save_token(conn, name, digest(secret), grant, now=NOW, expires_at=ends)
            headers = {"Authorization": f"Bearer {secret}"} | more.pop("headers", {})
            client = TestClient(server, headers=headers, **more)
            await client.start_server()
            stack.push_async_callback(client.close)
            return client

        yield make


def a_body(chosen: list[SiteId], /, **changed: Any) -> dict[str, Any]:
    """Return a good booking of these sites, the first being the main one."""
    return {
        "title": "Họp giao ban tháng 11",
        "kind": "briefing",
        "main_site": chosen[0],
        "sites": list(chosen),
        "start": "2026-11-25T08:00:00+07:00",
        "end": "2026-11-25T10:00:00+07:00",
    } | changed


@pytest.fixture
async def sites(conn: Connection, bridge: None) -> list[SiteId]:
    """Return three communes' halls, with a bridge to meet on."""
    _ = bridge
    return await some_sites(conn, 3)


async def booked(client: Client, chosen: list[SiteId], /, **changed: Any) -> dict[str, Any]:
    """Book and return the conference, without what was said against it."""
    answer = await client.post("/api/v1/conferences", json=a_body(chosen, **changed))
    assert answer.status == 201, await answer.text()
    conference = dict(await answer.json())
    conference.pop("warnings")
    return conference


async def site_named(conn: Connection, name: str) -> SiteId:
    return (await a_site(conn, name)).id
