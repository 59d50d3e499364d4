"""Changing series: rows that are edited, cut in two, put back or watched."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from meetings.model import ConferenceId, UnitId
from meetings.series.plan import Series, SeriesId, Skipped, SkipReason
from meetings.series.rrules import written
from meetings.store import Connection
from meetings.store.occurrences import insert_skips

SAVE_SERIES = """
    UPDATE series
       SET title = $2, kind = $3, chair = $4, note = $5, main_site_id = $6, site_ids = $7,
           rule = $8, first_day = $9, starts_at = $10, minutes = $11, version = $12,
           chair_id = $13, delegates = $14, host_unit_id = $15, secretary = $16,
           visibility = $17, urgency = $18, on_holidays = $19, call_systems = $20
     WHERE id = $1
"""
# In the order of ids, before the gate: who amends a single one holds it while waiting there.
LOCK_DATES = """
    SELECT id FROM conferences WHERE series_id = $1 ORDER BY id FOR NO KEY UPDATE
"""
MOVE_DATES = """
    UPDATE conferences SET series_id = $2 WHERE series_id = $1 AND occurrence >= $3
"""
MOVE_SKIPS = """
    UPDATE series_skips SET series_id = $2 WHERE series_id = $1 AND occurrence >= $3
"""
ADOPT = """
    UPDATE conferences SET series_id = $2, occurrence = $3 WHERE id = $1
"""
DELETE_SKIP = """
    DELETE FROM series_skips WHERE series_id = $1 AND occurrence = $2
"""
LIST_WATCHED = """
    SELECT DISTINCT series_id FROM series_skips
     WHERE occurrence >= $1 AND reason = ANY ($2::text[]) ORDER BY series_id
"""
MARK_FREE = """
    UPDATE series_skips
       SET free_since = CASE WHEN occurrence = ANY ($2::date[]) THEN coalesce(free_since, $3) END
     WHERE series_id = $1 AND reason = ANY ($4::text[])
       AND (free_since IS NOT NULL) <> (occurrence = ANY ($2::date[]))
"""
LIST_FREED = """
    SELECT s.id, s.title, min(k.occurrence) AS first_date, count(*) AS dates
      FROM series_skips k
      JOIN series s ON s.id = k.series_id
      JOIN units u ON u.id = s.host_unit_id
     WHERE u.path && $1::bigint[] AND k.free_since IS NOT NULL AND k.occurrence >= $2
     GROUP BY s.id, s.title
     ORDER BY first_date, s.id
     LIMIT $3
"""


# A series of its own no more: these were called off when their rule changed.
DETACH = """
    UPDATE conferences SET series_id = NULL, occurrence = NULL WHERE id = ANY ($1::bigint[])
"""
# In two steps: dates may swap, and each stands once in its series at any moment.
UNNUMBER = """
    UPDATE conferences SET occurrence = NULL WHERE id = ANY ($1::bigint[])
"""
RENUMBER = """
    UPDATE conferences c SET occurrence = n.occurrence
      FROM unnest($1::bigint[], $2::date[]) AS n (id, occurrence)
     WHERE c.id = n.id
"""
DELETE_SKIPS = """
    DELETE FROM series_skips WHERE series_id = $1 AND occurrence >= $2
"""


async def save_series(conn: Connection, series: Series) -> None:
    """Write what a series says now; not its dates."""
    wish, schedule = series.wish, series.schedule
    await conn.execute(
        SAVE_SERIES,
        series.id,
        wish.title,
        wish.kind.value,
        wish.chair,
        wish.note,
        wish.main_site,
        sorted(wish.sites),
        written(schedule.rule),
        schedule.first_day,
        schedule.starts_at,
        schedule.minutes,
        series.version,
        wish.chair_id,
        sorted(wish.delegates),
        wish.host,
        wish.secretary,
        wish.visibility.value,
        wish.urgency.value,
        schedule.on_holidays.value,
        wish.call_systems,
    )


async def lock_dates(conn: Connection, series: SeriesId) -> None:
    """Lock every conference of a series until the transaction ends."""
    await conn.execute(LOCK_DATES, series)


async def move_dates(conn: Connection, series: SeriesId, to: SeriesId, *, since: date) -> None:
    """Give the dates from a day on, held or left out, to another series."""
    await conn.execute(MOVE_DATES, series, to, since)
    await conn.execute(MOVE_SKIPS, series, to, since)


async def adopt(conn: Connection, conference: ConferenceId, series: SeriesId, day: date) -> None:
    """Make a conference the one of a date that was left out."""
    await conn.execute(ADOPT, conference, series, day)
    await conn.execute(DELETE_SKIP, series, day)


async def detach(conn: Connection, conferences: Collection[ConferenceId]) -> None:
    """Take conferences out of their series."""
    await conn.execute(DETACH, list(conferences))


async def renumber(conn: Connection, dates: Mapping[ConferenceId, date]) -> None:
    """Say of which date of the rule each conference is."""
    await conn.execute(UNNUMBER, list(dates))
    await conn.execute(RENUMBER, list(dates), list(dates.values()))


async def replace_skips(
    conn: Connection, series: SeriesId, skipped: Sequence[Skipped], *, since: date
) -> None:
    """Write which dates from a day on are left out, in place of those before."""
    await conn.execute(DELETE_SKIPS, series, since)
    await insert_skips(conn, series, skipped)


async def list_watched(
    conn: Connection, since: date, reasons: Collection[SkipReason]
) -> list[SeriesId]:
    """Return the series that left out dates from that day on for one of these reasons."""
    rows = await conn.fetch(LIST_WATCHED, since, [reason.value for reason in reasons])
    return [SeriesId(row["series_id"]) for row in rows]


async def mark_free(
    conn: Connection,
    series: SeriesId,
    free: Collection[date],
    *,
    reasons: Collection[SkipReason],
    now: datetime,
) -> None:
    """Note since when dates are free, and forget it of those that are not any more."""
    wanted = [reason.value for reason in reasons]
    await conn.execute(MARK_FREE, series, list(free), now, wanted)


async def list_freed(
    conn: Connection, units: Collection[UnitId], *, since: date, limit: int
) -> list[tuple[SeriesId, str, date, int]]:
    """Return the series hosted in these subtrees with dates that can be put back."""
    rows = await conn.fetch(LIST_FREED, list(units), since, limit)
    return [(SeriesId(row["id"]), row["title"], row["first_date"], row["dates"]) for row in rows]
