"""The waiting list: who waits, whose turn it is, what is offered until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from meetings.approval.errors import NotWaiting
from meetings.model import ConferenceId, Period, UnitId
from meetings.store import Connection

# One at a time looks for free halls; who comes meanwhile looks again at the next turn.
TRY_TURN = """
    SELECT pg_try_advisory_xact_lock(hashtextextended('waiting', 0))
"""
SAVE_WAITING = """
    INSERT INTO waiting (conference_id, put_by, since, rank) VALUES ($1, $2, $3, $4)
        ON CONFLICT (conference_id) DO UPDATE
       SET put_by = EXCLUDED.put_by, since = EXCLUDED.since, rank = EXCLUDED.rank,
           offers = 0, offer_until = NULL, ended_at = NULL
     WHERE waiting.ended_at IS NOT NULL
"""
# Not those whose halls are offered to somebody else at this time.
CLAIM_NEXT = """
    SELECT w.conference_id
      FROM waiting w
      JOIN conferences c ON c.id = w.conference_id
     WHERE w.ended_at IS NULL AND (w.offer_until IS NULL OR w.offer_until <= $1)
       AND NOT EXISTS (
           SELECT FROM waiting o
             JOIN conferences oc ON oc.id = o.conference_id
             JOIN invitations oi ON oi.conference_id = oc.id
             JOIN invitations i ON i.site_id = oi.site_id AND i.conference_id = c.id
            WHERE o.ended_at IS NULL AND o.offer_until > $1 AND oc.period && c.period)
     ORDER BY w.offers, w.rank DESC, w.since, w.conference_id
       FOR UPDATE OF w SKIP LOCKED
"""
IS_STILL_ALONE = """
    SELECT NOT EXISTS (
           SELECT FROM waiting o
             JOIN conferences oc ON oc.id = o.conference_id
             JOIN invitations oi ON oi.conference_id = oc.id
             JOIN invitations i ON i.site_id = oi.site_id AND i.conference_id = $1
             JOIN conferences c ON c.id = $1
            WHERE o.ended_at IS NULL AND o.offer_until > $2 AND o.conference_id <> $1
              AND oc.period && c.period)
"""
SAVE_OFFER = """
    UPDATE waiting SET offer_until = $2, offers = offers + 1 WHERE conference_id = $1
"""
END_WAITING = """
    UPDATE waiting SET ended_at = $2, offer_until = NULL
     WHERE conference_id = $1 AND ended_at IS NULL
    RETURNING TRUE
"""
END_OVER = """
    UPDATE waiting w SET ended_at = $1, offer_until = NULL
      FROM conferences c
     WHERE c.id = w.conference_id AND w.ended_at IS NULL
       AND (c.state <> 'draft' OR lower(c.period) <= $1)
"""
LIST_WAITING = """
    SELECT w.conference_id, c.title, lower(c.period) AS starts_at, upper(c.period) AS ends_at,
           w.since, w.rank, w.offer_until
      FROM waiting w
      JOIN conferences c ON c.id = w.conference_id
      JOIN units h ON h.id = c.host_unit_id
     WHERE w.ended_at IS NULL AND h.path && $1::bigint[] AND w.conference_id > $2
       AND ($4::timestamptz IS NULL OR w.offer_until > $4)
     ORDER BY w.conference_id
     LIMIT $3
"""

GET_WAITING = """
    SELECT w.conference_id, c.title, lower(c.period) AS starts_at, upper(c.period) AS ends_at,
           w.since, w.rank, w.offer_until
      FROM waiting w
      JOIN conferences c ON c.id = w.conference_id
     WHERE w.ended_at IS NULL AND w.conference_id = $1
"""
LIST_AMONG = """
    SELECT conference_id FROM waiting
     WHERE ended_at IS NULL AND conference_id = ANY ($1::bigint[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A draft that waits; `offer_until` says how long its halls are offered to it."""

    conference: ConferenceId
    title: str
    period: Period
    since: datetime
    rank: int
    offer_until: datetime | None


def _waiting_from_row(row: asyncpg.Record) -> Waiting:
    return Waiting(
        conference=row["conference_id"],
        title=row["title"],
        period=Period(row["starts_at"], row["ends_at"]),
        since=row["since"],
        rank=row["rank"],
        offer_until=row["offer_until"],
    )


async def try_turn(conn: Connection) -> bool:
    """Take the turn of looking for free halls until the commit, if nobody else has it."""
    return bool(await conn.fetchval(TRY_TURN))


async def save_waiting(
    conn: Connection, conference: ConferenceId, *, by: str, now: datetime, rank: int
) -> None:
    """Put a draft on the list; one that waits already keeps its place."""
    await conn.execute(SAVE_WAITING, conference, by, now, rank)


async def claim_waiting(conn: Connection, now: datetime) -> list[ConferenceId]:
    """Return who waits and is offered nothing, in order, locked until the commit."""
    return [row["conference_id"] for row in await conn.fetch(CLAIM_NEXT, now)]


async def is_still_alone(conn: Connection, conference: ConferenceId, now: datetime) -> bool:
    """Tell whether none of its halls was offered to another in this very turn."""
    return bool(await conn.fetchval(IS_STILL_ALONE, conference, now))


async def save_offer(conn: Connection, conference: ConferenceId, until: datetime) -> None:
    """Offer the halls until then."""
    await conn.execute(SAVE_OFFER, conference, until)


async def end_waiting(conn: Connection, conference: ConferenceId, now: datetime) -> bool:
    """Take a draft off the list; tell whether it stood there."""
    return bool(await conn.fetchval(END_WAITING, conference, now))


async def end_over(conn: Connection, now: datetime) -> None:
    """Take off the list what was booked, asked for, called off, or is too late."""
    await conn.execute(END_OVER, now)


async def list_waiting(
    conn: Connection,
    units: Collection[UnitId],
    *,
    after: int,
    limit: int,
    offered: datetime | None,
) -> list[Waiting]:
    """Return what waits for hosts in these subtrees, with a moment only what is offered then."""
    rows = await conn.fetch(LIST_WAITING, list(units), after, limit, offered)
    return [_waiting_from_row(row) for row in rows]


async def get_waiting(conn: Connection, conference: ConferenceId) -> Waiting:
    """Return a draft that waits now.

    Raises:
        NotWaiting: it does not stand on the list.
    """
    row = await conn.fetchrow(GET_WAITING, conference)
    if row is None:
        raise NotWaiting(conference)
    return _waiting_from_row(row)


async def list_among(
    conn: Connection, conferences: Collection[ConferenceId]
) -> frozenset[ConferenceId]:
    """Return which of these wait."""
    rows = await conn.fetch(LIST_AMONG, list(conferences))
    return frozenset(row["conference_id"] for row in rows)
