"""A Jitsi of which there is only its IFrame API: it keeps what it is asked, and tests speak."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page

API = """
window.JitsiMeetExternalAPI = class {
  constructor(domain, options) {
    Object.assign(this, { told: [], heard: new Map() });
    window.jitsi = Object.assign(this, { domain, options });
    const frame = document.createElement("iframe");
    const { src } = document.querySelector("script[src$='external_api.js']");
    frame.src = `${new URL(src).origin}/${options.roomName}`;
    frame.title = "Jitsi";
    options.parentNode.append(frame);
  }
  addListener(name, hear) { this.heard.set(name, hear); }
  getSupportedCommands() { return ["muteRemoteParticipant", "startRecording", "stopRecording"]; }
  executeCommand(...command) { this.told.push(command); }
  say(name, detail) { this.heard.get(name)?.(detail); }
};
"""


@asynccontextmanager
async def iframe_api() -> AsyncIterator[str]:
    """Serve the script of an IFrame API as a Jitsi does, on an origin of its own."""

    async def script(_request: web.Request) -> web.Response:
        return web.Response(text=API, content_type="application/javascript")

    async def room(_request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>Jitsi</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/external_api.js", script)
    app.router.add_get("/{room}", room)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def say(page: Page, name: str, **detail: object) -> None:
    """Let the Jitsi in the frame tell the page something."""
    await page.evaluate("([name, detail]) => jitsi.say(name, detail)", [name, detail])
