"""Lent roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import asyncpg

from meetings.model import PersonId, Role, UnitId
from meetings.store import Connection

INSERT_LENDING = """
    INSERT INTO deputies (giver_id, deputy_id, role, unit_id, days)
    VALUES ($1, $2, $3, $4, daterange($5, $6, '[]'))
    RETURNING id
"""
LIST_LENDINGS = """
    SELECT d.id, d.giver_id, d.deputy_id, d.role, d.unit_id, g.name AS giver, p.name AS deputy,
           lower(d.days) AS first, upper(d.days) AS beyond, u.path
      FROM deputies d
      JOIN people g ON g.id = d.giver_id
      JOIN people p ON p.id = d.deputy_id
      JOIN units u ON u.id = g.unit_id
     WHERE d.ended_at IS NULL AND d.id > $3
       AND (d.giver_id = $1 OR d.deputy_id = $1 OR u.path && $2::bigint[])
     ORDER BY d.id
     LIMIT $4
"""
LIST_LENT_UNITS = """
    SELECT deputy_id, unit_id FROM deputies
     WHERE deputy_id = ANY ($1::bigint[]) AND ended_at IS NULL AND upper(days) > $2::date
"""
END_LENDING = """
    UPDATE deputies d SET ended_at = $4
      FROM people g, people p, units u
     WHERE d.id = $1 AND d.ended_at IS NULL
       AND g.id = d.giver_id AND p.id = d.deputy_id AND u.id = g.unit_id
       AND (d.giver_id = $2 OR u.path && $3::bigint[])
    RETURNING d.id, d.giver_id, d.deputy_id, d.role, d.unit_id, g.name AS giver, p.name AS deputy,
              lower(d.days) AS first, upper(d.days) AS beyond, u.path
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The first day and the last."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Lending:
    """Whose role somebody may use, over which unit, and when."""

    id: int
    giver: PersonId
    giver_name: str
    giver_path: tuple[UnitId, ...]
    deputy: PersonId
    deputy_name: str
    role: Role
    unit: UnitId
    days: Days


def lending_from_row(row: asyncpg.Record) -> Lending:
    """Return the value of a row that spells the columns out as above."""
    return Lending(
        id=row["id"],
        giver=PersonId(row["giver_id"]),
        giver_name=row["giver"],
        giver_path=tuple(row["path"]),
        deputy=PersonId(row["deputy_id"]),
        deputy_name=row["deputy"],
        role=Role(row["role"]),
        unit=UnitId(row["unit_id"]),
        days=Days(first=row["first"], last=row["beyond"] - timedelta(days=1)),
    )


async def insert_lending(
    conn: Connection,
    giver: PersonId,
    deputy: PersonId,
    *,
    role: Role,
    unit: UnitId,
    days: Days,
) -> Lending:
    """Write a lending and return it."""
    number: int = await conn.fetchval(
        INSERT_LENDING, giver, deputy, role.value, unit, days.first, days.last
    )
    found = await list_lendings(conn, person=giver, units=(), after=number - 1, limit=1)
    return found[0]


async def list_lendings(
    conn: Connection,
    *,
    person: PersonId | None,
    units: Collection[UnitId],
    after: int,
    limit: int,
) -> list[Lending]:
    """Return what was not ended, given or held by the person, or given in these subtrees."""
    rows = await conn.fetch(LIST_LENDINGS, person, list(units), after, limit)
    return [lending_from_row(row) for row in rows]


async def end_lending(
    conn: Connection,
    number: int,
    *,
    person: PersonId | None,
    units: Collection[UnitId],
    now: datetime,
) -> Lending | None:
    """End what the person gave, or people of these subtrees; return it, if it stood."""
    row = await conn.fetchrow(END_LENDING, number, person, list(units), now)
    return lending_from_row(row) if row else None


async def list_lent_units(
    conn: Connection, deputies: Collection[PersonId], today: date
) -> dict[PersonId, set[UnitId]]:
    """Return over which units these people may use roles of others, today or on a day to come."""
    found: dict[PersonId, set[UnitId]] = {}
    for row in await conn.fetch(LIST_LENT_UNITS, list(deputies), today):
        found.setdefault(row["deputy_id"], set()).add(row["unit_id"])
    return found
