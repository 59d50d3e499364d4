"""Control pages that are in a room, and what they take up of what programs asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bridges.actions import Action, Asked
from bridges.store.actions import asked_from_row
from meetings.model import ConferenceId
from meetings.store import Connection

SAVE_SEAT = """
    WITH gone AS (DELETE FROM control_seats WHERE conference_id = $2 AND seen_at < $5)
    INSERT INTO control_seats (id, conference_id, person, seen_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET seen_at = EXCLUDED.seen_at
     WHERE control_seats.conference_id = EXCLUDED.conference_id
       AND control_seats.person = EXCLUDED.person
"""
DELETE_SEAT = """
    DELETE FROM control_seats WHERE id = $1 AND conference_id = $2 AND person = $3
"""
HAS_SEAT = """
    SELECT EXISTS (SELECT FROM control_seats WHERE conference_id = $1 AND seen_at >= $2)
"""
# Each is taken up by one page; where its stream goes is read once.
TAKE_UP = """
    WITH open AS (
        SELECT id, stream_to FROM room_actions
         WHERE conference_id = $1 AND state = 'asked' AND carried_by = ''
           AND action = ANY ($3::text[]) AND asked_at >= $4
         ORDER BY id LIMIT 10 FOR UPDATE SKIP LOCKED),
    taken AS (
        UPDATE room_actions a SET carried_by = $2, stream_to = NULL FROM open
         WHERE a.id = open.id
        RETURNING a.id, a.conference_id, a.action, a.subject, a.state, a.detail, a.asked_by,
                  a.asked_at, a.settled_at, a.carried_by, open.stream_to)
    SELECT id, conference_id, action, subject, state, detail, asked_by, asked_at, settled_at,
           carried_by, stream_to
      FROM taken ORDER BY id
"""


async def save_seat(
    conn: Connection,
    seat: str,
    conference: ConferenceId,
    *,
    person: str,
    at: datetime,
    forget: datetime,
) -> None:
    """Write that a page is in the room; pages that were last seen before `forget` are gone."""
    await conn.execute(SAVE_SEAT, seat, conference, person, at, forget)


async def delete_seat(
    conn: Connection, seat: str, conference: ConferenceId, *, person: str
) -> None:
    """Write that a page is no longer in the room."""
    await conn.execute(DELETE_SEAT, seat, conference, person)


async def has_seat(conn: Connection, conference: ConferenceId, since: datetime) -> bool:
    """Tell whether a page was seen in the room since then."""
    found: bool = await conn.fetchval(HAS_SEAT, conference, since)
    return found


async def take_up(
    conn: Connection,
    conference: ConferenceId,
    actions: Collection[Action],
    *,
    person: str,
    since: datetime,
) -> Sequence[tuple[Asked, bytes | None]]:
    """Return what was asked since then and nobody has taken up, now taken up by the person."""
    names = sorted(one.value for one in actions)
    rows = await conn.fetch(TAKE_UP, conference, person, names, since)
    return [(asked_from_row(row), row["stream_to"]) for row in rows]
