"""Holds: what is promised to whom, and the locks that keep promises apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

import asyncpg

from meetings.model import Conference, ConferenceId, Period, PoolId, Rival, SiteId, State
from meetings.store import Connection

# The function is called in the order of the arrays, so everybody locks in the same order.
LOCK_SITES = """
    SELECT pg_advisory_xact_lock(day, bucket) FROM unnest($1::int[], $2::int[]) AS k (day, bucket)
"""
# One round trip says whether all is well: the sites in use on that day, and those promised.  The
# unit is looked up for each site: as a join, the planner goes by all units valid on that day.
GET_STANDING = """
    SELECT ARRAY(
               SELECT s.id FROM sites s
                WHERE s.id = ANY ($1::bigint[]) AND s.valid @> $2::date
                  AND (SELECT u.valid @> $2::date FROM units u WHERE u.id = s.unit_id)
           ) AS valid,
           EXISTS (
               SELECT FROM holds h
                WHERE h.site_id = ANY ($1::bigint[]) AND h.firm AND h.conference_id <> $5
                  AND upper(h.during) > $3 AND lower(h.during) < $4
           ) AS taken
"""
LIST_RIVALS = """
    SELECT h.site_id, h.conference_id, c.host_unit_id, lower(h.during) AS starts_at,
           upper(h.during) AS ends_at, c.title
      FROM holds h
      JOIN conferences c ON c.id = h.conference_id
      JOIN sites s ON s.id = h.site_id
     WHERE h.site_id = ANY ($1::bigint[]) AND h.firm AND h.conference_id <> $4
       AND upper(h.during) > $2 AND lower(h.during) < $3
     ORDER BY lower(h.during), s.name_key, h.site_id
"""
LIST_BUSY = """
    SELECT DISTINCT lower(h.during) AS starts_at, upper(h.during) AS ends_at
      FROM holds h
     WHERE h.site_id = ANY ($1::bigint[]) AND h.firm AND h.conference_id <> $4
       AND upper(h.during) > $2 AND lower(h.during) < $3
"""
GET_LAST_DAY = """
    SELECT min(least(upper(s.valid), upper(u.valid)))
      FROM sites s JOIN units u ON u.id = s.unit_id
     WHERE s.id = ANY ($1::bigint[])
"""
DELETE_HOLDS = """
    DELETE FROM holds WHERE conference_id = $1 AND site_id <> ALL ($2::bigint[])
"""
SAVE_HOLDS = """
    INSERT INTO holds (conference_id, site_id, during, firm)
    SELECT $1, site, tstzrange($3, $4), $5 FROM unnest($2::bigint[]) AS site
        ON CONFLICT (conference_id, site_id) DO UPDATE
       SET during = EXCLUDED.during, firm = EXCLUDED.firm
"""
RELEASE_HOLDS = """
    WITH gone AS (DELETE FROM holds WHERE conference_id = $1 AND lower(during) >= $2),
    cut AS (UPDATE holds SET during = tstzrange(lower(during), $2)
             WHERE conference_id = $1 AND lower(during) < $2 AND upper(during) > $2),
    free AS (DELETE FROM seat_holds WHERE conference_id = $1 AND lower(during) >= $2)
    UPDATE seat_holds SET during = tstzrange(lower(during), $2)
     WHERE conference_id = $1 AND lower(during) < $2 AND upper(during) > $2
"""
LOCK_POOL = """
    SELECT seats FROM seat_pools WHERE id = $1 FOR NO KEY UPDATE
"""
# At an instant where one conference ends and another begins, the ending one counts first.
GET_PEAK = """
    SELECT coalesce(max(load), 0)
      FROM (SELECT sum(delta) OVER (ORDER BY at, delta) AS load
              FROM (SELECT greatest(lower(during), $2) AS at, seats AS delta
                      FROM seat_holds
                     WHERE pool_id = $1 AND during && tstzrange($2, $3) AND conference_id <> $4
                     UNION ALL
                    SELECT upper(during), -seats
                      FROM seat_holds
                     WHERE pool_id = $1 AND during && tstzrange($2, $3) AND conference_id <> $4
                   ) AS steps
           ) AS loads
"""
SAVE_SEAT_HOLD = """
    INSERT INTO seat_holds (conference_id, pool_id, seats, during)
    VALUES ($1, $2, $3, tstzrange($4, $5))
        ON CONFLICT (conference_id) DO UPDATE
       SET pool_id = EXCLUDED.pool_id, seats = EXCLUDED.seats, during = EXCLUDED.during
"""
FIND_POOL = """
    SELECT pool_id FROM seat_holds WHERE conference_id = $1
"""
BUCKETS = 64
"""Into so many locks a day's sites fall: PostgreSQL has room for a few thousand locks at a time."""

NOBODY = ConferenceId(0)
"""Stands for "no conference of our own" where rivals are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether sites can be promised: which of them are in use, and whether any is taken."""

    valid: frozenset[SiteId]
    taken: bool


async def lock_sites(conn: Connection, sites: Collection[SiteId], period: Period) -> None:
    """Wait until nobody else books any of these sites on the same days; until the commit.

    Must be a statement of its own, before the holds are read.
    """
    keys = lock_keys(sites, period)
    await conn.execute(LOCK_SITES, [day for day, _ in keys], [bucket for _, bucket in keys])


def lock_keys(sites: Collection[SiteId], period: Period) -> list[tuple[int, int]]:
    """Return the locks of a booking in the order they are taken: by day, then by bucket.

    Overlapping periods share a day, so two bookings that could clash share a lock.
    """
    first = period.start.astimezone(UTC).toordinal()
    last = period.end.astimezone(UTC).toordinal()
    buckets = sorted({site % BUCKETS for site in sites})
    return [(day, bucket) for day in range(first, last + 1) for bucket in buckets]


async def get_standing(
    conn: Connection, sites: Collection[SiteId], period: Period, *, on: date, own: ConferenceId
) -> Standing:
    """Return which sites are in use on that day, and whether any is promised in the period."""
    [row] = await conn.fetch(GET_STANDING, list(sites), on, period.start, period.end, own)
    return Standing(valid=frozenset(row["valid"]), taken=row["taken"])


async def list_rivals(
    conn: Connection, sites: Collection[SiteId], period: Period, *, own: ConferenceId = NOBODY
) -> list[Rival]:
    """Return who holds any of these sites in the period, the earliest first."""
    rows = await conn.fetch(LIST_RIVALS, list(sites), period.start, period.end, own)
    return [_rival_from_row(row) for row in rows]


def _rival_from_row(row: asyncpg.Record) -> Rival:
    return Rival(
        site=row["site_id"],
        conference=row["conference_id"],
        host=row["host_unit_id"],
        period=Period(row["starts_at"], row["ends_at"]),
        title=row["title"],
    )


async def list_busy(
    conn: Connection, sites: Collection[SiteId], period: Period, *, own: ConferenceId = NOBODY
) -> list[Period]:
    """Return the periods within which at least one of the sites is promised."""
    rows = await conn.fetch(LIST_BUSY, list(sites), period.start, period.end, own)
    return [Period(row["starts_at"], row["ends_at"]) for row in rows]


async def find_last_day(conn: Connection, sites: Collection[SiteId]) -> date | None:
    """Return the first day on which one of the sites is no more, if that is known."""
    day: date | None = await conn.fetchval(GET_LAST_DAY, list(sites))
    return day


async def save_holds(conn: Connection, conference: Conference) -> None:
    """Hold exactly the conference's sites for its period; firmly unless it is only asked for."""
    sites = [] if conference.state is State.DRAFT else list(conference.sites)
    firm = conference.state is not State.REQUESTED
    await conn.execute(DELETE_HOLDS, conference.id, sites)
    period = conference.period
    await conn.execute(SAVE_HOLDS, conference.id, sites, period.start, period.end, firm)


async def release_holds(conn: Connection, conference: ConferenceId, moment: datetime) -> None:
    """Free sites and seats from that moment on; what lies before stays on record."""
    await conn.execute(RELEASE_HOLDS, conference, moment)


async def lock_pool(conn: Connection, pool: PoolId) -> int:
    """Return how many seats the pool has, locked until the transaction ends."""
    seats: int = await conn.fetchval(LOCK_POOL, pool)
    return seats


async def get_peak(
    conn: Connection, pool: PoolId, period: Period, *, own: ConferenceId = NOBODY
) -> int:
    """Return the most seats promised at one instant of the period to other conferences."""
    peak: int = await conn.fetchval(GET_PEAK, pool, period.start, period.end, own)
    return int(peak)


async def save_seat_hold(
    conn: Connection, conference: ConferenceId, pool: PoolId, *, seats: int, period: Period
) -> None:
    """Promise seats of a pool to a conference, instead of what it held before."""
    await conn.execute(SAVE_SEAT_HOLD, conference, pool, seats, period.start, period.end)


async def find_pool(conn: Connection, conference: ConferenceId) -> PoolId | None:
    """Return the pool whose seats the conference holds."""
    pool: PoolId | None = await conn.fetchval(FIND_POOL, conference)
    return pool
