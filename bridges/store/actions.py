"""Actions asked of rooms, what became of them, and the numbers that callers type."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from bridges.control.actions import Action, ActionId, ActionState, Asked
from bridges.model import OccupantJid, RoomName
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection

INSERT_ACTION = """
    INSERT INTO room_actions (conference_id, action, subject, state, asked_by, asked_at, settled_at,
                              carried_by, stream_to)
    VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $4 = 'asked' THEN NULL ELSE $6::timestamptz END, $7,
            $8)
    RETURNING id, conference_id, action, subject, state, detail, asked_by, asked_at, settled_at,
           carried_by
"""
# The same thing is under way already: asking again changes nothing.
FIND_WAITING = """
    SELECT id, conference_id, action, subject, state, detail, asked_by, asked_at, settled_at,
           carried_by
      FROM room_actions
     WHERE conference_id = $1 AND action = $2 AND subject = $3 AND state = 'asked'
     ORDER BY id LIMIT 1
"""
LIST_ACTIONS = """
    SELECT id, conference_id, action, subject, state, detail, asked_by, asked_at, settled_at,
           carried_by
      FROM room_actions WHERE conference_id = $1 ORDER BY id DESC LIMIT $2
"""
LIST_ASKED = """
    SELECT id, conference_id, action, subject, state, detail, asked_by, asked_at, settled_at,
           carried_by
      FROM room_actions WHERE state = 'asked' ORDER BY id LIMIT 100
"""
SETTLE_ACTION = """
    UPDATE room_actions SET state = $3, detail = $4, settled_at = $5, stream_to = NULL
     WHERE id = $1 AND conference_id = $2 AND state = 'asked'
    RETURNING id
"""
SAVE_CARRIER = """
    UPDATE room_actions SET carried_by = $2, stream_to = NULL
     WHERE id = $1 AND carried_by = '' AND state = 'asked'
"""
LIST_OCCUPANTS = """
    SELECT DISTINCT e.body -> 'occupant' ->> 'occupant_jid' AS jid
      FROM evidence e
     WHERE e.conference_id = $1 AND e.kind = 'joined'
       AND split_part(e.body -> 'occupant' ->> 'id', '.', 1) = 'site-' || $2::bigint
"""
LIST_STAYING = """
    SELECT DISTINCT e.body -> 'occupant' ->> 'occupant_jid' AS jid
      FROM evidence e
     WHERE e.conference_id = $1 AND e.kind = 'joined'
       AND split_part(e.body -> 'occupant' ->> 'id', '.', 1) = 'site-' || $2::bigint
       AND NOT EXISTS (
           SELECT FROM evidence l
            WHERE l.conference_id = $1 AND l.kind = 'left'
              AND l.body -> 'occupant' ->> 'occupant_jid' = e.body -> 'occupant' ->> 'occupant_jid'
              AND l.body -> 'occupant' -> 'joined_at' = e.body -> 'occupant' -> 'joined_at')
"""
LIST_EVERYBODY = """
    SELECT DISTINCT e.body -> 'occupant' ->> 'occupant_jid' AS jid
      FROM evidence e
     WHERE e.conference_id = $1 AND e.kind = 'joined'
"""
# Whom muting everybody leaves alone: the main hall, and people at control pages.
LIST_SPARED = """
    SELECT DISTINCT e.body -> 'occupant' ->> 'occupant_jid' AS jid
      FROM evidence e
      JOIN conferences c ON c.id = e.conference_id
     WHERE e.conference_id = $1 AND e.kind = 'joined'
       AND (split_part(e.body -> 'occupant' ->> 'id', '.', 1) = 'site-' || c.main_site_id
            OR e.body -> 'occupant' ->> 'id' LIKE 'person-%')
"""
LIST_INSIDERS = """
    SELECT DISTINCT e.body -> 'occupant' ->> 'id' AS who,
           e.body -> 'occupant' ->> 'occupant_jid' AS jid
      FROM evidence e
     WHERE e.conference_id = $1 AND e.kind = 'joined' AND e.body -> 'occupant' ->> 'id' IS NOT NULL
"""
FIND_ACTION = """
    SELECT id, conference_id, action, subject, state, detail, asked_by, asked_at, settled_at,
           carried_by
      FROM room_actions WHERE id = $1 AND conference_id = $2
"""
GET_PIN = """
    INSERT INTO room_pins (conference_id, pin) VALUES ($1, $2)
        ON CONFLICT (conference_id) DO UPDATE SET pin = room_pins.pin
    RETURNING pin
"""
FIND_BY_PIN = """
    SELECT r.name, b.muc_domain, p.pin, r.conference_id
      FROM room_pins p
      JOIN rooms r ON r.conference_id = p.conference_id
      JOIN bridges b ON b.id = r.bridge_id
     WHERE b.name = $1 AND p.pin = $2 AND r.state <> 'closed'
"""
FIND_BY_NAME = """
    SELECT r.name, b.muc_domain, r.conference_id
      FROM rooms r JOIN bridges b ON b.id = r.bridge_id
     WHERE b.name = $1 AND r.name = $2 AND r.state <> 'closed'
"""


def asked_from_row(row: asyncpg.Record) -> Asked:
    """Return an action."""
    return Asked(
        id=ActionId(row["id"]),
        conference=ConferenceId(row["conference_id"]),
        action=Action(row["action"]),
        subject=row["subject"],
        state=ActionState(row["state"]),
        detail=row["detail"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        settled_at=row["settled_at"],
        carried_by=row["carried_by"],
    )


async def insert_action(
    conn: Connection,
    conference: ConferenceId,
    action: Action,
    *,
    subject: str,
    state: ActionState,
    by: str,
    at: datetime,
    carried_by: str = "",
    stream_to: bytes | None = None,
) -> Asked:
    """Write that something was asked; what is done at once is settled at once."""
    [row] = await conn.fetch(
        INSERT_ACTION, conference, action, subject, state, by, at, carried_by, stream_to
    )
    return asked_from_row(row)


async def save_carrier(conn: Connection, action: ActionId, person: str) -> None:
    """Write who carries out what nobody has taken up."""
    await conn.execute(SAVE_CARRIER, action, person)


async def find_waiting(
    conn: Connection, conference: ConferenceId, action: Action, subject: str
) -> Asked | None:
    """Return the same action if it is under way."""
    row = await conn.fetchrow(FIND_WAITING, conference, action, subject)
    return asked_from_row(row) if row else None


async def list_actions(
    conn: Connection, conference: ConferenceId, *, limit: int = 20
) -> Sequence[Asked]:
    """Return what was asked of a room, the newest first."""
    return [asked_from_row(row) for row in await conn.fetch(LIST_ACTIONS, conference, limit)]


async def list_asked(conn: Connection) -> Sequence[Asked]:
    """Return what is still to be done, the oldest first."""
    return [asked_from_row(row) for row in await conn.fetch(LIST_ASKED)]


async def settle_action(
    conn: Connection,
    conference: ConferenceId,
    action: ActionId,
    state: ActionState,
    *,
    detail: str,
    at: datetime,
) -> bool:
    """Write what became of an action; tell whether nobody had done so before."""
    return (await conn.fetchval(SETTLE_ACTION, action, conference, state, detail, at)) is not None


async def list_occupants(
    conn: Connection, conference: ConferenceId, site: SiteId
) -> Collection[OccupantJid]:
    """Return every address by which a site ever joined the room."""
    rows = await conn.fetch(LIST_OCCUPANTS, conference, site)
    return [OccupantJid(row["jid"]) for row in rows]


async def list_staying(
    conn: Connection, conference: ConferenceId, site: SiteId
) -> Collection[OccupantJid]:
    """Return every address by which a site joined the room and was not told to have left it."""
    rows = await conn.fetch(LIST_STAYING, conference, site)
    return [OccupantJid(row["jid"]) for row in rows]


async def list_everybody(conn: Connection, conference: ConferenceId) -> Collection[OccupantJid]:
    """Return every address by which anybody ever joined the room."""
    return [OccupantJid(row["jid"]) for row in await conn.fetch(LIST_EVERYBODY, conference)]


async def list_spared(conn: Connection, conference: ConferenceId) -> Collection[OccupantJid]:
    """Return every address by which the main hall or a control page ever joined the room."""
    return [OccupantJid(row["jid"]) for row in await conn.fetch(LIST_SPARED, conference)]


async def list_insiders(conn: Connection, conference: ConferenceId) -> Sequence[tuple[str, str]]:
    """Return who ever joined the room by a token, and by which address."""
    rows = await conn.fetch(LIST_INSIDERS, conference)
    return [(row["who"], row["jid"]) for row in rows]


async def find_action(conn: Connection, conference: ConferenceId, action: ActionId) -> Asked | None:
    """Return an action that was asked of a room."""
    row = await conn.fetchrow(FIND_ACTION, action, conference)
    return asked_from_row(row) if row else None


async def get_pin(conn: Connection, conference: ConferenceId, fresh: int) -> int:
    """Return the conference's number, the fresh one if it has none yet; 0 if that is another's."""
    try:
        async with conn.transaction():
            pin: int = await conn.fetchval(GET_PIN, conference, fresh)
    except asyncpg.UniqueViolationError:
        return 0
    return pin


async def find_by_pin(
    conn: Connection, bridge: str, pin: int
) -> tuple[RoomName, str, ConferenceId] | None:
    """Return the room, its domain and conference behind a number."""
    row = await conn.fetchrow(FIND_BY_PIN, bridge, pin)
    return (row["name"], row["muc_domain"], row["conference_id"]) if row else None


async def find_by_name(
    conn: Connection, bridge: str, room: RoomName
) -> tuple[RoomName, str, ConferenceId] | None:
    """Return the room, its domain and conference of that name."""
    row = await conn.fetchrow(FIND_BY_NAME, bridge, room)
    return (row["name"], row["muc_domain"], row["conference_id"]) if row else None
