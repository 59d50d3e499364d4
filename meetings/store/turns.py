"""What waits for an answer, narrowed to whom it concerns: whose turn it is, or who asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import asyncpg

from meetings.approval.chains import Decider
from meetings.ids import ConferenceId, UnitId
from meetings.store import Connection

# $4: those whose turn is the decider's, else the others that are hosted in the subtrees of $5.
LIST_REQUESTS = """
    SELECT id, total FROM (
        SELECT c.id, lower(c.period) AS starts_at, count(*) OVER () AS total
          FROM conferences c
          JOIN units h ON h.id = c.host_unit_id
          LEFT JOIN LATERAL (
               SELECT may_decide(a.role, u.path, a.people, h.path, $1, $2, $3) AS mine
                 FROM requests r
                 JOIN approvals a ON a.conference_id = r.conference_id AND a.round = r.round
                 LEFT JOIN units u ON u.id = a.unit_id
                WHERE r.conference_id = c.id AND a.decision IS NULL
                ORDER BY a.place LIMIT 1) t ON TRUE
         WHERE c.state = 'requested'
           AND CASE WHEN $4 THEN t.mine ELSE h.path && $5::bigint[] AND t.mine IS NOT TRUE END
        ) AS waiting
     WHERE $6::bigint IS NULL OR (starts_at, id) >
           (SELECT lower(a.period), a.id FROM conferences a WHERE a.id = $6)
     ORDER BY starts_at, id
     LIMIT $7
"""
# Of others one knows what is hosted in the subtrees of $5, what one asked for, and what one answers
# at some step.  $4: with NULL both, the decider's turns and the others.
LIST_SUBMITTED = """
    SELECT id, total FROM (
        SELECT s.id, lower(s.period) AS starts_at, count(*) OVER () AS total
          FROM submissions s
          JOIN units h ON h.id = s.host_unit_id
          LEFT JOIN LATERAL (
               SELECT may_decide(p.role, u.path, p.people, h.path, $1, $2, $3) AS mine
                 FROM submission_steps p
                 LEFT JOIN units u ON u.id = p.unit_id
                WHERE p.submission_id = s.id AND p.decision IS NULL
                ORDER BY p.place LIMIT 1) t ON TRUE
         WHERE s.state = 'waiting'
           AND CASE WHEN t.mine THEN $4 IS NOT FALSE
                    WHEN $4 THEN FALSE
                    ELSE s.asked_by = $6 OR h.path && $5::bigint[] OR EXISTS (
                         SELECT FROM submission_steps p
                           LEFT JOIN units u ON u.id = p.unit_id
                          WHERE p.submission_id = s.id
                            AND may_decide(p.role, u.path, p.people, h.path, $1, $2, $3)) END
        ) AS waiting
     WHERE $7::bigint IS NULL OR (starts_at, id) >
           (SELECT lower(a.period), a.id FROM submissions a WHERE a.id = $7)
     ORDER BY starts_at, id
     LIMIT $8
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """A page of ids, the earliest first, and how many there are in all."""

    ids: tuple[int, ...] = ()
    total: int = 0


def _turns_of(rows: Collection[asyncpg.Record]) -> Turns:
    total = max((row["total"] for row in rows), default=0)
    return Turns(ids=tuple(row["id"] for row in rows), total=total)


def _columns(decider: Decider) -> tuple[int | None, list[str], list[UnitId]]:
    grants = sorted(decider.grants, key=lambda grant: (grant.role, grant.unit))
    roles = [grant.role.value for grant in grants]
    return decider.person, roles, [grant.unit for grant in grants]


async def list_requests(
    conn: Connection,
    decider: Decider,
    *,
    mine: bool,
    units: Collection[UnitId] = (),
    after: ConferenceId | None = None,
    limit: int,
) -> Turns:
    """Return requests whose turn is the decider's, or the others hosted in these subtrees."""
    who = _columns(decider)
    return _turns_of(await conn.fetch(LIST_REQUESTS, *who, mine, list(units), after, limit))


async def list_submitted(
    conn: Connection,
    decider: Decider,
    *,
    mine: bool | None,
    units: Collection[UnitId],
    after: int | None,
    limit: int,
) -> Turns:
    """Return what waits and the decider may know; `mine` only with their turn, or only without."""
    who, name = _columns(decider), decider.name
    rows = await conn.fetch(LIST_SUBMITTED, *who, mine, list(units), name, after, limit)
    return _turns_of(rows)
