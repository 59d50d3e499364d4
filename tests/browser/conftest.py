"""A real browser before the real program: a province, a bridge, conferences, somebody signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.browser import chromium
from tests.web.conftest import (
    a_person,
    a_session,
    app,
    directory,
    keyring,
    server,
    settings,
)
from tests.web.pages.conftest import bridge

__all__ = ["app", "bridge", "directory", "keyring", "server", "settings"]

SHOTS = Path(__file__).with_name("shots")
WIDE: ViewportSize = {"width": 1366, "height": 768}
NARROW: ViewportSize = {"width": 390, "height": 844}

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium.find()
    assert path, "run python -m tests.browser.chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=list(chromium.ARGUMENTS)
        )
        yield browser
        await browser.close()


@pytest.fixture
async def open_as(browser: Browser, server: Any, conn: Any, bridge: None) -> AsyncIterator[Open]:
    """Open a browser window as somebody of a role, or as nobody."""
    _ = bridge
    async with AsyncExitStack() as stack:

        async def make(role: str | None, *, size: ViewportSize = WIDE, **named: Any) -> Page:
            base = str(server.make_url("")).rstrip("/")
            context = await browser.new_context(
                base_url=base, viewport=size, locale="vi-VN", **named
            )
            stack.push_async_callback(context.close)
            if role is not None:
                secret = await a_session(conn, await a_person(conn, role))
                await context.add_cookies([{"name": "sid", "value": secret, "url": base}])
            return await context.new_page()

        yield make
