"""kill -9 at any line of draining halls' beats: each counts once, and none is lost."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bridges.entry.admitting import note_heartbeat
from bridges.entry.passes import Pass
from bridges.presence.evidence import Beats, row_of_sighting
from bridges.presence.seconds import Seconds
from bridges.receiving.draining import rebuild
from bridges.spooling.places import Place
from bridges.spooling.spool import Spool
from bridges.store.strips import beats_of, list_strips
from meetings.model import Conference, Interval, SiteId
from meetings.store import Connection
from meetings.store.presences import list_presences
from tests.bridges.makers import a_pass
from tests.faults.draining_beats import BATCH

NEVER = 1_000_000
"""A line that no draining comes to."""
PATIENCE_SECONDS = 60.0

Kept = Mapping[SiteId, Seconds]


async def drained(database: str, folder: Path, now: datetime, at: int = NEVER) -> int | None:
    """Drain in a process up to a line; return how many lines it had, None where it was killed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.draining_beats"),
        *(database, str(folder), now.isoformat(), str(at)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, error = await process.communicate()
    assert process.returncode in {0, -9}, error.decode()
    return at - int(said.split()[-1]) if process.returncode == 0 else None


async def kept(conn: Connection, conference: Conference) -> Kept:
    """Return which seconds of each hall the database has."""
    return by_hall(map(beats_of, await list_strips(conn, conference.id, PATIENCE_SECONDS)))


def told(records: Iterable[bytes]) -> Kept:
    """Return which seconds of each hall some records tell of."""
    rows = map(row_of_sighting, records)
    return by_hall(
        Beats(site=SiteId(row.body["site"]), seconds=Seconds.of([row.received_at])) for row in rows
    )


def by_hall(pages: Iterable[Beats]) -> Kept:
    found: dict[SiteId, list[Seconds]] = {}
    for page in pages:
        found.setdefault(page.site, []).append(page.seconds)
    return {site: Seconds.union(parts) for site, parts in found.items()}


async def beaten(
    folder: Path, found: Pass, conference: Conference, chance: Random
) -> Sequence[bytes]:
    """Let the halls' pages beat, in any order; return the records on disk."""
    beats = [(site, second) for site in conference.sites for second in range(1700, 2000, 10)]
    chance.shuffle(beats)
    async with Spool(folder) as spool:
        for site, second in beats:
            at = conference.period.start + timedelta(seconds=second)
            await note_heartbeat(spool, replace(found, site=SiteId(site)), at)
        return spool.read(Place(), limit=len(beats)).records


async def counted(
    conn: Connection, conference: Conference
) -> Mapping[SiteId, tuple[Interval, ...]]:
    async with conn.transaction():
        await rebuild(conn, conference.id, now=conference.period.end)
    return await list_presences(conn, conference.id)


async def test_kill_at_any_line_of_draining_counts_each_beat_once(
    database: str,
    conn: Connection,
    scratch: Path,
    chance: Random,
    rounds: Callable[[int], int],
) -> None:
    found, _, conference = await a_pass(conn, scratch)
    records = await beaten(scratch / "spool", found, conference, chance)
    stages = [told(records[:taken]) for taken in range(0, len(records) + BATCH, BATCH)]
    lines = await drained(database, scratch / "spool", conference.period.end)
    assert lines is not None
    whole = await counted(conn, conference)
    seen = set()

    for number in range(rounds(60)):
        await conn.execute("DELETE FROM beat_strips")
        await conn.execute("UPDATE rooms SET counted_at = NULL")
        async with Spool(scratch / str(number)) as spool:
            await asyncio.gather(*map(spool.append, records))
        line = chance.randrange(1, lines * 9 // 10)
        assert await drained(database, spool.folder, conference.period.end, line) is None
        half_way = await kept(conn, conference)
        assert half_way in stages
        seen.add(stages.index(half_way))

        assert await drained(database, spool.folder, conference.period.end) is not None
        assert await kept(conn, conference) == stages[-1] == told(records)
        assert await counted(conn, conference) == whole

    print(f"killed before one of {lines} lines, after these batches: {sorted(seen)}")
