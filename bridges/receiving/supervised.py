"""What systemd is told where it runs us: that we are ready, and that our loop still turns."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

READY, TURNS = b"READY=1", b"WATCHDOG=1"
TURNS_A_LIMIT = 3


def tell(words: bytes) -> None:
    """Say it to systemd, if it asked this very process to; a word that gets lost is no harm."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    own = str(os.getpid())
    if not address or os.environ.get("WATCHDOG_PID", own) != own:
        return
    place = f"\0{address[1:]}" if address.startswith("@") else address
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.setblocking(False)
        wire.sendto(words, place)


@contextmanager
def turning() -> Iterator[None]:
    """Say for as long as the block that the loop turns, oftener than it has to be."""
    limit = int(os.environ.get("WATCHDOG_USEC") or 0) / 1_000_000
    task = asyncio.create_task(keep_telling(limit / TURNS_A_LIMIT), name="turning")
    try:
        yield
    finally:
        task.cancel()


async def keep_telling(seconds: float) -> None:
    """Say it again and again; never, where nobody waits for it."""
    while seconds:
        tell(TURNS)
        await asyncio.sleep(seconds)
