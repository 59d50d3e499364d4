"""Reservation calls from a real Prosody of Debian: its HTTP client, its JSON, its dates.

Jitsi's own modules are no part of Debian; a module of the tests asks as they do.
"""

import asyncio
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bridges.errors import BridgeSilent
from bridges.jitsi.census import Tally
from bridges.model import Bridge
from bridges.registered.naming import census_by_name
from bridges.rules import LONGEST_EXTENSION
from tests.bridges.makers import a_bridge, a_room, before
from tests.bridges.test_checking import known
from tests.faults.jitsi_server import ended
from tests.makers import a_conference, a_directory
from tests.ports import free_port
from web.app import create_app
from web.keyring.keyring import Keyring, new_key
from web.rooms.reservations import TENANT
from web.settings import Settings

PROSODY = shutil.which("prosody")
MODULES = Path(__file__).parent / "prosody"
UNKNOWN = 190
SETTINGS = """
run_as_root = true
data_path = "{folder}"
pidfile = "{folder}/prosody.pid"
plugin_paths = {{ "{modules}" }}
modules_enabled = {{ "diemcau_lab" }}
modules_disabled = {{ "s2s", "c2s", "offline" }}
c2s_ports = {{}}; s2s_ports = {{}}; http_ports = {{}}; https_ports = {{}}
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{folder}/log" }} }}
lab_prefix = "{prefix}"
lab_secret = "lab-reservation"
lab_told = "{folder}/told"
lab_rooms = {{ {rooms} }}
VirtualHost "lab"
"""

COUNTING = """
run_as_root = true
data_path = "{folder}"
pidfile = "{folder}/prosody.pid"
plugin_paths = {{ "{modules}" }}
modules_disabled = {{ "s2s", "c2s", "offline" }}
c2s_ports = {{}}; s2s_ports = {{}}; http_interfaces = {{ "127.0.0.1" }}; http_ports = {{ {port} }}
https_ports = {{}}
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{folder}/log" }} }}
{default}
VirtualHost "meet.lab"
    modules_enabled = {{ "diemcau_census" }}
"""

pytestmark = pytest.mark.skipif(PROSODY is None, reason="Debian's prosody is not installed")


async def asked_by_prosody(folder: Path, prefix: str, rooms: list[str]) -> list[dict[str, object]]:
    """Let a Prosody ask for every room; return what it understood."""
    named = ", ".join(json.dumps(room, ensure_ascii=False) for room in rooms)
    text = SETTINGS.format(folder=folder, modules=MODULES, prefix=prefix, rooms=named)
    config, told = folder / "prosody.cfg.lua", folder / "told"
    config.write_text(text)
    told.touch()
    process = await asyncio.create_subprocess_exec(str(PROSODY), "-F", "--config", str(config))
    try:
        async with asyncio.timeout(60):
            while len(lines := told.read_text().splitlines()) < len(rooms):
                await asyncio.sleep(0.1)
    finally:
        await ended(process)
    return [json.loads(line) for line in lines]


async def test_a_real_prosody_understands_every_answer(conn, database, tmp_path):
    keyring = Keyring((new_key(),))
    await a_directory(conn)
    await a_bridge(conn, seal=keyring)
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    conference = await a_conference(conn, start=start)
    _, room = await a_room(conn, conference)
    settings = Settings.from_environ(
        {"DIEMCAU_DATA": str(tmp_path / "data"), "DIEMCAU_RECEIVER_PORT": "9"}
    )
    ours = [room.name, room.name.upper()]
    tenant = f"[tinh]{room.name}"
    strange = [f"không-có-{number}" for number in range(UNKNOWN)]
    async with TestServer(create_app(settings, database_url=database, keyring=keyring)) as server:
        prefix = str(server.make_url("/bridges/lab/reservations"))
        told = await asked_by_prosody(tmp_path, prefix, [*ours, tenant, *strange])

    granted = {str(one["room"]): one for one in told if one["code"] == 200}
    refused = {str(one["room"]): one for one in told if one["code"] == 403}
    ends = room.closes_at + LONGEST_EXTENSION
    assert before(conference) < datetime.now(UTC)
    assert set(granted) == set(ours)
    assert refused.pop(tenant)["message"] == TENANT
    assert set(refused) == set(strange)
    for name, one in granted.items():
        assert (one["name"], one["id"]) == (name, room.name)
        assert one["ends"] == pytest.approx(ends.timestamp(), abs=1)
    assert {one["message"] for one in refused.values()} == {
        "Phòng họp này không có trong lịch. / This room is not booked."
    }


async def first_census(http: aiohttp.ClientSession, bridge: Bridge) -> tuple[Bridge, Tally]:
    """Ask until a Prosody that is just starting answers."""
    while True:
        try:
            return await census_by_name(http, bridge, patience=timedelta(seconds=5))
        except BridgeSilent:
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("default", "answers_to"), [("", "meet.lab"), ('http_default_host = "meet.lab"', "")]
)
async def test_a_real_prosody_is_asked_by_the_name_it_answers_to(
    default: str, answers_to: str, tmp_path: Path
):
    port = free_port()
    config = tmp_path / "prosody.cfg.lua"
    config.write_text(COUNTING.format(folder=tmp_path, modules=MODULES, port=port, default=default))
    bridge = replace(known(f"http://127.0.0.1:{port}").bridge, xmpp_domain="Meet.lab")
    process = await asyncio.create_subprocess_exec(str(PROSODY), "-F", "--config", str(config))
    try:
        async with aiohttp.ClientSession() as http, asyncio.timeout(60):
            named, tally = await first_census(http, bridge)
    finally:
        await ended(process)

    assert (named.http_host, tally.rooms, tally.unread) == (answers_to, {}, 0)
