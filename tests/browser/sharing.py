"""One Chromium for all tests of a process: starting it costs more than most pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.browser import chromium

PATIENCE_MILLISECONDS = 120_000

on_one_loop = pytest.mark.asyncio(loop_scope="session")
"""For the tests that use it: a browser is spoken to from the event loop that started it."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_chromium() -> AsyncIterator[Browser]:
    """Run the machine's Chromium until the last test."""
    path = chromium.find()
    assert path, "run python -m tests.browser.chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=list(chromium.ARGUMENTS)
        )
        yield browser
        await browser.close()


def patient(context: BrowserContext) -> BrowserContext:
    """Let a context wait as long as a busy machine may need; it goes on as soon as it can."""
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    return context


@pytest_asyncio.fixture(loop_scope="session")
async def browser(running_chromium: Browser) -> AsyncIterator[Browser]:
    """Give the browser; what a test opened in it is closed behind it."""
    yield running_chromium
    for context in running_chromium.contexts:
        await context.close()
