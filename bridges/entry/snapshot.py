"""The day's snapshot: what hall pages and bridges are answered from, database or not.

In memory and on the local disk (for its owner only; a bridge's secrets are sealed there).  It is
taken anew every few seconds and at each piece of news; what a crash or an outage leaves is what
was last seen.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bridges.entry import snapshot_file
from bridges.entry.passes import KnownBridge, Occasion, Pass
from bridges.errors import SnapshotMissing
from bridges.model import BridgeSecrets, RoomName, RoomState
from bridges.registered.registry import Seal, all_secrets, list_bridges
from bridges.spooling.disk import replace_file
from bridges.store import snapshot as store
from meetings.model import ConferenceId
from meetings.store import Connection

AROUND = timedelta(days=1)
FILE = "snapshot.json"
SOONEST = timedelta(milliseconds=200)

Lend = Callable[[], AbstractAsyncContextManager[Connection]]
"""Lends a connection, where something is changed inside a transaction that the block commits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What was seen at one moment; links by the SHA-256 of their secret."""

    taken_at: datetime
    bridges: Mapping[str, KnownBridge] = field(repr=False)
    occasions: Mapping[ConferenceId, Occasion]
    passes: Mapping[bytes, Pass] = field(repr=False)
    rooms: Mapping[tuple[str, RoomName], Occasion]
    invited: Mapping[ConferenceId, int]


class Snapshot:
    """What is known of today; `load` and `refresh` fill it, everything else only looks."""

    def __init__(self, folder: Path, seal: Seal) -> None:
        self.path = folder / FILE
        self.seal = seal
        self._contents: Contents | None = None
        self._written = b""
        self._looked = -SOONEST.total_seconds()
        self._looking = asyncio.Lock()
        self._writing = asyncio.Lock()

    def load(self) -> None:
        """Take over what the disk remembers; nothing readable there is no error."""
        try:
            told = json.loads(self.path.read_bytes())
            self._contents = assemble(*snapshot_file.read(told, self.seal))
        except (OSError, ValueError, KeyError, TypeError):
            return

    async def refresh(self, conn: Connection, now: datetime) -> None:
        """Look at the database again and remember it on disk."""
        began = time.monotonic()
        bridges = await known_bridges(conn, self.seal)
        occasions = await store.list_occasions(conn, now - AROUND, now + AROUND)
        passes = await store.list_passes(conn, occasions)
        self.remember(assemble(now, bridges, occasions, passes), began)
        async with self._writing:
            await asyncio.to_thread(self._write, self.contents)

    def remember(self, contents: Contents, began: float) -> None:
        """Take what a look saw, unless one that began later was faster."""
        if began >= self._looked:
            self._contents, self._looked = contents, began

    async def look_again(self, lend: Lend, now: datetime) -> None:
        """Refresh for somebody who asks for what is not here, at most five times a second.

        Everybody who asked before a look began shares it, so a flood costs five looks a second,
        and what was booked before the question is always seen.
        """
        asked = time.monotonic()
        async with self._looking:
            if self._looked >= asked:
                return
            await asyncio.sleep(max(0.0, self._looked + SOONEST.total_seconds() - asked))
            async with lend() as conn:
                await self.refresh(conn, now)

    def _write(self, contents: Contents) -> None:
        told = snapshot_file.write(
            contents.taken_at, contents.bridges, contents.occasions, contents.passes, self.seal
        )
        # The time alone is no reason to write: what is booked changes seldom.
        essence = essence_of(told, contents, self.seal.newest)
        if essence != self._written:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self.path, json.dumps(told, ensure_ascii=False).encode())
            self._written = essence

    @property
    def contents(self) -> Contents:
        """What was last seen.

        Raises:
            SnapshotMissing: nothing was ever seen.
        """
        if self._contents is None:
            raise SnapshotMissing
        return self._contents

    def bridge(self, name: str) -> KnownBridge | None:
        """Return the bridge of that name."""
        return self.contents.bridges.get(name)

    def room_by_name(self, bridge: str, name: RoomName) -> Occasion | None:
        """Return what a bridge's room is booked for around today."""
        return self.contents.rooms.get((bridge, name))

    def room_by_pin(self, bridge: str, pin: int) -> Occasion | None:
        """Return the room around today that callers of a bridge mean by a number."""
        found = (
            one
            for one in self.contents.occasions.values()
            if (one.bridge, one.pin) == (bridge, pin) and one.room_state is not RoomState.CLOSED
        )
        return next(found, None)

    def occasion(self, conference: ConferenceId) -> Occasion | None:
        """Return a conference around today."""
        return self.contents.occasions.get(conference)

    def invited(self, conference: ConferenceId) -> int | None:
        """Return how many sites hold a link, None where links are not known yet."""
        return self.contents.invited.get(conference)

    def admission(self, link_hash: bytes) -> Pass | None:
        """Return what a link into a conference around today opens."""
        return self.contents.passes.get(link_hash)


def essence_of(told: Mapping[str, Any], contents: Contents, seal: str) -> bytes:
    """Return what tells two snapshots apart, without their time and what a seal makes random."""
    bridges = [
        entry | {"secrets": digest_of(known.secrets), "former": ()}
        for entry, known in zip(told["bridges"], contents.bridges.values(), strict=True)
    ]
    return json.dumps({**told, "taken_at": "", "bridges": bridges, "seal": seal}).encode()


def digest_of(secrets: BridgeSecrets) -> str:
    """Return what changes with any secret."""
    return hashlib.sha256(json.dumps(asdict(secrets), default=str).encode()).hexdigest()


def assemble(
    taken_at: datetime,
    bridges: Mapping[str, KnownBridge],
    occasions: Mapping[ConferenceId, Occasion],
    passes: Mapping[bytes, Pass],
) -> Contents:
    """Return the contents, with rooms found by their bridge and name."""
    rooms = {(one.bridge, one.room): one for one in occasions.values()}
    return Contents(
        taken_at=taken_at,
        bridges=bridges,
        occasions=occasions,
        passes=passes,
        rooms=rooms,
        # While keys are rotated, a link opens under two secrets.
        invited=Counter(
            conference
            for conference, _ in {(one.occasion.conference, one.site) for one in passes.values()}
        ),
    )


async def find_pass(conn: Connection, link_hash: bytes) -> Pass | None:
    """Return what a link opens on another day than today; asks the database."""
    return await store.find_pass(conn, link_hash)


async def known_bridges(conn: Connection, seal: Seal) -> dict[str, KnownBridge]:
    """Return every bridge with its secrets, by name."""
    secrets = await all_secrets(conn, seal)
    return {
        bridge.name: KnownBridge(bridge=bridge, secrets=secrets[bridge.name])
        for bridge in await list_bridges(conn)
        if bridge.name in secrets
    }
