"""Control pages that are in a room, and what they take up of what programs asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bridges.control.actions import Action, Asked
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
# Each is taken up by one page; by another when that one has gone before it said what it saw.
TAKE_UP = """
    WITH open AS (
        SELECT a.id FROM room_actions a
         WHERE a.conference_id = $1 AND a.state = 'asked' AND a.action = ANY ($4::text[])
           AND (a.carried_by = '' AND a.asked_at >= $5
                OR a.carried_seat NOT IN ('', $3)
                   AND NOT EXISTS (SELECT FROM control_seats s
                                    WHERE s.id = a.carried_seat AND s.seen_at >= $6))
         ORDER BY a.id LIMIT 10 FOR UPDATE SKIP LOCKED),
    taken AS (
        UPDATE room_actions a SET carried_by = $2, carried_seat = $3 FROM open
         WHERE a.id = open.id
        RETURNING a.id, a.conference_id, a.action, a.subject, a.state, a.detail, a.asked_by,
                  a.asked_at, a.settled_at, a.carried_by, a.stream_to)
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
    seat: str,
    since: datetime,
    lasts: datetime,
) -> Sequence[tuple[Asked, bytes | None]]:
    """Return what a page is to do, now taken up by it.

    That is what was asked since then and nobody has taken up, and what was taken up by a page that
    is gone, or was last seen before `lasts`.
    """
    names = sorted(one.value for one in actions)
    rows = await conn.fetch(TAKE_UP, conference, person, seat, names, since, lasts)
    return [(asked_from_row(row), row["stream_to"]) for row in rows]
