"""Series as they are stored; their dates stand in `occurrences`."""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import ZoneInfo

import asyncpg

from meetings.kinds import Kind, Urgency, Visibility
from meetings.model import SiteId, UnitId, Wish
from meetings.series.errors import SeriesNotFound
from meetings.series.plan import (
    OnHolidays,
    Schedule,
    Series,
    SeriesId,
)
from meetings.series.rrules import parse_rule, written
from meetings.store import Connection

INSERT_SERIES = """
    INSERT INTO series (title, kind, host_unit_id, chair, secretary, visibility, note,
                        main_site_id, site_ids, rule, zone, first_day, starts_at, minutes,
                        on_holidays, created_by, demo, urgency, chair_id, delegates,
                        call_systems)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
            $20, $21)
    RETURNING id
"""
GET_SERIES = """
    SELECT id, title, kind, host_unit_id, chair, secretary, visibility, note, main_site_id,
           site_ids, rule, zone, first_day, starts_at, minutes, on_holidays, version, created_by,
           demo, urgency, chair_id, delegates, call_systems
      FROM series WHERE id = $1
"""
LOCK_SERIES = """
    SELECT id FROM series WHERE id = $1 FOR NO KEY UPDATE
"""
LIST_SERIES = """
    SELECT s.id, s.title, s.kind, s.host_unit_id, s.chair, s.secretary, s.visibility, s.note,
           s.main_site_id, s.site_ids, s.rule, s.zone, s.first_day, s.starts_at, s.minutes,
           s.on_holidays, s.version, s.created_by, s.demo, s.urgency, s.chair_id, s.delegates,
           s.call_systems
      FROM series s JOIN units u ON u.id = s.host_unit_id
     WHERE u.path && $1::bigint[] AND ($2::bigint IS NULL OR s.id < $2)
     ORDER BY s.id DESC
     LIMIT $3
"""


async def insert_series(conn: Connection, wish: Wish, schedule: Schedule, *, by: str) -> SeriesId:
    """Write a series without its conferences."""
    identity: int = await conn.fetchval(
        INSERT_SERIES,
        wish.title,
        wish.kind.value,
        wish.host,
        wish.chair,
        wish.secretary,
        wish.visibility.value,
        wish.note,
        wish.main_site,
        sorted(wish.sites),
        written(schedule.rule),
        schedule.zone,
        schedule.first_day,
        schedule.starts_at,
        schedule.minutes,
        schedule.on_holidays.value,
        by,
        wish.demo,
        wish.urgency.value,
        wish.chair_id,
        sorted(wish.delegates),
        wish.call_systems,
    )
    return SeriesId(identity)


def series_from_row(row: asyncpg.Record) -> Series:
    """Return a series."""
    schedule = Schedule(
        rule=parse_rule(row["rule"], ZoneInfo(row["zone"])),
        zone=row["zone"],
        first_day=row["first_day"],
        starts_at=row["starts_at"],
        minutes=row["minutes"],
        on_holidays=OnHolidays(row["on_holidays"]),
    )
    wish = Wish(
        title=row["title"],
        kind=Kind(row["kind"]),
        host=UnitId(row["host_unit_id"]),
        chair=row["chair"],
        main_site=SiteId(row["main_site_id"]),
        sites=frozenset(row["site_ids"]),
        period=schedule.period_on(schedule.first_day),
        note=row["note"],
        demo=row["demo"],
        secretary=row["secretary"],
        visibility=Visibility(row["visibility"]),
        urgency=Urgency(row["urgency"]),
        chair_id=row["chair_id"],
        delegates=frozenset(row["delegates"]),
        call_systems=row["call_systems"],
    )
    return Series(
        id=SeriesId(row["id"]),
        wish=wish,
        schedule=schedule,
        version=row["version"],
        created_by=row["created_by"],
    )


async def get_series(conn: Connection, series: SeriesId) -> Series:
    """Return a series, or raise SeriesNotFound."""
    row = await conn.fetchrow(GET_SERIES, series)
    if row is None:
        raise SeriesNotFound(series)
    return series_from_row(row)


async def lock_series(conn: Connection, series: SeriesId) -> Series:
    """Return a series, locked until the transaction ends, or raise SeriesNotFound."""
    await conn.execute(LOCK_SERIES, series)
    return await get_series(conn, series)


async def list_series(
    conn: Connection, units: Collection[UnitId], *, before: SeriesId | None, limit: int
) -> list[Series]:
    """Return the series hosted in these subtrees, the newest first."""
    return [
        series_from_row(row) for row in await conn.fetch(LIST_SERIES, list(units), before, limit)
    ]
