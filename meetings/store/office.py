"""The office calendar: special days and the hours of the seasons."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import asyncpg

from meetings.office.days import (
    DayKind,
    DayNotFound,
    DayTaken,
    NewDay,
    OfficeDay,
    SeasonHours,
    SeasonName,
)
from meetings.office.workdays import Season
from meetings.store import Connection

COUNT_PLANNED = """
    SELECT c.day, count(*) AS planned
      FROM (SELECT (lower(period) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
              FROM conferences
             WHERE period && tstzrange($1, $2) AND lower(period) >= $1
               AND state IN ('requested', 'confirmed')) c
      JOIN calendar_days k ON k.day = c.day AND k.kind <> 'make_up_workday'
     GROUP BY c.day
"""
LIST_DAYS = """
    SELECT id, day, kind, name, name_en, source, confirmed, note, version
      FROM calendar_days
     WHERE ($1::date IS NULL OR day >= $1) AND ($2::date IS NULL OR day < $2)
     ORDER BY day
"""
LOCK_DAY = """
    SELECT id, day, kind, name, name_en, source, confirmed, note, version
      FROM calendar_days WHERE id = $1 FOR UPDATE
"""
INSERT_DAY = """
    INSERT INTO calendar_days (day, kind, name, name_en, source, confirmed, note)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (day) DO NOTHING
    RETURNING id, version
"""
SAVE_DAY = """
    UPDATE calendar_days
       SET kind = $2, name = $3, name_en = $4, source = $5, confirmed = $6, note = $7,
           version = version + 1
     WHERE id = $1
    RETURNING version
"""
LIST_DAYS_NAMED = """
    SELECT id, day, kind, name, name_en, source, confirmed, note, version
      FROM calendar_days WHERE day = ANY ($1::date[]) AND confirmed
"""
DELETE_DAY = """
    DELETE FROM calendar_days WHERE id = $1
"""
LIST_SEASONS = """
    SELECT name, month, day, opens, lunch_begins, lunch_ends, closes, version
      FROM office_seasons ORDER BY month, day
"""
LOCK_SEASON = """
    SELECT name, month, day, opens, lunch_begins, lunch_ends, closes, version
      FROM office_seasons WHERE name = $1 FOR UPDATE
"""
SAVE_SEASON = """
    UPDATE office_seasons
       SET month = $2, day = $3, opens = $4, lunch_begins = $5, lunch_ends = $6, closes = $7,
           version = version + 1
     WHERE name = $1
    RETURNING version
"""


def day_from_row(row: asyncpg.Record) -> OfficeDay:
    """Return an entry of the calendar."""
    what = NewDay(
        day=row["day"],
        kind=DayKind(row["kind"]),
        name=row["name"],
        name_en=row["name_en"],
        source=row["source"],
        confirmed=row["confirmed"],
        note=row["note"],
    )
    return OfficeDay(id=row["id"], version=row["version"], what=what)


def season_from_row(row: asyncpg.Record) -> SeasonHours:
    """Return a season's hours."""
    hours = Season(
        month=row["month"],
        day=row["day"],
        opens=row["opens"],
        lunch_begins=row["lunch_begins"],
        lunch_ends=row["lunch_ends"],
        closes=row["closes"],
    )
    return SeasonHours(name=SeasonName(row["name"]), version=row["version"], hours=hours)


async def list_days(
    conn: Connection, *, since: date | None = None, before: date | None = None
) -> list[OfficeDay]:
    """Return the special days of `[since, before)` in order."""
    return [day_from_row(row) for row in await conn.fetch(LIST_DAYS, since, before)]


async def count_planned(conn: Connection, since: datetime, before: datetime) -> dict[date, int]:
    """Return how many conferences are planned on each day off between two moments."""
    rows = await conn.fetch(COUNT_PLANNED, since, before)
    return {row["day"]: row["planned"] for row in rows}


async def list_days_named(conn: Connection, days: Collection[date]) -> dict[date, NewDay]:
    """Return what the calendar says of these days, where it says anything and is sure."""
    rows = await conn.fetch(LIST_DAYS_NAMED, list(days))
    return {row["day"]: day_from_row(row).what for row in rows}


async def lock_day(conn: Connection, identity: int) -> OfficeDay:
    """Return an entry, locked until the transaction ends, or raise DayNotFound."""
    row = await conn.fetchrow(LOCK_DAY, identity)
    if row is None:
        raise DayNotFound(identity)
    return day_from_row(row)


async def insert_day(conn: Connection, new: NewDay) -> OfficeDay:
    """Enter a day, or raise DayTaken."""
    row = await conn.fetchrow(
        INSERT_DAY,
        new.day,
        new.kind.value,
        new.name,
        new.name_en,
        new.source,
        new.confirmed,
        new.note,
    )
    if row is None:
        raise DayTaken(new.day)
    return OfficeDay(id=row["id"], version=row["version"], what=new)


async def save_day(conn: Connection, identity: int, what: NewDay) -> int:
    """Write what an entry says now; return its version."""
    version: int = await conn.fetchval(
        SAVE_DAY,
        identity,
        what.kind.value,
        what.name,
        what.name_en,
        what.source,
        what.confirmed,
        what.note,
    )
    return version


async def delete_day(conn: Connection, identity: int) -> None:
    """Take an entry out; the day is an ordinary one again."""
    await conn.execute(DELETE_DAY, identity)


async def list_seasons(conn: Connection) -> list[SeasonHours]:
    """Return the hours of the seasons, in order of the year."""
    return [season_from_row(row) for row in await conn.fetch(LIST_SEASONS)]


async def lock_season(conn: Connection, name: SeasonName) -> SeasonHours:
    """Return a season's hours, locked until the transaction ends."""
    [row] = await conn.fetch(LOCK_SEASON, name.value)
    return season_from_row(row)


async def save_season(conn: Connection, name: SeasonName, hours: Season) -> int:
    """Write a season's hours; return their version."""
    version: int = await conn.fetchval(
        SAVE_SEASON,
        name.value,
        hours.month,
        hours.day,
        hours.opens,
        hours.lunch_begins,
        hours.lunch_ends,
        hours.closes,
    )
    return version
