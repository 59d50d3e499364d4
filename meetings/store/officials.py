"""Officials: reading them, adding them, taking them out of use."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import asyncpg

from meetings.directory.errors import Seat
from meetings.ids import OfficialId, UnitId
from meetings.names import fold, sort_key
from meetings.office.workdays import midnight
from meetings.period import Period
from meetings.scheduling.resources import Official
from meetings.store import Connection

# What `official_from_row` reads of an official `o` and their unit `u`.
OFFICIAL = """o.id, o.title, o.name, o.rank, lower(o.valid) AS valid_from,
           upper(o.valid) AS valid_to, o.version, u.id AS unit_id, u.code AS unit_code,
           u.name AS unit_name, u.path AS unit_path"""
OFFICIALS_IN_OFFICE = """FROM officials o
      JOIN units u ON u.id = official_of(o.id, o.unit_id, $1)
     WHERE o.valid @> $1::date
       AND position($2 IN o.folded) > 0
       AND ($3::bigint[] IS NULL OR u.path && $3)"""
LIST_OFFICIALS = f"""
    SELECT {OFFICIAL}
      {OFFICIALS_IN_OFFICE}
       AND ($4::bigint IS NULL OR (o.rank, o.name_key, o.id) >
            (SELECT a.rank, a.name_key, a.id FROM officials a WHERE a.id = $4))
     ORDER BY o.rank, o.name_key, o.id
     LIMIT $5
"""  # noqa: S608 - no value is spliced
COUNT_OFFICIALS = f"SELECT count(*) {OFFICIALS_IN_OFFICE}"
LIST_OFFICIALS_BY_IDS = f"""
    SELECT {OFFICIAL}
      FROM officials o
      JOIN units u ON u.id = o.unit_id
     WHERE o.id = ANY ($1::bigint[])
     ORDER BY o.rank, o.name_key, o.id
"""  # noqa: S608 - no value is spliced
LIST_OF_UNITS = f"""
    SELECT {OFFICIAL}
      FROM officials o
      JOIN units u ON u.id = o.unit_id
     WHERE o.unit_id = ANY ($1::bigint[])
     ORDER BY o.id
"""  # noqa: S608 - no value is spliced
LIST_IN_OFFICE = """
    SELECT id FROM officials WHERE id = ANY ($1::bigint[]) AND valid @> $2::date
     ORDER BY id FOR KEY SHARE
"""
# On whose days the official is in office in $2 to $3, and would not be any more in $4 to $5.
LIST_SEATS = """
    SELECT c.id, c.title, lower(c.period) AS starts_at, upper(c.period) AS ends_at,
           c.chair_id IS NOT DISTINCT FROM $1 AS chairs
      FROM conferences c
     WHERE c.state IN ('draft', 'requested', 'confirmed', 'live')
       AND tstzrange($2, $3) @> lower(c.period) AND NOT tstzrange($4, $5) @> lower(c.period)
       AND (c.chair_id = $1 OR EXISTS (
            SELECT FROM delegates d WHERE d.conference_id = c.id AND d.official_id = $1))
     ORDER BY lower(c.period), c.id
"""
INSERT_OFFICIAL = """
    INSERT INTO officials (unit_id, title, name, name_key, folded, rank, valid)
    VALUES ($1, $2, $3, $4, $5, $6, daterange($7, $8))
        ON CONFLICT (unit_id, title, name) WHERE upper_inf(valid) DO NOTHING
    RETURNING id
"""
LOCK_OFFICIAL = """
    SELECT id FROM officials WHERE id = $1 FOR UPDATE
"""
SAVE_OFFICIAL = """
    UPDATE officials
       SET title = $2, name = $3, name_key = $4, folded = $5, rank = $6,
           valid = daterange($7, $8), version = version + 1
     WHERE id = $1
"""
CLOSE_OFFICIAL = """
    UPDATE officials SET valid = daterange(lower(valid), $2), version = version + 1 WHERE id = $1
"""


def official_from_row(row: asyncpg.Record) -> Official:
    """Return the official of a row that joins the unit as above."""
    return Official(
        id=row["id"],
        unit_id=row["unit_id"],
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        unit_path=tuple(row["unit_path"]),
        title=row["title"],
        name=row["name"],
        rank=row["rank"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        version=row["version"],
    )


async def list_officials(
    conn: Connection,
    *,
    on: date,
    folded: str,
    units: Collection[UnitId] | None,
    after: OfficialId | None,
    limit: int,
) -> list[Official]:
    """Return officials in office on that day, in order of precedence."""
    wanted = None if units is None else list(units)
    rows = await conn.fetch(LIST_OFFICIALS, on, folded, wanted, after, limit)
    return [official_from_row(row) for row in rows]


async def count_officials(
    conn: Connection, *, on: date, folded: str, units: Collection[UnitId] | None
) -> int:
    """Return how many officials in office on that day there are."""
    found: int = await conn.fetchval(
        COUNT_OFFICIALS, on, folded, None if units is None else list(units)
    )
    return found


async def list_officials_by_ids(
    conn: Connection, officials: Collection[OfficialId]
) -> list[Official]:
    """Return the officials of these ids, in office or not, in order of precedence."""
    rows = await conn.fetch(LIST_OFFICIALS_BY_IDS, list(officials))
    return [official_from_row(row) for row in rows]


async def list_in_office(
    conn: Connection, officials: Collection[OfficialId], *, on: date
) -> frozenset[OfficialId]:
    """Return those of the officials who are in office on that day, and stay so until the commit."""
    rows = await conn.fetch(LIST_IN_OFFICE, list(officials), on)
    return frozenset(row["id"] for row in rows)


async def list_seats(conn: Connection, before: Official, after: Official) -> list[Seat]:
    """Return the coming conferences for which an official would be in office no more."""
    days = (before.valid_from, before.valid_to, after.valid_from, after.valid_to)
    bounds = [None if day is None else midnight(day) for day in days]
    return [
        Seat(
            conference=row["id"],
            title=row["title"],
            period=Period(row["starts_at"], row["ends_at"]),
            chairs=row["chairs"],
        )
        for row in await conn.fetch(LIST_SEATS, before.id, *bounds)
    ]


async def insert_official(
    conn: Connection,
    unit: UnitId,
    *,
    title: str,
    name: str,
    rank: int,
    since: date | None,
    until: date | None = None,
) -> OfficialId | None:
    """Add an official and return its id, None where there is one just like it."""
    label = f"{title} {name}".strip()
    identity: int | None = await conn.fetchval(
        INSERT_OFFICIAL, unit, title, name, sort_key(label), fold(label), rank, since, until
    )
    return None if identity is None else OfficialId(identity)


async def lock_official(conn: Connection, official: OfficialId) -> None:
    """Let nobody else change the official until the transaction ends."""
    await conn.execute(LOCK_OFFICIAL, official)


async def save_official(conn: Connection, official: Official) -> bool:
    """Write an official anew, as its next version; False where there is one just like it."""
    key, searched = sort_key(official.label), fold(official.label)
    dates = (official.valid_from, official.valid_to)
    values = (official.id, official.title, official.name, key, searched, official.rank, *dates)
    try:
        async with conn.transaction():
            await conn.execute(SAVE_OFFICIAL, *values)
    except asyncpg.UniqueViolationError:
        return False
    return True


async def close_official(conn: Connection, official: OfficialId, *, on: date) -> None:
    """Let the official be in office up to that day."""
    await conn.execute(CLOSE_OFFICIAL, official, on)


async def list_of_units(conn: Connection, units: Collection[UnitId]) -> list[Official]:
    """Return the officials that these units ever had, the first ever made first."""
    return [official_from_row(row) for row in await conn.fetch(LIST_OF_UNITS, list(units))]
