"""Raw evidence, append-only, and how far each spool was read into it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from bridges.errors import BadNews
from bridges.model import BridgeId, EvidenceKind
from bridges.presence.evidence import Beats, Evidence, Row, read
from bridges.presence.seconds import Seconds
from bridges.spooling.places import Place
from bridges.store.strips import beats_of, list_strips
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection

LONGEST_WAIT = timedelta(seconds=65)
"""The store gives up a reading after a minute; only one that is away lets us wait longer."""

# Only a bridge that carries the room, or carried it before it moved, is believed.  In order of
# keys, so that two who write the same news at once wait for each other and do not deadlock.
# That a hall was given a ticket says nothing of presence: a rush at the door counts nobody again.
INSERT_EVIDENCE = """
    WITH new AS (
        INSERT INTO evidence (key, bridge_id, kind, room, conference_id, body, received_at)
        SELECT n.key, b.id, n.kind, n.room, r.conference_id, n.body::jsonb, n.received_at
          FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[],
                      $6::timestamptz[]) AS n (key, bridge, kind, room, body, received_at)
          LEFT JOIN bridges b ON b.name = n.bridge
          LEFT JOIN rooms r ON r.name = n.room AND (r.bridge_id = b.id OR EXISTS (
               SELECT FROM room_moves m
                WHERE m.conference_id = r.conference_id AND m.from_bridge_id = b.id))
         ORDER BY n.key
            ON CONFLICT (key) DO NOTHING
        RETURNING conference_id, kind)
    SELECT conference_id,
           bool_or(kind IN ('created', 'joined', 'left', 'destroyed')) AS begins
      FROM new WHERE conference_id IS NOT NULL AND kind <> 'admitted'
     GROUP BY conference_id
"""
LET_READ = "SET LOCAL statement_timeout = '1min'"
LIST_EVIDENCE = """
    SELECT e.kind, e.body::text AS body, e.received_at, coalesce(b.name, '') AS bridge
      FROM evidence e LEFT JOIN bridges b ON b.id = e.bridge_id
     WHERE e.conference_id = $1 AND e.kind NOT IN ('admitted', 'heartbeat') ORDER BY e.id
"""
# Beats from before they were kept as strips.  Each was received when it happened: its page told us.
LIST_OLD_BEATS = """
    SELECT (body->>'site')::bigint AS site, array_agg(received_at) AS moments
      FROM evidence WHERE conference_id = $1 AND kind = 'heartbeat' GROUP BY 1
"""
# A bridge is asked about only in the seconds of its silence; the newest news is enough.
HAS_TOLD = """
    SELECT EXISTS (
           SELECT FROM evidence
            WHERE id > (SELECT coalesce(max(id), 0) - 20000 FROM evidence)
              AND bridge_id = $1 AND kind IN ('created', 'joined', 'left', 'destroyed')
              AND received_at > $2)
"""
FIND_PLACE = """
    SELECT segment, position FROM spool_positions WHERE spool = $1
"""
SAVE_PLACE = """
    INSERT INTO spool_positions (spool, segment, position) VALUES ($1, $2, $3)
        ON CONFLICT (spool) DO UPDATE SET segment = EXCLUDED.segment, position = EXCLUDED.position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A conference about which something new was told; `begins` if somebody came."""

    conference: ConferenceId
    begins: bool


async def insert_evidence(conn: Connection, rows: Sequence[Row]) -> list[Touched]:
    """Write what is not there yet; return the conferences that are to be counted again.

    Raises:
        BadNews: some row holds what the database cannot.
    """
    if not rows:
        return []
    try:
        written = await conn.fetch(
            INSERT_EVIDENCE,
            [row.key for row in rows],
            [row.bridge for row in rows],
            [row.kind.value for row in rows],
            [row.room for row in rows],
            [json.dumps(row.body) for row in rows],
            [row.received_at for row in rows],
        )
    except asyncpg.DataError as error:
        raise BadNews(type(error).__name__) from error
    return [
        Touched(conference=ConferenceId(row["conference_id"]), begins=row["begins"])
        for row in written
    ]


async def list_evidence(conn: Connection, conference: ConferenceId) -> list[Evidence]:
    """Return everything that was told about a conference's room."""
    await conn.execute(LET_READ)
    patience = LONGEST_WAIT.total_seconds()
    rows = await conn.fetch(LIST_EVIDENCE, conference, timeout=patience)
    old = await conn.fetch(LIST_OLD_BEATS, conference, timeout=patience)
    strips = await list_strips(conn, conference, patience)
    # In a thread: lists of thousands of halls are tens of megabytes, and old beats are millions.
    return await asyncio.to_thread(evidence_of, rows, old, strips)


def evidence_of(
    rows: Sequence[asyncpg.Record],
    old: Sequence[asyncpg.Record],
    strips: Sequence[asyncpg.Record],
) -> list[Evidence]:
    """Return rows of evidence, moments of old beats by hall, and strips of beats, as values."""
    found = (
        read(
            EvidenceKind(row["kind"]),
            json.loads(row["body"]),
            bridge=row["bridge"],
            received_at=row["received_at"],
        )
        for row in rows
    )
    pages = (Beats(site=SiteId(row["site"]), seconds=Seconds.of(row["moments"])) for row in old)
    told = (evidence for evidence in found if evidence is not None)
    return [*told, *pages, *map(beats_of, strips)]


async def find_place(conn: Connection, spool: str) -> Place:
    """Return how far a spool was read; one never heard of is read from its beginning."""
    row = await conn.fetchrow(FIND_PLACE, spool)
    return Place(row["segment"], row["position"]) if row else Place()


async def save_place(conn: Connection, spool: str, place: Place) -> None:
    """Remember how far a spool was read, in the transaction of what was read."""
    await conn.execute(SAVE_PLACE, spool, place.segment, place.position)


async def has_told(conn: Connection, bridge: BridgeId, *, since: datetime) -> bool:
    """Tell whether a bridge has posted an event since."""
    told: bool = await conn.fetchval(HAS_TOLD, bridge, since)
    return told
