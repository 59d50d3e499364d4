"""What is remembered of targets, what changed, and the raw results, all in batches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

import asyncpg

from meetings.model import SiteId
from meetings.store import Connection
from monitoring.model import (
    Flip,
    FlipId,
    Happening,
    Health,
    ProbeKind,
    Result,
    TargetId,
    Watch,
)

# Ordered, so that two who write overlapping batches cannot wait for each other for ever.
LOCK_WATCHES = """
    SELECT w.target_id, w.state, w.since, w.recent, w.last_at, w.last_reason, w.last_seconds,
           t.interval_seconds
      FROM watches w JOIN targets t ON t.id = w.target_id
     WHERE w.target_id = ANY ($1::bigint[])
     ORDER BY w.target_id
       FOR UPDATE OF w
"""
SAVE_WATCHES = """
    UPDATE watches w
       SET state = s.state, since = s.since, recent = s.recent, last_at = s.last_at,
           last_reason = s.last_reason, last_seconds = s.last_seconds
      FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::timestamptz[],
                  $6::text[], $7::real[])
        AS s (target_id, state, since, recent, last_at, last_reason, last_seconds)
     WHERE w.target_id = s.target_id
"""
INSERT_FLIPS = """
    INSERT INTO flips (target_id, at, was, now, reason)
    SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
"""
INSERT_RESULTS = """
    INSERT INTO results (target_id, at, seconds, reason)
    SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::real[], $4::text[])
"""
KEEP_RESULTS = """
    SELECT keep_results($1, $2)
"""
LIST_HAPPENINGS = """
    SELECT f.id, f.at, f.was, f.now, f.reason, d.name AS device, t.probe, t.host,
           count(*) OVER () AS total
      FROM flips f
      JOIN targets t ON t.id = f.target_id
      JOIN devices d ON d.id = t.device_id
     WHERE d.site_id = $1
     ORDER BY f.at DESC, f.id DESC
     LIMIT $2 OFFSET $3
"""
COUNT_TARGETS = """
    SELECT state_at(w.state, w.last_at, t.interval_seconds, $1) AS state, count(*) AS n
      FROM targets t JOIN watches w ON w.target_id = t.id
     WHERE t.enabled GROUP BY 1
"""


def watch_from_row(row: asyncpg.Record) -> Watch:
    """Return the memory of a row that spells the columns out as above."""
    return Watch(
        target=row["target_id"],
        state=Health(row["state"]),
        since=row["since"],
        recent=row["recent"],
        last_at=row["last_at"],
        last_reason=row["last_reason"],
        last_seconds=row["last_seconds"],
        interval=timedelta(seconds=row["interval_seconds"]),
    )


async def lock_watches(conn: Connection, targets: Collection[TargetId]) -> dict[TargetId, Watch]:
    """Return the memories of those targets that still exist, locked until the transaction ends."""
    rows = await conn.fetch(LOCK_WATCHES, list(targets))
    return {row["target_id"]: watch_from_row(row) for row in rows}


async def save_watches(conn: Connection, watches: Sequence[Watch]) -> None:
    """Write the memories."""
    await conn.execute(
        SAVE_WATCHES,
        [watch.target for watch in watches],
        [watch.state.value for watch in watches],
        [watch.since for watch in watches],
        [watch.recent for watch in watches],
        [watch.last_at for watch in watches],
        [watch.last_reason for watch in watches],
        [watch.last_seconds for watch in watches],
    )


async def insert_flips(conn: Connection, flips: Sequence[Flip]) -> None:
    """Write what changed; nobody is told of it yet."""
    await conn.execute(
        INSERT_FLIPS,
        [flip.target for flip in flips],
        [flip.at for flip in flips],
        [flip.was.value for flip in flips],
        [flip.now.value for flip in flips],
        [flip.reason for flip in flips],
    )


async def insert_results(conn: Connection, results: Sequence[Result]) -> None:
    """Write raw results."""
    await conn.execute(
        INSERT_RESULTS,
        [result.target for result in results],
        [result.at for result in results],
        [result.seconds for result in results],
        [result.reason for result in results],
    )


async def keep_results(conn: Connection, *, since: date, until: date) -> None:
    """Make room for results up to a day, and drop those before another."""
    await conn.execute(KEEP_RESULTS, since, until)


async def list_happenings(
    conn: Connection, site: SiteId, *, limit: int, offset: int = 0
) -> tuple[list[Happening], int]:
    """Return the latest flips of a site's devices, newest first, and how many there are in all.

    A part behind the end counts nothing.
    """
    rows = await conn.fetch(LIST_HAPPENINGS, site, limit, offset)
    found = [
        Happening(
            id=FlipId(row["id"]),
            at=row["at"],
            was=Health(row["was"]),
            now=Health(row["now"]),
            reason=row["reason"],
            device=row["device"],
            probe=ProbeKind(row["probe"]),
            host=row["host"],
        )
        for row in rows
    ]
    return found, rows[0]["total"] if rows else 0


async def count_targets(conn: Connection, now: datetime) -> Mapping[Health, int]:
    """Return how many enabled targets are in each state; every state is there."""
    counted = {row["state"]: row["n"] for row in await conn.fetch(COUNT_TARGETS, now)}
    return {state: counted.get(state.value, 0) for state in Health}
