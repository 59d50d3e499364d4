"""Following the key file while the program runs: its changes, and what they leave to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from aiohttp import web

from bridges.entry.snapshot import Lend
from web.database import transaction
from web.jobs import Job, running
from web.keyring import key_file
from web.keyring.keyring import Keyring, KeyringError
from web.keyring.rotating import Turn, forget, is_due, over, settle
from web.keys import CLOCK, KEYRING, POOL, SETTINGS, STOP
from web.store.checkup import get_fingerprint

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(seconds=2)
LONGEST_TURN = timedelta(minutes=10)

Stamp = tuple[int, int, int] | None


class KeyFollower:
    """Keeps the program's ring that of the file; what time changes is seen without the file."""

    def __init__(self, path: Path, ring: Keyring, lend: Lend) -> None:
        self.path = path
        self.ring = ring
        self.lend = lend
        self.known = Keyring(ring.keys, ring.ended)
        self.stamp: Stamp = None
        self.last: Turn | None = None

    async def turn(self, now: datetime) -> None:
        """Look at the file and the clock, and do what a rotation leaves to do."""
        await self.look()
        self.ring.take(self.known.at(now))
        if not is_due(self.ring, self.last, now):
            return
        changed = await settle(self.lend, self.ring, now)
        self.last = Turn(newest=self.ring.newest, at=now)
        if not changed and over(self.ring, now):
            await self.forget(now)

    async def look(self) -> None:
        """Read the file if it is another one than before; one that does not fit is left alone."""
        try:
            stamp = stamp_of(self.path)
            if stamp == self.stamp:
                return
            found = key_file.load(self.path)
        except (OSError, KeyringError) as error:
            log.warning("key file cannot be read: going on with its keys", reason=str(error))
            return
        if not found.knows(self.ring.fingerprint()) and not await self.is_ours(found):
            log.error("other keys in the key file: going on with those before", path=str(self.path))
            return
        self.stamp, self.known = stamp, found

    async def is_ours(self, found: Keyring) -> bool:
        """Tell whether the store is used with these keys already: we may have slept long."""
        async with self.lend() as conn:
            return found.knows(await get_fingerprint(conn))

    async def forget(self, now: datetime) -> None:
        """Take the keys whose time is over out of the file, if it may be written."""
        try:
            async with self.lend() as conn:
                self.known = await forget(conn, self.path, self.ring, now)
        except OSError as error:
            log.warning("key file cannot be written: remove the old key", reason=str(error))
            return
        self.ring.take(self.known.at(now))


def stamp_of(path: Path) -> Stamp:
    """Return what changes when a file is replaced or written."""
    found = path.stat()
    return (found.st_ino, found.st_mtime_ns, found.st_size)


async def following(app: web.Application) -> AsyncIterator[None]:
    """Follow the key file for as long as the application runs."""
    follower = KeyFollower(app[SETTINGS].keys_file, app[KEYRING], partial(transaction, app[POOL]))
    work = Job(
        name="keys",
        work=lambda: follower.turn(app[CLOCK]()),
        every=LOOK_EVERY,
        limit=LONGEST_TURN,
    )
    async with running([work], app[STOP]):
        yield
