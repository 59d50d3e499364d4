"""A trial bridge as a process of its own: started on a port, killed, started again."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from bridges.trial.app import trial_app
from bridges.trial.config import TrialConfig
from tests.ports import free_port
from tests.service import Service

START_SECONDS = 30
SEATS = 400


@dataclass(slots=True, kw_only=True)
class TrialProcess:
    """One bridge: its name, its port, what it was told, and the process that runs it now."""

    name: str
    port: int
    told: dict[str, object]
    process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start the process and wait until it answers."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.trial_process", str(self.port), json.dumps(self.told)
        )
        async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as http:
            while True:
                try:
                    async with http.get(f"{self.url}/about/health") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """End the process as a power cut does."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def register(self, session: aiohttp.ClientSession, api: str) -> None:
        """Tell the service of the bridge, as an administrator does."""
        body = {
            "name": self.name,
            "public_url": self.url,
            "prosody_url": self.url,
            "xmpp_domain": "meet.lab",
            "muc_domain": "conference.meet.lab",
            "app_id": "diemcau",
            "jwt_secret": self.told["jwt_secret"],
            "reservation_secret": self.told["reservation_secret"],
            "event_secret": self.told["event_secret"],
            "seats": SEATS,
        }
        async with session.post(f"{api}/bridges", json=body) as answer:
            assert answer.status == 201, await answer.text()
        await self.is_known(session)

    async def is_known(self, session: aiohttp.ClientSession) -> None:
        """Wait until the receiver has heard of the bridge: what it refuses before is lost."""
        body = {"room_name": "no-such-room", "created_at": 1_700_000_000}
        headers = {"Authorization": f"Bearer {self.told['event_secret']}"}
        url = f"{self.told['event_prefix']}/events/room/created"
        async with asyncio.timeout(START_SECONDS):
            while True:
                async with session.post(url, json=body, headers=headers) as answer:
                    if answer.status == 200:
                        return
                await asyncio.sleep(0.1)


@asynccontextmanager
async def trial_process(name: str, service: Service) -> AsyncIterator[TrialProcess]:
    """Give a bridge that runs and speaks to the service; kill it at the end."""
    port = free_port()
    told: dict[str, object] = {
        "name": name,
        "public_url": f"http://127.0.0.1:{port}",
        "reservation_prefix": f"{service.url}/bridges/{name}/reservations",
        "event_prefix": f"http://127.0.0.1:{service.receiver_port}/bridges/{name}",
        "app_id": "diemcau",
        "xmpp_domain": "meet.lab",
        "muc_domain": "conference.meet.lab",
        "seats": SEATS,
        "jwt_secret": f"{name}-" + "j" * 40,
        "reservation_secret": f"{name}-reservation",
        "event_secret": f"{name}-events",
    }
    bridge = TrialProcess(name=name, port=port, told=told)
    await bridge.start()
    try:
        yield bridge
    finally:
        if bridge.process is not None and bridge.process.returncode is None:
            await bridge.kill()


if __name__ == "__main__":
    config = TrialConfig(**json.loads(sys.argv[2]))
    web.run_app(trial_app(config), host="127.0.0.1", port=int(sys.argv[1]), print=None)
