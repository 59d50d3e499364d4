"""`diemcau serve` as a process of its own, on free ports: started, asked, killed, started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.folders import open_folder
from tests.ports import free_ports

DIEMCAU = Path(sys.executable).parent / "diemcau"
START_SECONDS = 120
STOP_SECONDS = 30


@dataclass(slots=True)
class Service:
    """One installation: its folder, its ports, and the process that serves it now."""

    folder: Path
    port: int
    receiver_port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: it for name, it in os.environ.items() if not name.startswith("DIEMCAU_")}
        return {
            **kept,
            "DIEMCAU_DATA": str(self.data),
            "DIEMCAU_PORT": str(self.port),
            "DIEMCAU_RECEIVER_PORT": str(self.receiver_port),
            **self.settings,
        }

    async def start(self) -> None:
        """Start the process; it may not be ready yet.  What it says goes to a file."""
        with (self.folder / "out").open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                DIEMCAU, "serve", env=self.environment, stdout=out, stderr=out
            )

    async def ready(self) -> None:
        """Wait until the service says that every part works."""
        async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
            while await self.status(session, "/readyz") != 200:
                if self.process is not None and self.process.returncode is not None:
                    raise RuntimeError(f"serve ended: {self.said()[-2000:]}")
                await asyncio.sleep(0.02)

    async def status(self, session: aiohttp.ClientSession, path: str) -> int:
        """Return the status of an answer, 0 when there is none."""
        try:
            async with session.get(self.url + path) as answer:
                return answer.status
        except (aiohttp.ClientError, OSError):
            return 0

    def said(self) -> str:
        """Return everything that it printed and logged so far."""
        return (self.folder / "out").read_text()

    async def kill(self) -> None:
        """End the process as a power cut does; its receiver follows by itself."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        """Ask the process to stop, and wait for it."""
        if self.process is None:
            return
        if self.process.returncode is None:
            self.process.terminate()
        await asyncio.wait_for(self.process.wait(), STOP_SECONDS)

    async def command(self, *words: str) -> str:
        """Run `diemcau` beside the service and return what it prints."""
        process = await asyncio.create_subprocess_exec(
            DIEMCAU, *words, env=self.environment, stdout=PIPE
        )
        out, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"diemcau {words[0]} ended with {process.returncode}")
        return out.decode().strip()

    async def token(self, role: str = "admin", unit: str = "11") -> str:
        """Return the bearer token of a program with that role."""
        return await self.command("token", f"test-{role}", "--role", role, "--unit", unit)


@asynccontextmanager
async def service(**settings: str) -> AsyncIterator[Service]:
    """Give a service with an empty folder, not started yet; stop it and remove the folder."""
    with open_folder() as folder:
        made = Service(folder, *free_ports(), settings=settings)
        try:
            yield made
        finally:
            await made.stop()


@asynccontextmanager
async def serving(**settings: str) -> AsyncIterator[Service]:
    """Give a service that is ready."""
    async with service(**settings) as made:
        await made.start()
        await made.ready()
        yield made


def speaking(url: str | None, token: str) -> aiohttp.ClientSession:
    """Return a client that speaks with a token, over as many connections as it likes."""
    return aiohttp.ClientSession(
        url,
        headers={"Authorization": f"Bearer {token}"},
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=30),
    )
