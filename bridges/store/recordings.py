"""Recordings of conferences: what recorders told of them, and who may open them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from bridges.control.recording_rules import Access, Audience, NewRecording, Recording
from bridges.model import BridgeId, RoomName
from meetings.model import ConferenceId, PersonId
from meetings.store import Connection

# A room that moved was recorded on the bridge that it left too.
FIND_RECORDED = """
    SELECT r.conference_id, b.id AS bridge_id
      FROM rooms r
      JOIN bridges b ON b.name = $1
     WHERE r.name = $2
       AND (r.bridge_id = b.id
            OR EXISTS (SELECT FROM room_moves m
                        WHERE m.conference_id = r.conference_id AND m.from_bridge_id = b.id))
"""
INSERT_RECORDING = """
    INSERT INTO recordings (conference_id, bridge_id, folder, name, bytes, sha256, seconds, url,
                            recorded_at, told_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (conference_id, sha256) DO NOTHING
    RETURNING id
"""
SAVE_PLACE = """
    UPDATE recordings SET folder = $3, name = $4, url = $5
     WHERE conference_id = $1 AND sha256 = $2
       AND (folder, name, url) IS DISTINCT FROM ($3, $4, $5)
    RETURNING id
"""
GET_ID = "SELECT id FROM recordings WHERE conference_id = $1 AND sha256 = $2"
LIST_RECORDINGS = """
    SELECT id, folder, name, bytes, sha256, seconds, url, recorded_at, told_at
      FROM recordings WHERE conference_id = $1 AND removed_at IS NULL
     ORDER BY recorded_at, id
"""
SAVE_REMOVED = """
    UPDATE recordings SET removed_at = $3
     WHERE conference_id = $1 AND id = $2 AND removed_at IS NULL
    RETURNING name
"""
FIND_ACCESS = """
    SELECT a.audience, a.version,
           ARRAY(SELECT r.person_id FROM recording_readers r
                  WHERE r.conference_id = a.conference_id ORDER BY r.person_id) AS people
      FROM recording_access a WHERE a.conference_id = $1
"""
SAVE_ACCESS = """
    INSERT INTO recording_access (conference_id, audience, version) VALUES ($1, $2, 1)
        ON CONFLICT (conference_id) DO UPDATE
       SET audience = EXCLUDED.audience, version = recording_access.version + 1
    RETURNING version
"""
DELETE_READERS = "DELETE FROM recording_readers WHERE conference_id = $1"
INSERT_READERS = """
    INSERT INTO recording_readers (conference_id, person_id) SELECT $1, unnest($2::bigint[])
"""


def recording_from_row(row: asyncpg.Record) -> Recording:
    """Return a recording."""
    return Recording(
        id=row["id"],
        folder=row["folder"],
        name=row["name"],
        size=row["bytes"],
        sha256=row["sha256"],
        seconds=row["seconds"],
        url=row["url"],
        recorded_at=row["recorded_at"],
        told_at=row["told_at"],
    )


async def find_recorded(
    conn: Connection, bridge: str, room: RoomName
) -> tuple[ConferenceId, BridgeId] | None:
    """Return whose room that is, if it is or was on the bridge."""
    row = await conn.fetchrow(FIND_RECORDED, bridge, room)
    return (row["conference_id"], row["bridge_id"]) if row else None


async def insert_recording(
    conn: Connection, conference: ConferenceId, bridge: BridgeId, new: NewRecording, at: datetime
) -> int | None:
    """Write a recording; None where the same file is known."""
    number: int | None = await conn.fetchval(
        INSERT_RECORDING,
        conference,
        bridge,
        new.folder,
        new.name,
        new.size,
        new.sha256,
        new.seconds,
        new.url,
        new.recorded_at,
        at,
    )
    return number


async def save_place(conn: Connection, conference: ConferenceId, new: NewRecording) -> bool:
    """Write where a known file lies; tell whether that was another place before."""
    args = (conference, new.sha256, new.folder, new.name, new.url)
    return await conn.fetchval(SAVE_PLACE, *args) is not None


async def get_id(conn: Connection, conference: ConferenceId, sha256: bytes) -> int:
    """Return the number of a known file, removed or not."""
    number: int = await conn.fetchval(GET_ID, conference, sha256)
    return number


async def list_recordings(conn: Connection, conference: ConferenceId) -> Sequence[Recording]:
    """Return the recordings that were not taken off the list, the oldest first."""
    return [recording_from_row(row) for row in await conn.fetch(LIST_RECORDINGS, conference)]


async def save_removed(
    conn: Connection, conference: ConferenceId, recording: int, *, at: datetime
) -> str | None:
    """Take a recording off the list; return its name, None where it is not on it."""
    name: str | None = await conn.fetchval(SAVE_REMOVED, conference, recording, at)
    return name


async def find_access(conn: Connection, conference: ConferenceId) -> Access | None:
    """Return who may open a conference's recordings, where somebody said so."""
    row = await conn.fetchrow(FIND_ACCESS, conference)
    if row is None:
        return None
    return Access(
        audience=Audience(row["audience"]),
        people=frozenset(map(PersonId, row["people"])),
        version=row["version"],
    )


async def save_access(
    conn: Connection, conference: ConferenceId, audience: Audience, people: Collection[PersonId]
) -> int:
    """Write who may open a conference's recordings; return the version of it."""
    version: int = await conn.fetchval(SAVE_ACCESS, conference, audience.value)
    await conn.execute(DELETE_READERS, conference)
    await conn.execute(INSERT_READERS, conference, sorted(people))
    return version
