"""Offers to hand conferences over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import asyncpg

from meetings.approval.handovers import HandAnswer, HandOver
from meetings.model import ConferenceId, PersonId, UnitId
from meetings.store import Connection

INSERT_OFFER = """
    INSERT INTO hand_overs (conference_id, host_unit_id, person_id, offered_by, offered_at)
    VALUES ($1, $2, $3, $4, $5)
    RETURNING id
"""
LIST_OFFERS = """
    SELECT id, conference_id, host_unit_id, person_id, offered_by, offered_at, answer,
           answered_by, answered_at, reason
      FROM hand_overs WHERE conference_id = $1 ORDER BY id
"""
LIST_OPEN = """
    SELECT id, conference_id, host_unit_id, person_id, offered_by, offered_at, answer,
           answered_by, answered_at, reason
      FROM hand_overs WHERE conference_id = ANY ($1::bigint[]) AND answer IS NULL
"""
# What waits for a person by name, or for anybody who books for one of these subtrees.
LIST_OFFERED = """
    SELECT o.id, o.conference_id, o.host_unit_id, o.person_id, o.offered_by, o.offered_at,
           o.answer, o.answered_by, o.answered_at, o.reason
      FROM hand_overs o
      JOIN conferences c ON c.id = o.conference_id
      JOIN units u ON u.id = o.host_unit_id
     WHERE o.answer IS NULL
       AND (o.person_id = $1
            OR o.person_id IS NULL AND o.offered_by <> $2 AND u.path && $3::bigint[])
       AND ($4::bigint IS NULL OR (lower(c.period), o.id) >
            (SELECT lower(b.period), a.id
               FROM hand_overs a JOIN conferences b ON b.id = a.conference_id WHERE a.id = $4))
     ORDER BY lower(c.period), o.id
     LIMIT $5
"""
SAVE_ANSWER = """
    UPDATE hand_overs SET answer = $2, answered_by = $3, answered_at = $4, reason = $5
     WHERE id = $1 AND answer IS NULL
"""
LIST_LAPSED = """
    SELECT o.conference_id
      FROM hand_overs o JOIN conferences c ON c.id = o.conference_id
     WHERE o.answer IS NULL
       AND (lower(c.period) <= $1 OR c.state IN ('cancelled', 'refused', 'closed'))
     ORDER BY o.conference_id
"""


def offer_from_row(row: asyncpg.Record) -> HandOver:
    """Return the offer of a row that spells the columns out as above."""
    return HandOver(
        id=row["id"],
        conference=row["conference_id"],
        host=row["host_unit_id"],
        person=row["person_id"],
        offered_by=row["offered_by"],
        offered_at=row["offered_at"],
        answer=None if row["answer"] is None else HandAnswer(row["answer"]),
        answered_by=row["answered_by"],
        answered_at=row["answered_at"],
        reason=row["reason"],
    )


async def insert_offer(
    conn: Connection,
    conference: ConferenceId,
    *,
    host: UnitId,
    person: PersonId | None,
    by: str,
    now: datetime,
) -> HandOver:
    """Write an offer that waits for its answer."""
    number: int = await conn.fetchval(INSERT_OFFER, conference, host, person, by, now)
    return HandOver(
        id=number, conference=conference, host=host, person=person, offered_by=by, offered_at=now
    )


async def find_open(conn: Connection, conference: ConferenceId) -> HandOver | None:
    """Return the offer that waits for its answer."""
    return next(iter(await list_open(conn, [conference])), None)


async def list_open(conn: Connection, conferences: Collection[ConferenceId]) -> list[HandOver]:
    """Return the offers of these conferences that nobody has answered yet."""
    return [offer_from_row(row) for row in await conn.fetch(LIST_OPEN, list(conferences))]


async def list_offers(conn: Connection, conference: ConferenceId) -> list[HandOver]:
    """Return every offer ever made of a conference, the first one first."""
    return [offer_from_row(row) for row in await conn.fetch(LIST_OFFERS, conference)]


async def list_offered(
    conn: Connection,
    *,
    person: PersonId | None,
    name: str,
    units: Collection[UnitId],
    after: int | None,
    limit: int,
) -> list[HandOver]:
    """Return what waits for somebody's answer, the earliest conference first."""
    rows = await conn.fetch(LIST_OFFERED, person, name, list(units), after, limit)
    return [offer_from_row(row) for row in rows]


async def save_answer(
    conn: Connection, offer: HandOver, answer: HandAnswer, *, by: str, now: datetime, reason: str
) -> None:
    """Write what became of an offer."""
    await conn.execute(SAVE_ANSWER, offer.id, answer.value, by, now, reason)


async def list_lapsed(conn: Connection, now: datetime) -> list[ConferenceId]:
    """Return the conferences whose offer came to nothing: they began or were called off."""
    return [row["conference_id"] for row in await conn.fetch(LIST_LAPSED, now)]
