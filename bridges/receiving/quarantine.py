"""Events that were refused although they came from a bridge of ours: kept a while, to be replayed.

Prosody counts any answer below 500 as delivered, so what is refused with 401 would be lost.  Each
bridge has a spool of its own: bounded, so that the oldest go first, and forgotten with age.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from bridges.errors import BadNews, SpoolFull, SpoolInUse
from bridges.jitsi import events
from bridges.receiving.held import Held, Pile, Why
from bridges.spooling.envelopes import Envelope, unseal_all
from bridges.spooling.places import Place
from bridges.spooling.queue import Told
from bridges.spooling.spool import Spool

LARGEST_BYTES = 16 * 1024**2
SEGMENT_BYTES = 4 * 1024**2
LONGEST = timedelta(days=14)
NOBODYS = "_"
"""No bridge is called so: here is what may be of several."""

Owners = Callable[[Sequence[Envelope]], Awaitable[Sequence[str]]]


class Quarantine:
    """A folder with a spool for each bridge of which anything is held; use it in `async with`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spools: dict[str, Spool] = {}
        self._stack = AsyncExitStack()
        self._counts: dict[str, Count] = {}

    async def __aenter__(self) -> Self:
        """Open what an earlier receiver left."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in sorted(self.folder.iterdir()):
            if path.is_dir():
                # What a full disk kept from its name holds nothing; it is opened when it can be.
                with suppress(OSError):
                    self._opened(path.name)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what waits and give the folders free."""
        await self._stack.aclose()

    def _spool(self, bridge: str) -> Spool:
        return Spool(
            self.folder / bridge,
            segment_bytes=SEGMENT_BYTES,
            largest_bytes=LARGEST_BYTES,
            oldest_first=True,
        )

    def add(self, bridge: str, record: bytes, told: Told) -> None:
        """Hold a record back, "" for nobody's; `told` is called once on disk, or with SpoolFull."""
        try:
            spool = self._with_room(bridge or NOBODYS)
        except SpoolFull as full:
            told(full)
        else:
            spool.add(record, told)

    def _with_room(self, bridge: str) -> Spool:
        try:
            return self._opened(bridge)
        except (OSError, SpoolInUse) as error:
            raise SpoolFull from error

    def _opened(self, bridge: str) -> Spool:
        if bridge not in self.spools:
            spool = self._spool(bridge).open()
            self._stack.push_async_exit(spool)
            self.spools[bridge] = spool
        return self.spools[bridge]

    async def sort(self, owners: Owners) -> None:
        """Hold what is nobody's back for the bridge whose it turns out to be; drop the rest.

        The rest is about no room of ours.  A crash in between holds some back twice.

        Raises:
            SpoolFull: there is no room; all that is nobody's is still here.
        """
        spool = self.spools.get(NOBODYS)
        if spool is None or not spool.size():
            return
        stop = await spool.end_segment()
        held = await asyncio.to_thread(read_all, spool, stop)
        theirs = await asyncio.to_thread(by_owner, held, await owners(held))
        for bridge, records in theirs.items():
            await self._with_room(bridge).append_all(records)
        spool.forget(stop)

    def held(self) -> Mapping[str, Held]:
        """Return what is held of each bridge; forgets what is too old."""
        found = {bridge: self._held(bridge, spool) for bridge, spool in tuple(self.spools.items())}
        return {bridge: held for bridge, held in found.items() if held and bridge != NOBODYS}

    def _held(self, bridge: str, spool: Spool) -> Held:
        """Count what came to one bridge's records since the last time."""
        forget_older(spool, time.time() - LONGEST.total_seconds())
        return self._counts.setdefault(bridge, Count()).go_on(spool)

    async def replay(self, bridge: str, into: Spool, before: datetime) -> int:
        """Let events that came before a moment pass as if they had not been refused.

        A crash in between passes some twice; the same news is one piece of evidence.
        """
        return await self._empty(bridge, before, into)

    async def discard(self, bridge: str, before: datetime) -> int:
        """Throw away what came before a moment."""
        return await self._empty(bridge, before, None)

    async def _empty(self, bridge: str, before: datetime, into: Spool | None) -> int:
        """Take records out; what came later stays, and in a replay what is no event too."""
        spool = self.spools.get(bridge)
        if spool is None:
            return 0
        stop = await spool.end_segment()
        # In a thread: meanwhile bridges tell of what happens now, and wait for no answer long.
        taken, kept = await asyncio.to_thread(split, spool, stop, before, replays=into is not None)
        # What finds no room is still here, and nothing was written twice.
        if into is not None:
            await into.append_all(taken)
        await spool.append_all(kept)
        spool.forget(stop)
        self._counts.pop(bridge, None)
        return len(taken)


def split(
    spool: Spool, stop: Place, before: datetime, *, replays: bool
) -> tuple[list[bytes], list[bytes]]:
    """Return the records to be taken out and those that stay, of all before a place.

    In a replay the secret is right by now: what still stays cannot be read, or was never kept.
    """
    taken: list[bytes] = []
    kept: list[bytes] = []
    for one in read_all(spool, stop):
        is_due = one.received_at <= before
        if is_due and (not replays or is_event(one)):
            taken.append(replace(one, why=None).record)
        else:
            is_odd = is_due and one.why is not Why.TOO_LARGE
            kept.append((replace(one, why=Why.UNREADABLE) if is_odd else one).record)
    return taken, kept


def by_owner(held: Sequence[Envelope], bridges: Sequence[str]) -> dict[str, list[bytes]]:
    """Return the records that are some bridge's, by bridge; "" is none."""
    theirs: dict[str, list[bytes]] = {}
    for one, bridge in zip(held, bridges, strict=True):
        if bridge:
            theirs.setdefault(bridge, []).append(replace(one, bridge=bridge).record)
    return theirs


@dataclass(slots=True)
class Count:
    """What was counted of one spool, by segment: each record is read once, however full it is.

    `since` tells when each pile was begun, also once its oldest had to go: whoever is told of each
    new pile is told once of a flood.
    """

    place: Place = field(default_factory=Place)
    segments: dict[int, dict[Why, Pile]] = field(default_factory=dict)
    since: dict[Why, float] = field(default_factory=dict)

    def go_on(self, spool: Spool) -> Held:
        """Count what came since; what went with its segment counts no more."""
        for gone in self.segments.keys() - set(spool.segments()):
            del self.segments[gone]
        found = True
        while found:
            batch = spool.read(self.place)
            found, self.place = bool(batch.records), batch.place
            heap(self.segments.setdefault(batch.place.segment, {}), unseal_all(batch.records))
        held: dict[Why, Pile] = {}
        for piles in self.segments.values():
            for why, pile in piles.items():
                lay(held, why, pile)
        self.since = {
            why: min(pile.since, self.since.get(why, pile.since)) for why, pile in held.items()
        }
        return {why: replace(pile, since=self.since[why]) for why, pile in held.items()}


def heap(piles: dict[Why, Pile], envelopes: Iterable[Envelope]) -> None:
    """Lay each event on the pile of its reason."""
    for one in envelopes:
        lay(piles, reason(one), Pile(records=1, since=one.received_at.timestamp()))


def lay(piles: dict[Why, Pile], why: Why, pile: Pile) -> None:
    """Lay a pile on another."""
    below = piles.get(why, Pile(records=0, since=pile.since))
    since = min(below.since, pile.since)
    piles[why] = Pile(records=below.records + pile.records, since=since)


def reason(envelope: Envelope) -> Why:
    """Return why an event is held back; an older version of us did not write it."""
    if envelope.why is not None:
        return envelope.why
    return Why.WRONG_SECRET if is_event(envelope) else Why.UNREADABLE


def read_all(spool: Spool, stop: Place | None = None) -> list[Envelope]:
    """Return every event before a place."""
    found: list[Envelope] = []
    place = Place()
    while (batch := spool.read(place)).records and (stop is None or batch.place < stop):
        found += unseal_all(batch.records)
        place = batch.place
    return found


def forget_older(spool: Spool, moment: float) -> None:
    """Remove ended segments that nobody wrote to since a moment in Unix seconds."""
    for segment in spool.segments():
        path = spool.path(segment)
        # A full spool drops its oldest on its own thread.
        with suppress(FileNotFoundError):
            if segment != spool.end.segment and path.stat().st_mtime < moment:
                path.unlink()


def is_event(envelope: Envelope) -> bool:
    """Tell whether this would pass if its secret were right."""
    try:
        events.parse(envelope.path, envelope.body)
    except BadNews:
        return False
    return True
