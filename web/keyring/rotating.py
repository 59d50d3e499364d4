"""Rotating the key file: a fresh key in front, everything made by it, the key before forgotten.

The file says it all: which key is used from when, and until when the one before is good.  What is
left to do can be done again at any time, by any program that has the file, and loses nothing
however it ends: a key leaves the file only after nothing was found that needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bridges.entry.snapshot import Lend
from bridges.registered import resealing
from meetings.audit import record
from meetings.idempotency import list_bodies, replace_bodies
from meetings.links import rekeying
from meetings.links.rekeying import FormerKey
from meetings.news import announce
from meetings.store import Connection
from web.first_start import OtherKeys, use_keys
from web.input.once import SEALED, SecretKeeper
from web.keyring import key_file
from web.keyring.keyring import Keyring, KeyringError
from web.scheduling.booking import LINKS
from web.store import installation
from web.store.checkup import get_fingerprint

log = structlog.get_logger(__name__)

AFTER = timedelta(minutes=1)
GRACE = timedelta(days=30)
LINGER = timedelta(minutes=1)
"""How long after its end a key stays in the file, for what was begun before."""

SPREADING = timedelta(minutes=5)
"""How long after a key is used something may still come that was made with the one before."""

REST = timedelta(seconds=20)
"""Between two passes over everything."""

SUBJECT = "installation"


class KeyIsComing(KeyringError):
    """The last rotation has not taken effect yet."""

    code = "key-is-coming"

    def __init__(self, since: datetime) -> None:
        super().__init__(f"the newest key is used from {since.isoformat()} on: rotate after that")
        self.since = since


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When everything was gone through last, and with which key."""

    newest: str
    at: datetime


async def begin(
    conn: Connection, path: Path, *, after: timedelta, grace: timedelta, by: str, now: datetime
) -> Keyring:
    """Put a fresh key into the file; the caller commits, and two of these wait for each other.

    Raises:
        KeyFileMissing, BadKeyFile: there is no usable file.
        OtherKeys: it is not the one of this store.
        KeyIsComing: a fresh key is there already.
    """
    known = await installation.lock_installation(conn)
    ring = key_file.load(path)
    if known and not ring.knows(known):
        raise OtherKeys(known)
    coming = [key.since for key in ring.keys if key.since is not None and key.is_coming(now)]
    if coming:
        raise KeyIsComing(max(coming))
    since = now + after
    rotated = ring.rotated(since=since, until=since + grace)
    detail = {
        "fingerprint": rotated.fingerprint(),
        "since": since.isoformat(),
        "until": (since + grace).isoformat(),
    }
    await record(conn, actor=by, action="keys.rotate", subject=SUBJECT, detail=detail)
    key_file.save(path, rotated)
    return rotated


def is_due(ring: Keyring, last: Turn | None, now: datetime) -> bool:
    """Tell whether everything is to be gone through; `ring` as it is used at this moment."""
    if last is None or last.newest != ring.newest:
        return len(ring.all_keys()) > 1
    since = ring.keys[0].since
    spreading = since is not None and now < since + SPREADING
    return (spreading or bool(over(ring, now))) and last.at + REST <= now


def over(ring: Keyring, now: datetime) -> frozenset[str]:
    """Return the ids of keys that nothing can need any more."""
    return frozenset(
        key.id for key in ring.ended if key.until is not None and key.until + LINGER <= now
    )


async def settle(lend: Lend, ring: Keyring, now: datetime) -> int:
    """Make everything stand on the newest key; return how much did not.

    `ring` as it is used at this moment, with the keys whose time is over.
    """
    async with lend() as conn:
        changed = await resealing.reseal(conn, ring) + await reseal_answers(conn, ring)
        if changed:
            await announce(conn, "snapshot")
    changed += await rekey(lend, ring, now)
    async with lend() as conn:
        wanted = ring.fingerprint()
        # Looked at twice: most often nothing is to be written, and nobody waits for the lock.
        if await get_fingerprint(conn) == wanted:
            return changed
        if await installation.lock_installation(conn) != wanted:
            await use_keys(conn, ring)
    return changed


async def reseal_answers(conn: Connection, ring: Keyring) -> int:
    """Seal answers kept under keys anew; return how many were not."""
    keeper, new = SecretKeeper(ring), {}
    for body in await list_bodies(conn, SEALED):
        try:
            if not keeper.is_newest(body):
                new[body] = keeper.seal(keeper.open(body))
        except ValueError:
            continue  # not sealed, or by a key that was lost before
    if new:
        await replace_bodies(conn, new)
    return len(new)


async def rekey(lend: Lend, ring: Keyring, now: datetime) -> int:
    """Give every link its secret of the newest key, so that it can be shown without the others."""
    former = [
        FormerKey(
            key=ring.derive(LINKS, key_id=key.id),
            ends_at=None if key.is_over(now) else key.until,
        )
        for key in ring.all_keys()[1:]
        if key.until is not None
    ]
    key, total = ring.derive(LINKS), 0
    place: rekeying.Place | None = rekeying.START
    while place is not None:
        async with lend() as conn:
            changed, place = await rekeying.rekey_links(conn, key, former, place)
        total += changed
    async with lend() as conn:
        await rekeying.forget_former(conn, former, now)
    return total


async def forget(conn: Connection, path: Path, ring: Keyring, now: datetime) -> Keyring:
    """Take keys whose time is over out of the file; the caller commits.  Twice is once.

    Raises:
        KeyFileMissing, BadKeyFile: there is no usable file any more.
        OSError: it cannot be written by this program.
    """
    await installation.lock_installation(conn)
    found, gone = key_file.load(path), over(ring, now)
    left = found.without(gone)
    if left == found:
        return found
    detail = {"fingerprints": [ring.fingerprint_of(key) for key in ring.ended if key.id in gone]}
    await record(conn, actor="program:serve", action="keys.forget", subject=SUBJECT, detail=detail)
    key_file.save(path, left)
    return left
