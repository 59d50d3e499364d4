"""A real browser before the real program: a province, a bridge, conferences, somebody signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, ViewportSize

from meetings.store import Connection
from tests.browser.iframe_api import outside, serve
from tests.browser.sharing import patient
from tests.conftest import connected
from tests.web.conftest import a_person, a_session, app, directory, keyring, settings
from tests.web.pages.conftest import a_trial
from web.keyring.keyring import Keyring

__all__ = ["app", "directory", "keyring", "settings"]

SHOTS = Path(__file__).with_name("shots")
WIDE: ViewportSize = {"width": 1366, "height": 768}
NARROW: ViewportSize = {"width": 390, "height": 844}

SIZES = {"wide": WIDE, "narrow": NARROW}
LOOKS = (
    pytest.param("wide", "light"),
    pytest.param("narrow", "dark"),
    pytest.param("wide", "dark", marks=pytest.mark.thorough),
    pytest.param("narrow", "light", marks=pytest.mark.thorough),
)
"""Each size and each scheme once; every pair of them with --faults."""

Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def conn(database: str) -> AsyncIterator[Connection]:
    """Give a connection on the browser's loop."""
    async for connection in connected(database):
        yield connection


@pytest_asyncio.fixture(loop_scope="session")
async def bridge(conn: Connection, directory: None, keyring: Keyring) -> None:
    """Register the trial bridge."""
    _ = directory
    await a_trial(conn, keyring)


@pytest_asyncio.fixture(loop_scope="session")
async def server(app: web.Application) -> AsyncIterator[TestServer]:
    """Serve the program on the browser's loop."""
    server = TestServer(app)
    async with server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def open_as(browser: Browser, server: Any, conn: Any, bridge: None) -> AsyncIterator[Open]:
    """Open a browser window as somebody of a role, or as nobody."""
    _ = bridge
    async with AsyncExitStack() as stack:

        async def make(role: str | None, *, size: ViewportSize = WIDE, **named: Any) -> Page:
            base = str(server.make_url("")).rstrip("/")
            context = patient(
                await browser.new_context(base_url=base, viewport=size, locale="vi-VN", **named)
            )
            stack.push_async_callback(context.close)
            await serve(context, outside())
            if role is not None:
                secret = await a_session(conn, await a_person(conn, role))
                await context.add_cookies([{"name": "sid", "value": secret, "url": base}])
            return await context.new_page()

        yield make
