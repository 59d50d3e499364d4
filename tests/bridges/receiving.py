"""A receiver as a process of its own, and senders as Prosody is one."""

import asyncio
import hashlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bridges.receiving.callers import Caller, Digest, as_told, networks_of
from bridges.spooling.envelopes import Envelope, unseal
from bridges.spooling.places import Place
from bridges.spooling.spool import Spool
from tests.ports import free_port

SECRET = "lab-events"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """A running receiver."""

    port: int
    folder: Path
    process: asyncio.subprocess.Process
    host: str = "127.0.0.1"

    async def post(
        self,
        path: str,
        body: bytes,
        *,
        bridge: str = "lab",
        secret: str = SECRET,
        head: str = "Connection: close\r\n",
    ) -> int:
        """Send one event over a connection of its own and return the status."""
        request = (
            f"POST /bridges/{bridge}/events/{path} HTTP/1.1\r\nHost: x\r\n"
            f"Content-Length: {len(body)}\r\n{head}Authorization: Bearer {secret}\r\n\r\n"
        )
        return (await self.raw(request.encode() + body))[0]

    async def raw(self, data: bytes) -> tuple[int, bytes]:
        """Send bytes and return status and body of the answer."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(data)
            answer = await reader.read()
        finally:
            writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), body

    async def health(self) -> dict[str, object]:
        _, body = await self.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        told: dict[str, object] = json.loads(body)
        return told

    async def kill(self) -> None:
        """End the process as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


def introduce(folder: Path, **secrets: str) -> None:
    """Write down which bridges may speak, as the database would tell."""
    folder.mkdir(parents=True, exist_ok=True)
    callers = {
        name: Caller(
            digests=(Digest(value=hashlib.sha256(it.encode()).digest()),),
            networks=networks_of(["127.0.0.0/8"]),
        )
        for name, it in secrets.items()
    }
    (folder / "bridges.json").write_text(json.dumps(as_told(callers)))


@asynccontextmanager
async def receiving(
    folder: Path, *, database: str = "", host: str = "127.0.0.1"
) -> AsyncIterator[Receiving]:
    """Run a receiver and stop it as the program does."""
    port = free_port()
    environment = {**os.environ, "DIEMCAU_DATABASE_URL": database}
    words = ["-m", "bridges.receiving.receiver", "--host", host, "--port", str(port)]
    words += ["--folder", str(folder)]
    process = await asyncio.create_subprocess_exec(sys.executable, *words, env=environment)
    receiver = Receiving(port=port, folder=folder, process=process, host=host)
    try:
        await listening(receiver)
        yield receiver
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)


async def listening(receiver: Receiving) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await receiver.health()
            except OSError:
                await asyncio.sleep(0.02)
            else:
                return


async def spooled(folder: Path) -> list[Envelope]:
    """Return everything a stopped receiver left in a spool."""
    found: list[Envelope] = []
    place = Place()
    async with Spool(folder) as spool:
        while (batch := spool.read(place)).records:
            found += map(unseal, batch.records)
            place = batch.place
    return found
