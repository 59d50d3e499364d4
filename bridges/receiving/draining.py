"""Draining: from a spool into evidence, and from evidence to presence, in one transaction.

A crash anywhere in between leaves the spool's place as it was; the records then come again, and
the same news has the same key.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
import structlog

from bridges.errors import BadNews
from bridges.model import EvidenceKind
from bridges.presence.attendance import attendance
from bridges.presence.evidence import Row
from bridges.spooling.places import Batch, Place
from bridges.spooling.spool import Spool
from bridges.store import evidence as store
from bridges.store import rooms
from bridges.store.evidence import Touched
from bridges.store.moves import list_moves
from bridges.store.strips import BEATS_WAIT, add_beats
from meetings.model import ConferenceId, Period
from meetings.news import announce
from meetings.scheduling.booking import begin
from meetings.store import Connection
from meetings.store.conferences import lock_conference
from meetings.store.presences import replace_presences

log = structlog.get_logger(__name__)

BY = "program:bridges"
BATCH = 500
RESTS = 4
"""For so many times as long as counting took, beats alone do not count again: it locks."""

SPOILT = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.QueryCanceledError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
)
"""What counting may stumble over in one conference's evidence, reading it too long among it.

A store that is away is none: of all else we give up before it does.
"""

ReadRow = Callable[[bytes], Row]


async def drain(
    conn: Connection, spool: Spool, read_row: ReadRow, *, now: datetime, limit: int = BATCH
) -> int:
    """Take one batch out of a spool; return how many records it held.

    Opens its own transaction: batch, place and presence are written together or not at all.
    """
    place = await store.find_place(conn, spool.name)
    if spool.end < place:
        # The folder is older than the database.  What comes again is the same news.
        place = Place()
    batch = await asyncio.to_thread(spool.read, place, limit=limit)
    if batch.lost:
        log.error("spool was cut", spool=spool.folder.name, lost_bytes=batch.lost)
    if batch.place == place:
        return 0
    async with conn.transaction():
        await take(conn, spool, batch, read_row, now=now)
    spool.forget(batch.place)
    return len(batch.records)


async def take(
    conn: Connection, spool: Spool, batch: Batch, read_row: ReadRow, *, now: datetime
) -> None:
    """Write a batch and what follows from it, inside the caller's transaction.

    A record that the database refuses for what it holds is left out: it must not stop the rest.
    """
    rows = rows_of(batch.records, read_row)
    try:
        async with conn.transaction():
            await record_evidence(conn, rows, now=now)
    except BadNews:
        for row in rows:
            await take_alone(conn, row, now=now)
    await store.save_place(conn, spool.name, batch.place)


async def take_alone(conn: Connection, row: Row, *, now: datetime) -> None:
    """Write one piece of evidence, or say that it cannot be written."""
    try:
        async with conn.transaction():
            await record_evidence(conn, [row], now=now)
    except BadNews as error:
        log.warning("record refused", kind=row.kind, reason=error.reason)


def rows_of(records: Iterable[bytes], read_row: ReadRow) -> list[Row]:
    """Return the rows of records; what cannot be read was written by another version of us."""
    rows = []
    for record in records:
        try:
            rows.append(read_row(record))
        except BadNews as error:
            log.warning("record not understood", reason=error.reason)
    return rows


async def record_evidence(conn: Connection, rows: list[Row], *, now: datetime) -> None:
    """Write evidence and bring the presence of every conference it is about up to date."""
    beats = [row for row in rows if row.kind is EvidenceKind.HEARTBEAT]
    due, unknown = await add_beats(conn, beats, now)
    others = [row for row in rows if row.kind is not EvidenceKind.HEARTBEAT]
    told = await store.insert_evidence(conn, [*others, *unknown])
    begins = dict.fromkeys(due, False) | {one.conference: one.begins for one in told}
    for conference in sorted(begins):
        await learn(conn, Touched(conference=conference, begins=begins[conference]), now=now)


async def learn(conn: Connection, touched: Touched, *, now: datetime) -> None:
    """Let a conference go live at its first evidence, and count its sites again."""
    if touched.begins:
        await begin(conn, touched.conference, now, by=BY)
        await rooms.open_room(conn, touched.conference)
    await rebuild(conn, touched.conference, now=now)


async def rebuild(conn: Connection, conference: ConferenceId, *, now: datetime) -> None:
    """Write the presence that all evidence says now; locks the conference.

    Doing it again changes nothing.  Evidence that cannot be counted is kept and said aloud, and
    holds up no other conference; the next news of this one tries again, beats after a while.
    """
    began = time.monotonic()
    try:
        async with conn.transaction():
            await count(conn, conference, now=now)
    except SPOILT:
        log.exception("conference not counted", conference=conference)
        await rooms.note_counted(conn, conference, now + more_rest(time.monotonic() - began))


async def count(conn: Connection, conference: ConferenceId, *, now: datetime) -> None:
    """Count who was in by all evidence, and write it."""
    found = await lock_conference(conn, conference)
    room = await rooms.get_room(conn, conference)
    real_end = found.ended_at or found.period.end
    period = found.period
    if found.period.start < real_end < found.period.end:
        period = Period(found.period.start, real_end)
    if found.ended_at is not None and room.closed_at is None:
        room = replace(room, closed_at=max(found.ended_at, room.opens_at))
    began = time.monotonic()
    evidence = await store.list_evidence(conn, conference)
    moves = await list_moves(conn, conference)
    # In a thread: a whole country's day takes a while, and pages are drawn by this loop.
    seen = await asyncio.to_thread(attendance, evidence, room, period, moves=moves, now=now)
    await rooms.note_counted(conn, conference, now + more_rest(time.monotonic() - began))
    await replace_presences(conn, conference, seen.presences, seen.blind_spots, seen.clock_steps)
    await announce(conn, f"conference:{conference}")


def more_rest(took: float) -> timedelta:
    """Return how much longer than usual beats wait after a count that took so many seconds."""
    return max(RESTS * timedelta(seconds=took) - BEATS_WAIT, timedelta())
