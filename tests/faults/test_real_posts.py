"""A real Prosody's events over lines that stop and with bodies that are too large."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bridges.receiving.heads import LARGEST_BODY
from tests.bridges.receiving import Receiving, introduce, receiving, spooled
from tests.faults.jitsi_server import ended

PROSODY = shutil.which("prosody")
MODULES = Path(__file__).parent / "prosody"
BYTES = {"well": 100, "stopping": 100_000, "mute": 100, "large": LARGEST_BODY}
STOPS_AFTER = {"stopping": 5_000, "mute": 0}
SETTINGS = """
run_as_root = true
data_path = "{folder}"
pidfile = "{folder}/prosody.pid"
plugin_paths = {{ "{modules}" }}
modules_enabled = {{ "diemcau_posts" }}
modules_disabled = {{ "s2s", "c2s", "offline" }}
c2s_ports = {{}}; s2s_ports = {{}}; http_ports = {{}}; https_ports = {{}}
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{folder}/log" }} }}
lab_secret = "lab-events"
lab_told = "{folder}/told"
lab_lines = {{ {lines} }}
VirtualHost "lab"
"""

pytestmark = pytest.mark.skipif(PROSODY is None, reason="Debian's prosody is not installed")


class Line:
    """A way to the receiver that stops once after so many bytes."""

    def __init__(self, receiver: Receiving, stops_after: int) -> None:
        self.receiver = receiver
        self.left: int | None = stops_after

    async def carry(self, sender: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        reader, onward = await asyncio.open_connection(self.receiver.host, self.receiver.port)
        left, self.left = self.left, None
        there = asyncio.create_task(pass_on(sender, onward, left))
        await pass_on(reader, back, None)
        there.cancel()
        back.close()
        onward.close()


async def pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int | None
) -> None:
    """Pass on what comes, only so many bytes of it where there is a limit."""
    while left != 0 and (data := await reader.read(min(left or 65_536, 65_536))):
        writer.write(data)
        left = left and left - len(data)


@asynccontextmanager
async def lines(receiver: Receiving) -> AsyncIterator[dict[str, int]]:
    """Give the port of each line; those that do not stop lead to the receiver itself."""
    ports = dict.fromkeys(BYTES, receiver.port)
    servers = []
    for name, stops_after in STOPS_AFTER.items():
        carry = Line(receiver, stops_after).carry
        servers.append(await asyncio.start_server(carry, "127.0.0.1", 0))
        ports[name] = servers[-1].sockets[0].getsockname()[1]
    yield ports
    for server in servers:
        server.close()


async def test_a_real_prosody_sends_again_what_stopped_on_the_way_and_nothing_too_large(
    tmp_path: Path,
):
    introduce(tmp_path / "receiver", lab="lab-events")
    config, told = tmp_path / "prosody.cfg.lua", tmp_path / "told"
    told.touch()
    async with receiving(tmp_path / "receiver") as receiver, lines(receiver) as ports:
        named = ", ".join(
            f'{name} = {{ url = "http://127.0.0.1:{port}/bridges/lab"; bytes = {BYTES[name]} }}'
            for name, port in ports.items()
        )
        config.write_text(SETTINGS.format(folder=tmp_path, modules=MODULES, lines=named))
        process = await asyncio.create_subprocess_exec(str(PROSODY), "-F", "--config", str(config))
        try:
            async with asyncio.timeout(120):
                while len(said := told.read_text().splitlines()) < len(BYTES):
                    await asyncio.sleep(0.1)
        finally:
            await ended(process)

    outcome = {one["name"]: (one["code"], one["tries"]) for one in map(json.loads, said)}
    assert outcome == {"well": (200, 1), "stopping": (200, 2), "mute": (200, 2), "large": (413, 1)}
    kept = [json.loads(one.body)["room_name"] for one in await spooled(receiver.folder / "events")]
    assert sorted(kept) == ["r-mute", "r-stopping", "r-well"]
    (held,) = await spooled(receiver.folder / "quarantine" / "lab")
    assert (held.why, held.body) == ("too-large", b"")
