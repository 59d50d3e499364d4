"""Actions asked of rooms, what became of them, and the numbers that callers type."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from bridges.control.actions import Action, ActionId, ActionState, Asked
from bridges.model import OccupantJid
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection

INSERT_ACTION = """
    INSERT INTO room_actions (conference_id, action, subject, state, asked_by, asked_at, settled_at,
                              carried_by, stream_to)
    VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $4 = 'asked' THEN NULL ELSE $6::timestamptz END, $7,
            $8)
        ON CONFLICT (conference_id, action, subject) WHERE state = 'asked' DO NOTHING
    RETURNING id, conference_id, action, subject, state, detail, asked_by, asked_at, settled_at,
           carried_by
"""
# The same thing is under way already: asking again changes nothing.  A call is under way while it
# rings, which nobody tells us.
FIND_WAITING = """
    SELECT id, conference_id, action, subject, state, detail, asked_by, asked_at, settled_at,
           carried_by
      FROM room_actions
     WHERE conference_id = $1 AND action = $2 AND subject = $3
       AND (state = 'asked'
            OR action = 'dial-out' AND state = 'unconfirmed' AND asked_at > $4)
     ORDER BY id DESC LIMIT 1
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
NOTE_ORDER = """
    UPDATE room_actions SET ordered_at = $2
     WHERE id = $1 AND state = 'asked' AND ordered_at IS NULL
    RETURNING id
"""
FORGET_ORDER = """
    UPDATE room_actions SET ordered_at = NULL WHERE id = $1
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
) -> Asked | None:
    """Write that something was asked; what is done at once is settled at once.

    None where somebody asked the same at this moment.
    """
    row = await conn.fetchrow(
        INSERT_ACTION, conference, action, subject, state, by, at, carried_by, stream_to
    )
    return asked_from_row(row) if row else None


async def save_carrier(conn: Connection, action: ActionId, person: str) -> None:
    """Write who carries out what nobody has taken up."""
    await conn.execute(SAVE_CARRIER, action, person)


async def find_waiting(
    conn: Connection, conference: ConferenceId, action: Action, subject: str, *, ringing: datetime
) -> Asked | None:
    """Return the same action if it is under way; a call that was asked since then may ring."""
    row = await conn.fetchrow(FIND_WAITING, conference, action, subject, ringing)
    return asked_from_row(row) if row else None


async def note_order(conn: Connection, action: ActionId, at: datetime) -> bool:
    """Write that a bridge is about to be told; tell whether nobody had told one before."""
    return (await conn.fetchval(NOTE_ORDER, action, at)) is not None


async def forget_order(conn: Connection, action: ActionId) -> None:
    """Write that the bridge was not reached, and may be told again."""
    await conn.execute(FORGET_ORDER, action)


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
