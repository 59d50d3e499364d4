"""Pages that keep themselves true, in Chromium."""

from __future__ import annotations

from tests.browser.sharing import on_one_loop

pytestmark = on_one_loop

KEEP_SOURCE = """
    const Real = EventSource;
    window.EventSource = class extends Real {
        constructor(address) { super(address); window.source = this; }
    };
"""
TELL = "() => window.source.dispatchEvent(new MessageEvent('board'))"
BETWEEN_NEWS_MS = 100
"""Shorter than a page rests before it looks again."""


async def test_a_page_looks_again_while_news_goes_on(open_as):
    page = await open_as("technician")
    await page.add_init_script(KEEP_SOURCE)
    await page.clock.install()
    await page.goto("/board")

    looked = []
    page.on("request", lambda one: looked.append(one.url))

    for _ in range(5):
        await page.evaluate(TELL)
        await page.clock.run_for(BETWEEN_NEWS_MS)

    assert any(url.endswith("/board") for url in looked)
