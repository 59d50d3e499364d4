"""Polls about days: proposed periods, asked units, their answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from meetings.model import ConferenceId, Period, UnitId
from meetings.store import Connection

INSERT_POLL = """
    INSERT INTO polls (template_id, periods, created_by, created_at)
    SELECT $1, array_agg(tstzrange(p.a, p.b) ORDER BY p.n), $4, $5
      FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS p (a, b, n)
    RETURNING id
"""
INSERT_UNITS = """
    INSERT INTO poll_units (poll_id, unit_id, hash)
    SELECT $1, n.unit, n.hash FROM unnest($2::bigint[], $3::bytea[]) AS n (unit, hash)
"""
LOCK_POLL = "SELECT id FROM polls WHERE id = $1 FOR NO KEY UPDATE"
GET_POLL = """
    SELECT p.id, p.template_id, p.conference_id, p.closed_at IS NOT NULL AS closed,
           ARRAY(SELECT lower(one) FROM unnest(p.periods) WITH ORDINALITY AS u (one, n)
                  ORDER BY n) AS starts,
           ARRAY(SELECT upper(one) FROM unnest(p.periods) WITH ORDINALITY AS u (one, n)
                  ORDER BY n) AS ends
      FROM polls p WHERE p.id = $1
"""
LIST_ANSWERS = """
    SELECT poll_id, unit_id, answers FROM poll_units
     WHERE poll_id = ANY ($1::bigint[]) AND passed_to IS NULL ORDER BY unit_id
"""
FIND_BY_HASH = """
    SELECT poll_id, coalesce(passed_to, unit_id) AS unit_id FROM poll_units WHERE hash = $1
"""
SAVE_ANSWERS = "UPDATE poll_units SET answers = $3 WHERE poll_id = $1 AND unit_id = $2"
SAVE_WINNER = "UPDATE polls SET conference_id = $2 WHERE id = $1"
SAVE_CLOSED = "UPDATE polls SET closed_at = $2 WHERE id = $1"
LOCK_ASKING = """
    SELECT p.id FROM polls p
     WHERE p.conference_id IS NULL AND p.closed_at IS NULL AND EXISTS (
           SELECT FROM poll_units a
            WHERE a.poll_id = p.id AND coalesce(a.passed_to, a.unit_id) = ANY ($1::bigint[]))
     ORDER BY p.id
       FOR NO KEY UPDATE
"""
# What the heir has answered stands; what those before it answered goes over where all who did say
# it alike, else the heir is asked anew.  The first of them becomes the heir's own row.
FOLLOW_POLLS = """
    WITH pair AS (SELECT * FROM unnest($2::bigint[], $3::bigint[]) AS n (old_id, new_id)),
    own AS (
        SELECT a.poll_id, a.unit_id AS new_id, a.answers FROM poll_units a
         WHERE a.poll_id = ANY ($1::bigint[]) AND a.passed_to IS NULL
           AND a.unit_id IN (SELECT new_id FROM pair)),
    asked AS (
        SELECT a.poll_id, a.unit_id, a.answers, a.passed_to IS NULL AS itself, pair.new_id
          FROM poll_units a JOIN pair ON pair.old_id = coalesce(a.passed_to, a.unit_id)
         WHERE a.poll_id = ANY ($1::bigint[])),
    agreed AS (
        SELECT poll_id, new_id, min(unit_id) FILTER (WHERE itself) AS first,
               CASE WHEN count(DISTINCT answers) FILTER (WHERE itself AND answers <> '{}') = 1
                    THEN max(answers) FILTER (WHERE itself) ELSE '{}' END AS answers
          FROM asked GROUP BY poll_id, new_id),
    told AS (
        SELECT k.poll_id, k.unit_id AS before, k.new_id, g.answers,
               k.unit_id = g.first AND o.new_id IS NULL AS moves
          FROM asked k
          JOIN agreed g USING (poll_id, new_id)
          LEFT JOIN own o USING (poll_id, new_id)
         UNION ALL
        SELECT o.poll_id, o.new_id, o.new_id, g.answers, TRUE
          FROM own o JOIN agreed g USING (poll_id, new_id) WHERE o.answers = '{}')
    UPDATE poll_units a
       SET unit_id = CASE WHEN moves THEN new_id ELSE unit_id END,
           passed_to = CASE WHEN moves THEN NULL ELSE new_id END,
           answers = CASE WHEN moves THEN told.answers ELSE a.answers END
      FROM told
     WHERE a.poll_id = told.poll_id AND a.unit_id = told.before
"""
# What somebody reads who books in the subtrees of $1: their own polls, and those that ask them.
LIST_POLLS = """
    SELECT p.id, p.template_id, p.conference_id, p.closed_at IS NOT NULL AS closed,
           ARRAY(SELECT lower(one) FROM unnest(p.periods) WITH ORDINALITY AS u (one, n)
                  ORDER BY n) AS starts,
           ARRAY(SELECT upper(one) FROM unnest(p.periods) WITH ORDINALITY AS u (one, n)
                  ORDER BY n) AS ends
      FROM polls p
      JOIN templates t ON t.id = p.template_id
      JOIN units u ON u.id = t.unit_id
     WHERE (u.path && $1::bigint[] OR EXISTS (
            SELECT FROM poll_units a JOIN units w ON w.id = a.unit_id
             WHERE a.poll_id = p.id AND w.path && $1::bigint[]))
       AND ($2::bigint IS NULL OR p.id < $2)
     ORDER BY p.id DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Proposed periods and what each asked unit said of each of them; () is not answered."""

    id: int
    template: int
    periods: tuple[Period, ...]
    answers: Mapping[UnitId, tuple[str, ...]]
    conference: ConferenceId | None
    closed: bool = False

    @property
    def over(self) -> bool:
        """Tell whether nothing more is answered."""
        return self.closed or self.conference is not None


async def insert_poll(
    conn: Connection,
    template: int,
    periods: Sequence[Period],
    hashes: Mapping[UnitId, bytes],
    *,
    by: str,
    now: datetime,
) -> int:
    """Write a poll with the hashes of its units' links."""
    starts, ends = [one.start for one in periods], [one.end for one in periods]
    poll: int = await conn.fetchval(INSERT_POLL, template, starts, ends, by, now)
    await conn.execute(INSERT_UNITS, poll, list(hashes.keys()), list(hashes.values()))
    return poll


async def lock_poll(conn: Connection, poll: int) -> Poll | None:
    """Return a poll, locked until the transaction ends."""
    await conn.execute(LOCK_POLL, poll)
    return await find_poll(conn, poll)


async def find_poll(conn: Connection, poll: int) -> Poll | None:
    """Return a poll with its answers."""
    row = await conn.fetchrow(GET_POLL, poll)
    if row is None:
        return None
    return poll_from(row, await conn.fetch(LIST_ANSWERS, [poll]))


def poll_from(row: asyncpg.Record, answers: Sequence[asyncpg.Record]) -> Poll:
    """Return the poll of its rows."""
    return Poll(
        id=row["id"],
        template=row["template_id"],
        periods=tuple(Period(a, b) for a, b in zip(row["starts"], row["ends"], strict=True)),
        answers={one["unit_id"]: tuple(one["answers"]) for one in answers},
        conference=row["conference_id"],
        closed=row["closed"],
    )


async def find_by_hash(conn: Connection, hashed: bytes) -> tuple[int, UnitId] | None:
    """Return the poll and the unit of a link."""
    row = await conn.fetchrow(FIND_BY_HASH, hashed)
    return (row["poll_id"], row["unit_id"]) if row else None


async def save_answers(conn: Connection, poll: int, unit: UnitId, answers: Sequence[str]) -> None:
    """Write what a unit says, in place of what it said before."""
    await conn.execute(SAVE_ANSWERS, poll, unit, list(answers))


async def lock_asking(conn: Connection, units: Collection[UnitId]) -> list[int]:
    """Return the open polls that ask these units; nobody answers or books one until the commit.

    Who books a winner locks the poll before its halls, so a reform does so too.
    """
    return [row["id"] for row in await conn.fetch(LOCK_ASKING, list(units))]


async def follow_polls(conn: Connection, pairs: Sequence[tuple[UnitId, UnitId]]) -> None:
    """Ask in open polls the unit that follows, in place of each old one; every link stays good."""
    old, new = [one for one, _ in pairs], [one for _, one in pairs]
    if polls := await lock_asking(conn, old):
        await conn.execute(FOLLOW_POLLS, polls, old, new)


async def save_winner(conn: Connection, poll: int, conference: ConferenceId) -> None:
    """Note which conference came of the poll."""
    await conn.execute(SAVE_WINNER, poll, conference)


async def save_closed(conn: Connection, poll: int, now: datetime) -> None:
    """Note that a poll is over without a winner."""
    await conn.execute(SAVE_CLOSED, poll, now)


async def list_polls(
    conn: Connection, units: Collection[UnitId], *, after: int | None = None, limit: int
) -> list[Poll]:
    """Return the polls that who books in these subtrees owns or is asked by, the newest first."""
    rows = await conn.fetch(LIST_POLLS, list(units), after, limit)
    answers: dict[int, list[asyncpg.Record]] = {row["id"]: [] for row in rows}
    for one in await conn.fetch(LIST_ANSWERS, list(answers)):
        answers[one["poll_id"]].append(one)
    return [poll_from(row, answers[row["id"]]) for row in rows]
