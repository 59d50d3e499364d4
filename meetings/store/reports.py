"""Attendance counted by the database; the rule is that of `rollcall.sheet`, and a test says so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from meetings.model import UnitId, UnitKind
from meetings.store import Connection

LIST_TALLIES = """
    WITH held AS (
        SELECT c.id, lower(c.period) AS starts_at, coalesce(c.ended_at, upper(c.period)) AS ends_at,
               date_trunc('month', lower(c.period) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS month
          FROM conferences c
         WHERE c.state IN ('ended', 'closed') AND lower(c.period) >= $1 AND lower(c.period) < $2),
    blind AS (
        SELECT h.id, sum(least(b.ends_at, h.ends_at) - greatest(b.starts_at, h.starts_at)) AS length
          FROM held h
          JOIN blind_spots b ON b.conference_id = h.id
           AND b.starts_at < h.ends_at AND b.ends_at > h.starts_at
         GROUP BY h.id),
    seen AS (
        SELECT p.conference_id, p.site_id, min(p.starts_at) AS first_in
          FROM held h
          JOIN presences p ON p.conference_id = h.id
           AND p.starts_at < h.ends_at AND coalesce(p.ends_at, 'infinity') > h.starts_at
         GROUP BY p.conference_id, p.site_id)
    SELECT u.id AS unit_id, h.month, count(*) AS invited,
           count(*) FILTER (WHERE s.first_in <= h.starts_at + INTERVAL '5 minutes') AS present,
           count(*) FILTER (WHERE s.first_in > h.starts_at + INTERVAL '5 minutes') AS late,
           count(*) FILTER (WHERE s.first_in IS NULL
                              AND coalesce(b.length <= INTERVAL '120 seconds', TRUE)) AS absent,
           count(*) FILTER (WHERE s.first_in IS NULL
                              AND b.length > INTERVAL '120 seconds') AS unknown,
           coalesce(sum(i.headcount), 0) AS people
      FROM held h
      JOIN invitations i ON i.conference_id = h.id
      JOIN sites t ON t.id = i.site_id
      JOIN units u ON u.id = t.unit_id
      LEFT JOIN blind b ON b.id = h.id
      LEFT JOIN seen s ON s.conference_id = h.id AND s.site_id = i.site_id
     WHERE u.kind = ANY ($4) AND ($3::bigint[] IS NULL OR u.path && $3)
     GROUP BY u.id, h.month
"""
COUNT_HELD = """
    SELECT count(*)
      FROM conferences c
     WHERE c.state IN ('ended', 'closed') AND lower(c.period) >= $1 AND lower(c.period) < $2
       AND ($3::bigint[] IS NULL OR EXISTS (
            SELECT FROM invitations i
              JOIN sites s ON s.id = i.site_id
              JOIN units u ON u.id = s.unit_id
             WHERE i.conference_id = c.id AND u.path && $3))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often a unit's halls were invited and what became of it; people as halls declared."""

    invited: int = 0
    present: int = 0
    late: int = 0
    absent: int = 0
    unknown: int = 0
    people: int = 0

    def plus(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(
            invited=self.invited + other.invited,
            present=self.present + other.present,
            late=self.late + other.late,
            absent=self.absent + other.absent,
            unknown=self.unknown + other.unknown,
            people=self.people + other.people,
        )


async def list_tallies(
    conn: Connection,
    start: datetime,
    end: datetime,
    *,
    units: Sequence[UnitId] | None,
    kinds: Collection[UnitKind],
) -> dict[tuple[UnitId, date], Tally]:
    """Return tallies by unit and first day of the month, of conferences begun in `[start, end)`."""
    rows = await conn.fetch(LIST_TALLIES, start, end, units, [kind.value for kind in kinds])
    return {
        (row["unit_id"], row["month"]): Tally(
            invited=row["invited"],
            present=row["present"],
            late=row["late"],
            absent=row["absent"],
            unknown=row["unknown"],
            people=row["people"],
        )
        for row in rows
    }


async def count_held(
    conn: Connection, start: datetime, end: datetime, *, units: Sequence[UnitId] | None
) -> int:
    """Return how many conferences begun in `[start, end)` are over and invited these subtrees."""
    return int(await conn.fetchval(COUNT_HELD, start, end, units))
