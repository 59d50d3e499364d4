"""Pages that keep themselves true, in Chromium."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.browser.sharing import on_one_loop

pytestmark = on_one_loop

ONLY_OUR_NEWS = """
    window.EventSource = class extends EventTarget {
        constructor() { super(); window.source = this; }
    };
"""
TELL = "() => window.source.dispatchEvent(new MessageEvent('board'))"
BETWEEN_NEWS_MS = 100
"""Shorter than a page rests before it looks again."""
BEGUN = datetime(2026, 11, 27, 8, tzinfo=UTC)


async def test_a_page_looks_again_while_news_goes_on(open_as):
    page = await open_as("technician")
    await page.add_init_script(ONLY_OUR_NEWS)
    await page.clock.install(time=BEGUN)
    await page.goto("/board")
    # From here on time goes by our hand, and ends before the minute in which a page looks anyway.
    await page.clock.pause_at(BEGUN + timedelta(seconds=45))

    looked = []
    page.on("request", lambda one: looked.append(one.url))

    for _ in range(100):
        await page.evaluate(TELL)
        await page.clock.run_for(BETWEEN_NEWS_MS)
        if any(url.endswith("/board") for url in looked):
            break

    assert any(url.endswith("/board") for url in looked)
