"""Pages of ours in a real browser, and in their frame a room entered by a real lib-jitsi-meet.

Neither lib-jitsi-meet nor jitsi-meet's external_api.js is part of this project:
DIEMCAU_LIB_JITSI_MEET names a script that makes `JitsiMeetJS` (with the jQuery that an older one
needs in front of it), DIEMCAU_JITSI_IFRAME_API the other; without the second ours stands in.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Frame, Page, Route, async_playwright

from tests.browser import chromium
from tests.browser.iframe_api import HERE, outside
from tests.browser.sharing import patient
from tests.faults.cut_line import Line, line
from tests.faults.jitsi_server import DOMAIN
from tests.faults.jitsi_venue import Booked, Venue
from tests.web.conftest import a_person, a_session

LIBRARY = os.environ.get("DIEMCAU_LIB_JITSI_MEET", "")
NAMED = os.environ.get("DIEMCAU_JITSI_IFRAME_API", "").split(":")[0]
SCRIPT = Path(NAMED).read_text() if NAMED else outside()
NEEDED = pytest.mark.skipif(
    not LIBRARY, reason="lib-jitsi-meet is not here: set DIEMCAU_LIB_JITSI_MEET"
)
# The room's page is handed out by us, not by a server on this machine, and speaks to one.
LOCAL = "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """A browser before a venue."""

    browser: Browser
    stage: Venue
    line: Line

    async def window(self, **cookies: str) -> Page:
        """Open a window that meets the bridge's page where its Prosody is."""
        context = patient(await self.browser.new_context(locale="vi-VN"))
        base = self.stage.house.services[0].url
        for name, value in cookies.items():
            await context.add_cookies([{"name": name, "value": value, "url": base}])
        inside = room_page(self.stage, self.line.port)

        async def tell(route: Route) -> None:
            if urlsplit(route.request.url).path == "/external_api.js":
                await route.fulfill(body=SCRIPT, content_type="application/javascript")
            else:
                await route.fulfill(body=inside, content_type="text/html")

        await context.route(f"**://127.0.0.1:{self.stage.port}/**", tell)
        return await context.new_page()

    async def hall(self, booked: Booked, site: int) -> tuple[Page, Frame]:
        """Let a hall come in by its own page, and wait until it is in."""
        page = await self.window()
        await page.goto(booked.links[site])
        await page.click("form[action$='/enter'] button")
        return page, await meeting(page)

    async def leader(self, booked: Booked) -> tuple[Page, Frame]:
        """Let a secretary of the province lead the room from the control page."""
        conn = self.stage.conn
        page = await self.window(sid=await a_session(conn, await a_person(conn, "secretary")))
        await page.goto(f"{self.stage.house.services[0].url}/conferences/{booked.id}/control")
        await page.click("[data-connect]")
        return page, await meeting(page)


def room_page(stage: Venue, port: int) -> str:
    """Return the page of a room, in place of jitsi-meet's, that speaks to a port."""
    bridge = {
        "domain": DOMAIN,
        "muc": stage.rooms,
        "socket": f"ws://127.0.0.1:{port}/xmpp-websocket",
    }
    client = Path(__file__).with_name("jitsi_client.js").read_text()
    scripts = (
        (HERE / "inside.js").read_text(),
        Path(LIBRARY).read_text(),
        client.replace("= BRIDGE;", f"= {json.dumps(bridge)};"),
    )
    return "<!doctype html><title>Jitsi</title>" + "".join(
        f"<script>{script}</script>" for script in scripts
    )


async def meeting(page: Page) -> Frame:
    """Return the room in a page, as soon as it is entered."""
    element = await page.wait_for_selector("iframe")
    assert element is not None
    frame = await element.content_frame()
    assert frame is not None
    await frame.wait_for_function("() => window.meeting?.isJoined()")
    return frame


@asynccontextmanager
async def windows(stage: Venue) -> AsyncIterator[Windows]:
    """Run a browser before a venue."""
    async with async_playwright() as playwright, line(stage.port) as laid:
        browser = await playwright.chromium.launch(
            executable_path=chromium.find(), args=[*chromium.ARGUMENTS, LOCAL]
        )
        try:
            yield Windows(browser=browser, stage=stage, line=laid)
        finally:
            await browser.close()
