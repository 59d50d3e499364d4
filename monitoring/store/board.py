"""Every hall with its state and what it is promised to next, in one question."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import asyncpg

from meetings.model import ConferenceId, Period, SiteId, UnitId
from meetings.store import Connection
from meetings.store.directory import site_from_row
from monitoring.model import BoardRow, Health, NextConference, SiteHealth

# A hall is as well as the worst of its main devices; spare ones do not count.  Down counts since
# the first went down, anything else since the last change.
LIST_BOARD = """
    WITH seen AS (
        SELECT d.site_id, now.state, w.last_reason AS reason,
               CASE WHEN now.state = w.state THEN w.since ELSE w.last_at END AS since,
               array_position(ARRAY['down', 'unknown', 'up'], now.state) AS rank
          FROM devices d
          JOIN targets t ON t.device_id = d.id AND t.enabled
          JOIN watches w ON w.target_id = t.id
         CROSS JOIN LATERAL (
               SELECT state_at(w.state, w.last_at, t.interval_seconds, $1) AS state) now
         WHERE NOT d.spare),
    worst AS (
        SELECT DISTINCT ON (site_id) site_id, state, since, reason
          FROM seen
         ORDER BY site_id, rank, CASE WHEN state = 'down' THEN since END, since DESC)
    SELECT s.id, s.name, s.phone, u.id AS unit_id, u.code AS unit_code, u.name AS unit_name,
           u.kind AS unit_kind, u.path AS unit_path,
           worst.state, worst.since, worst.reason,
           next.id AS next_id, next.title AS next_title, next.host_unit_id AS next_host,
           lower(next.period) AS next_start, upper(next.period) AS next_end
      FROM sites s
      JOIN units u ON u.id = s.unit_id
      LEFT JOIN worst ON worst.site_id = s.id
      LEFT JOIN LATERAL (
           SELECT c.id, c.title, c.host_unit_id, c.period
             FROM holds h JOIN conferences c ON c.id = h.conference_id
            WHERE h.site_id = s.id AND h.firm AND upper(h.during) > $1
              AND c.state IN ('confirmed', 'live')
            ORDER BY upper(h.during) LIMIT 1) next ON TRUE
     WHERE s.valid @> $2::date AND u.valid @> $2::date
       AND ($3::bigint[] IS NULL OR u.path && $3::bigint[])
       AND ($4::bigint IS NULL OR s.id = $4)
     ORDER BY s.name_key, s.id
"""


async def list_board(
    conn: Connection,
    now: datetime,
    *,
    on: date,
    units: Collection[UnitId] | None = None,
    site: SiteId | None = None,
) -> list[BoardRow]:
    """Return the sites of these subtrees (None: of all) in Vietnamese order."""
    wanted = None if units is None else list(units)
    return [row_from_row(row) for row in await conn.fetch(LIST_BOARD, now, on, wanted, site)]


def row_from_row(row: asyncpg.Record) -> BoardRow:
    """Return a line of the board."""
    return BoardRow(site=site_from_row(row), health=health_from_row(row), next=next_from_row(row))


def health_from_row(row: asyncpg.Record) -> SiteHealth:
    """Return the state; a site without devices is unknown and not watched."""
    if row["state"] is None:
        return SiteHealth(state=Health.UNKNOWN, watched=False)
    return SiteHealth(
        state=Health(row["state"]), watched=True, since=row["since"], reason=row["reason"]
    )


def next_from_row(row: asyncpg.Record) -> NextConference | None:
    """Return what the site is promised to next."""
    if row["next_id"] is None:
        return None
    return NextConference(
        id=ConferenceId(row["next_id"]),
        title=row["next_title"],
        host=row["next_host"],
        period=Period(row["next_start"], row["next_end"]),
    )
