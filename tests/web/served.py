"""A whole `diemcau serve`, as an operator starts it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[2]
START_SECONDS = 120


class Served:
    """A running service with an embedded store in a folder."""

    def __init__(self, folder: Path, ports: tuple[int, int], **environ: str) -> None:
        self.url = f"http://127.0.0.1:{ports[0]}"
        self.environ = {
            "DIEMCAU_DATA": str(folder),
            "DIEMCAU_PORT": str(ports[0]),
            "DIEMCAU_RECEIVER_PORT": str(ports[1]),
            **environ,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "web", "serve"],
            env=self.environ,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def lines(self, wanted: int) -> list[str]:
        """Return the first lines of what it prints; fewer when it ends before."""
        assert self.process.stdout is not None
        found = [self.process.stdout.readline().rstrip("\n") for _ in range(wanted)]
        return [line for line in found if line]

    def token(self, *arguments: str) -> str:
        """Run `diemcau token` beside the service."""
        ran = subprocess.run(
            [sys.executable, "-m", "web", "token", *arguments],
            env=self.environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return ran.stdout.strip()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop and return its status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=START_SECONDS)


async def get(url: str) -> tuple[int, str]:
    """Return status and text of an address."""
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        return answer.status, await answer.text()


async def until_ready(url: str) -> None:
    """Wait until every part works."""
    async with asyncio.timeout(START_SECONDS):
        while (await get(f"{url}/readyz"))[0] != 200:
            await asyncio.sleep(0.1)
