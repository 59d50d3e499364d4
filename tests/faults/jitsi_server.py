"""A real Prosody with Jitsi's own modules, set by the very file that deploy/jitsi gives.

The modules are no part of this project: Debian's package jitsi-meet-prosody brings them, or
DIEMCAU_JITSI_MODULES names the folders, with `:` between them.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import aiohttp
import pytest
from defusedxml.ElementTree import fromstring

from tests.faults.xmpp import Client, Jigasi, connected
from tests.ports import free_port

PROSODY = shutil.which("prosody")
PACKAGED = ("/usr/share/jitsi-meet/prosody-plugins", "/usr/share/jitsi-contrib/prosody-plugins")
SETTINGS = Path(__file__).parents[2] / "deploy" / "jitsi"
DOMAIN = "meet.lab"
POLITE_SECONDS = 20
BREWERY = "jigasibrewery@internal.auth.meet.lab"
STATS: Element = fromstring(
    "<stats xmlns='http://jitsi.org/protocol/colibri'><stat name='stress_level' value='0.1'/>"
    "<stat name='supports_sip' value='true'/></stats>"
)
# As Debian's own file begins, with ports of our own; people of Jitsi's house need no password.
AROUND = """
run_as_root = true
data_path = "{folder}/data"
certificates = "{folder}"
pidfile = "{folder}/prosody.pid"
modules_enabled = {{ "disco"; "roster"; "saslauth"; "tls"; "limits"; "ping"; "smacks" }}
c2s_ports = {{}}; s2s_ports = {{}}; http_interfaces = {{ "127.0.0.1" }}; http_ports = {{ {port} }}
https_ports = {{}}
consider_websocket_secure = true
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{folder}/log" }} }}
VirtualHost "auth.meet.lab"
    authentication = "insecure"
    insecure_open_authentication = "Yes please, I know what I'm doing!"
Component "internal.auth.meet.lab" "muc"
    storage = "memory"
Include "{folder}/meet.lab.cfg.lua"
"""


def folders() -> list[str]:
    """Return where Jitsi's modules lie on this machine."""
    named = os.environ.get("DIEMCAU_JITSI_MODULES", "").split(":")
    return [folder for folder in (named if any(named) else PACKAGED) if Path(folder).is_dir()]


def needs(*modules: str) -> pytest.MarkDecorator:
    """Skip where there is no Prosody, or a module of Jitsi's is not there."""
    missing = [
        name
        for name in modules
        if not any((Path(folder) / f"mod_{name}.lua").exists() for folder in folders())
    ]
    told = f"Jitsi's modules {', '.join(missing)} are not here: set DIEMCAU_JITSI_MODULES"
    if PROSODY is None:
        told = "Debian's prosody is not installed"
    return pytest.mark.skipif(PROSODY is None or bool(missing), reason=told)


def settings(ours: str, bridge: str, places: Sequence[str] = ()) -> str:
    """Return what deploy/jitsi tells an administrator, filled in as it says.

    `places` are where the modules lie, Jitsi's where it is left out.
    """
    text = (SETTINGS / "debian.cfg.lua").read_text()
    for told, meant in (
        ("meet.example.gov.vn", DOMAIN),
        ("https://hop.example.gov.vn", ours),
        ("/bridges/tinh", f"/bridges/{bridge}"),
        ("RESERVATION_SECRET", "lab-reservation"),
        ("EVENT_SECRET", "lab-events"),
        ("10.1.0.4", "127.0.0.1"),
    ):
        assert told in text
        text = text.replace(told, meant)
    listed = ", ".join(f'"{it}"' for it in [*(places or folders()), SETTINGS / "modules"])
    return re.sub(r"(?m)^plugin_paths = .*$", f"plugin_paths = {{ {listed} }}", text)


def with_shared_secret(text: str, secret: str) -> str:
    """Return settings with what the file says is for HS256."""
    text = re.sub(r'(?m)^\s*\w+ = "[^"]*/keys(/commands)?"\n', "", text)
    return re.sub(r"(?m)^(\s*)-- (app_secret = )(.*)$", rf'\1\2"{secret}"', text)


@dataclass(kw_only=True)
class Jitsi:
    """A Prosody that runs, and who is in its rooms."""

    http: aiohttp.ClientSession
    url: str
    log: Path

    def room(self, name: str) -> str:
        return f"{name}@conference.{DOMAIN}"

    @asynccontextmanager
    async def focus(self, name: str) -> AsyncIterator[Client]:
        """Open a room as Jicofo does, who stays in it."""
        focus = Client(f"focus@auth.{DOMAIN}/lab", "of the lab")
        async with connected(self.http, self.url, focus) as one:
            await one.enter(self.room(name))
            await one.submit(self.room(name), {})
            yield one

    @asynccontextmanager
    async def guest(self, name: str, token: str) -> AsyncIterator[Client]:
        """Sign in by a token, and enter no room."""
        page = Client(f"{DOMAIN}/page")
        async with connected(self.http, self.url, page, room=name, token=token) as one:
            yield one

    @asynccontextmanager
    async def hall(self, name: str, token: str) -> AsyncIterator[Client]:
        """Enter a room by a token."""
        async with self.guest(name, token) as one:
            await one.enter(self.room(name))
            yield one

    @asynccontextmanager
    async def jigasi(self) -> AsyncIterator[Jigasi]:
        """Wait for calls as a Jigasi with a SIP account does; calls go to its seat's name."""
        gateway = Jigasi(f"jigasi@auth.{DOMAIN}/jigasi")
        async with connected(self.http, self.url, gateway):
            await gateway.enter(BREWERY, "gateway", STATS)
            yield gateway


@asynccontextmanager
async def a_jitsi(folder: Path, text: str, *, port: int = 0) -> AsyncIterator[Jitsi]:
    """Run a Prosody with the settings until the end."""
    port = port or free_port()
    config = folder / "prosody.cfg.lua"
    config.write_text(AROUND.format(folder=folder, port=port))
    (folder / "meet.lab.cfg.lua").write_text(text)
    (folder / "data").mkdir(exist_ok=True)
    process = await asyncio.create_subprocess_exec(str(PROSODY), "-F", "--config", str(config))
    jitsi_log = folder / "log"
    try:
        async with aiohttp.ClientSession() as http:
            jitsi = Jitsi(http=http, url=f"http://127.0.0.1:{port}", log=jitsi_log)
            await answers(http, jitsi.url)
            yield jitsi
    finally:
        await ended(process)


async def ended(process: Process) -> None:
    """End a Prosody politely, and one that does not listen by force."""
    process.terminate()
    try:
        async with asyncio.timeout(POLITE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def answers(http: aiohttp.ClientSession, url: str) -> None:
    """Wait until a Prosody that is just starting answers."""
    async with asyncio.timeout(60):
        while True:
            try:
                async with http.get(f"{url}/room-census") as answer:
                    await answer.read()
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
            else:
                return
