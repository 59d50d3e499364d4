"""Requests and the answers to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from meetings.approval.chains import Approval, Decision, Request, Step
from meetings.model import ConferenceId, Role, UnitId
from meetings.store import Connection

SAVE_REQUEST = """
    INSERT INTO requests (conference_id, bridge, round, asked_by, asked_at, displaced_by)
    VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (conference_id) DO UPDATE
       SET bridge = EXCLUDED.bridge, round = EXCLUDED.round, asked_by = EXCLUDED.asked_by,
           asked_at = EXCLUDED.asked_at, displaced_by = EXCLUDED.displaced_by
"""
INSERT_APPROVAL = """
    INSERT INTO approvals (conference_id, round, place, role, unit_id, people)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
FIND_REQUEST = """
    SELECT conference_id, bridge, round, asked_by, asked_at, displaced_by
      FROM requests WHERE conference_id = $1
"""
LIST_APPROVALS = """
    SELECT a.conference_id, a.place, a.role, a.unit_id, a.people, a.decision, a.decided_by,
           a.decided_at, a.reason, u.path
      FROM requests r
      JOIN approvals a ON a.conference_id = r.conference_id AND a.round = r.round
      LEFT JOIN units u ON u.id = a.unit_id
     WHERE r.conference_id = ANY ($1::bigint[])
     ORDER BY a.conference_id, a.place
"""
SAVE_DECISION = """
    UPDATE approvals SET decision = $4, decided_by = $5, decided_at = $6, reason = $7
     WHERE conference_id = $1 AND round = $2 AND place = $3 AND decision IS NULL
"""
DELETE_SEATS = """
    DELETE FROM seat_holds WHERE conference_id = $1
"""
LIST_DISPLACED = """
    SELECT c.id
      FROM requests r
      JOIN conferences c ON c.id = r.conference_id
      JOIN units h ON h.id = c.host_unit_id
     WHERE c.state = 'requested' AND r.displaced_by IS NOT NULL
       AND h.path && $1::bigint[] AND lower(c.period) > $2
     ORDER BY lower(c.period), c.id
"""
LIST_EXPIRED = """
    SELECT id FROM conferences WHERE state = 'requested' AND lower(period) <= $1 ORDER BY id
"""


def approval_from_row(row: asyncpg.Record) -> Approval:
    """Return the step of a row that spells the columns out as above."""
    return Approval(
        place=row["place"],
        step=Step(
            role=None if row["role"] is None else Role(row["role"]),
            unit=row["unit_id"],
            people=frozenset(row["people"]),
        ),
        path=tuple(row["path"] or ()),
        decision=None if row["decision"] is None else Decision(row["decision"]),
        by=row["decided_by"] or "",
        at=row["decided_at"],
        reason=row["reason"],
    )


async def save_request(conn: Connection, request: Request, steps: Sequence[Step]) -> None:
    """Write a request and the steps of its round, all of them open."""
    await conn.execute(
        SAVE_REQUEST,
        request.conference,
        request.bridge,
        request.round,
        request.asked_by,
        request.asked_at,
        request.displaced_by,
    )
    for place, step in enumerate(steps, start=1):
        role = None if step.role is None else step.role.value
        people = sorted(step.people)
        await conn.execute(
            INSERT_APPROVAL, request.conference, request.round, place, role, step.unit, people
        )


async def find_request(conn: Connection, conference: ConferenceId) -> Request | None:
    """Return what the conference waits or waited for, with the steps of its last round."""
    row = await conn.fetchrow(FIND_REQUEST, conference)
    if row is None:
        return None
    found = await list_approvals(conn, [conference])
    return Request(
        conference=conference,
        bridge=row["bridge"],
        round=row["round"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        displaced_by=row["displaced_by"],
        approvals=found.get(conference, ()),
    )


async def list_approvals(
    conn: Connection, conferences: Collection[ConferenceId]
) -> dict[ConferenceId, tuple[Approval, ...]]:
    """Return the steps of the last round of each request, in order."""
    found: dict[ConferenceId, tuple[Approval, ...]] = {}
    for row in await conn.fetch(LIST_APPROVALS, list(conferences)):
        steps = found.get(row["conference_id"], ())
        found[row["conference_id"]] = (*steps, approval_from_row(row))
    return found


async def save_decision(
    conn: Connection,
    request: Request,
    place: int,
    decision: Decision,
    *,
    by: str,
    at: datetime,
    reason: str,
) -> None:
    """Write the answer to a step that has none."""
    await conn.execute(
        SAVE_DECISION, request.conference, request.round, place, decision.value, by, at, reason
    )


async def delete_seats(conn: Connection, conference: ConferenceId) -> None:
    """Give back the seats of a conference that gave way."""
    await conn.execute(DELETE_SEATS, conference)


async def list_expired(conn: Connection, now: datetime) -> list[ConferenceId]:
    """Return requests whose start has come unanswered."""
    return [row["id"] for row in await conn.fetch(LIST_EXPIRED, now)]


async def list_displaced(
    conn: Connection, units: Collection[UnitId], *, after: datetime
) -> list[ConferenceId]:
    """Return what gave way, waits again and begins after then, hosted by the units or below."""
    rows = await conn.fetch(LIST_DISPLACED, list(units), after)
    return [ConferenceId(row["id"]) for row in rows]
