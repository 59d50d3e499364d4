"""Halls' beats as strips; a second that is there already changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg

from bridges.errors import BadNews
from bridges.model import BridgeId, RoomName
from bridges.presence.evidence import Beats, Row
from bridges.presence.seconds import EPOCH, SECOND, Seconds, second_of
from bridges.presence.strips import LENGTH, Strip, strips_of
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection

BEATS_WAIT = timedelta(seconds=10)

# Only a bridge that carries the room, or carried it before it moved, is believed.
FIND_ROOMS = """
    SELECT n.bridge, n.room, b.id AS bridge_id, r.conference_id
      FROM unnest($1::text[], $2::text[]) AS n (bridge, room)
      JOIN bridges b ON b.name = n.bridge
      JOIN rooms r ON r.name = n.room AND (r.bridge_id = b.id OR EXISTS (
           SELECT FROM room_moves m
            WHERE m.conference_id = r.conference_id AND m.from_bridge_id = b.id))
"""
# In the order of the key, so that two who write at once wait for each other and do not deadlock.
# Beats come all the time: they alone count a conference again only when it was not for a while.
# The next beat, poll or end counts those that were left out.
ADD_SECONDS = """
    WITH added AS (
        INSERT INTO beat_strips AS old
               (conference_id, site_id, begins_at, bridge_id, generation, seconds)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::bigint[],
                             $5::int[], $6::bit(1800)[]) ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (conference_id, site_id, begins_at, bridge_id, generation)
            DO UPDATE SET seconds = old.seconds | EXCLUDED.seconds
             WHERE (old.seconds | EXCLUDED.seconds) <> old.seconds
        RETURNING conference_id)
    SELECT DISTINCT conference_id FROM added JOIN rooms USING (conference_id)
     WHERE counted_at IS NULL OR counted_at <= $7
"""
# Where a page spoke, somebody is still said to be in, and nothing was counted for a while.
LIST_SILENT = """
    SELECT r.conference_id FROM rooms r
     WHERE r.state <> 'closed' AND r.counted_at <= $1
       AND EXISTS (SELECT FROM beat_strips s WHERE s.conference_id = r.conference_id)
       AND EXISTS (SELECT FROM presences p
                    WHERE p.conference_id = r.conference_id AND p.ends_at IS NULL)
     ORDER BY r.counted_at LIMIT 100
"""
LIST_STRIPS = """
    SELECT site_id, begins_at, seconds FROM beat_strips WHERE conference_id = $1
"""

Named = tuple[str, RoomName]
Known = Mapping[Named, tuple[ConferenceId, BridgeId]]


async def add_beats(
    conn: Connection, beats: Sequence[Row], now: datetime
) -> tuple[list[ConferenceId], list[Row]]:
    """Write beats; return the conferences that are to be counted again, and what is of no room.

    Raises:
        BadNews: some beat holds what the database cannot.
    """
    if not beats:
        return [], []
    try:
        known = await find_rooms(conn, {named(row) for row in beats})
        strips = strips_of(row for row in beats if named(row) in known)
        due = await add_strips(conn, strips, known, now)
    except asyncpg.DataError as error:
        raise BadNews(type(error).__name__) from error
    return due, [row for row in beats if named(row) not in known]


def named(row: Row) -> Named:
    """Return by which names a beat tells where its page was."""
    return row.bridge, row.room


async def find_rooms(conn: Connection, names: Iterable[Named]) -> Known:
    """Return the conference and the bridge of each room that is known by a bridge's name for it."""
    rows = await conn.fetch(FIND_ROOMS, *map(list, zip(*names, strict=True)))
    return {
        (row["bridge"], RoomName(row["room"])): (
            ConferenceId(row["conference_id"]),
            BridgeId(row["bridge_id"]),
        )
        for row in rows
    }


async def add_strips(
    conn: Connection, strips: Sequence[Strip], known: Known, now: datetime
) -> list[ConferenceId]:
    """Add seconds to what is kept; return the conferences that are to be counted again."""
    places = [one.place for one in strips]
    carried = [known[one.bridge, one.room] for one in places]
    rows = await conn.fetch(
        ADD_SECONDS,
        [conference for conference, _ in carried],
        [one.site for one in places],
        [EPOCH + one.begins * SECOND for one in places],
        [bridge for _, bridge in carried],
        [one.generation for one in places],
        [asyncpg.BitString.frombytes(one.stored, LENGTH) for one in strips],
        now - BEATS_WAIT,
    )
    return [ConferenceId(row["conference_id"]) for row in rows]


async def list_silent(conn: Connection, since: datetime) -> Sequence[ConferenceId]:
    """Return conferences with halls in by their pages of which no news was counted since then."""
    rows = await conn.fetch(LIST_SILENT, since)
    return [ConferenceId(row["conference_id"]) for row in rows]


async def list_strips(
    conn: Connection, conference: ConferenceId, patience: float
) -> list[asyncpg.Record]:
    """Return the strips of a conference's halls as the database has them."""
    rows: list[asyncpg.Record] = await conn.fetch(LIST_STRIPS, conference, timeout=patience)
    return rows


def beats_of(row: asyncpg.Record) -> Beats:
    """Return what a strip says, as evidence."""
    bits = int.from_bytes(row["seconds"].bytes, "big")
    seconds = Seconds.from_bits(second_of(row["begins_at"]), bits)
    return Beats(site=SiteId(row["site_id"]), seconds=seconds)
