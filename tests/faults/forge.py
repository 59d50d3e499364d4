"""The test's side of `killable`: children on demand, killed one by one."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


@dataclass(slots=True)
class Forge:
    """Makes children; only one lives at a time."""

    process: Process
    child: int = 0
    kills: int = 0

    async def make(self) -> None:
        """Start the next child."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        self.child = int(await self.process.stdout.readline())

    def kill(self) -> None:
        """End the child that lives, as a power cut does."""
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
            self.kills += 1


@asynccontextmanager
async def forging(kind: str, where: object, environment: Mapping[str, str]) -> AsyncIterator[Forge]:
    """Give a forge for children of a kind."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.killable", kind, str(where)),
        stdin=PIPE,
        stdout=PIPE,
        env={**os.environ, **environment},
    )
    forge = Forge(process)
    try:
        await forge.make()
        yield forge
    finally:
        forge.kill()
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
