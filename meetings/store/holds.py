"""Holds: what is promised to whom, and the locks that keep promises apart."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import asyncpg

from meetings.model import (
    Conference,
    ConferenceId,
    OfficialId,
    Period,
    PoolId,
    Rival,
    SiteId,
    State,
)
from meetings.scheduling.resources import Hall
from meetings.store import Connection
from meetings.store.facts import told_apart

LIST_RIVALS = """
    SELECT h.site_id, h.conference_id, c.host_unit_id, c.title,
           lower(h.during) AS kept_from, upper(h.during) AS kept_until,
           greatest(lower(c.period), lower(h.during)) AS starts_at,
           least(upper(c.period), upper(h.during)) AS ends_at
      FROM holds h
      JOIN conferences c ON c.id = h.conference_id
      JOIN sites s ON s.id = h.site_id
     WHERE h.site_id = ANY ($1::bigint[]) AND h.firm AND h.conference_id <> $4
       AND upper(h.during) > $2 AND lower(h.during) < $3
     ORDER BY lower(h.during), s.name_key, h.site_id
"""
LIST_BUSY = """
    SELECT lower(h.during) AS starts_at, upper(h.during) AS ends_at
      FROM holds h
     WHERE h.site_id = ANY ($1::bigint[]) AND h.firm AND h.conference_id <> $4
       AND upper(h.during) > $2 AND lower(h.during) < $3
     UNION
    SELECT lower(b.during), upper(b.during)
      FROM black_outs b
     WHERE b.site_id = ANY ($1::bigint[]) AND upper(b.during) > $2 AND lower(b.during) < $3
"""
SAVE_HOLDS = """
    WITH gone AS (DELETE FROM holds
                   WHERE conference_id = ANY ($1::bigint[]) AND site_id <> ALL ($4::bigint[]))
    INSERT INTO holds (conference_id, site_id, during, firm)
    SELECT n.id, k.site, tstzrange(n.starts_at - k.set_up, n.ends_at + k.tear_down), $7
      FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS n (id, starts_at, ends_at),
           unnest($4::bigint[], $5::interval[], $6::interval[]) AS k (site, set_up, tear_down)
        ON CONFLICT (conference_id, site_id) DO UPDATE
       SET during = EXCLUDED.during, firm = EXCLUDED.firm
"""
SAVE_OFFICIAL_HOLDS = """
    WITH gone AS (DELETE FROM official_holds
                   WHERE conference_id = ANY ($1::bigint[]) AND official_id <> ALL ($4::bigint[]))
    INSERT INTO official_holds (conference_id, official_id, during, firm)
    SELECT n.id, official, tstzrange(n.starts_at, n.ends_at), $5
      FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS n (id, starts_at, ends_at),
           unnest($4::bigint[]) AS official
        ON CONFLICT (conference_id, official_id) DO UPDATE
       SET during = EXCLUDED.during, firm = EXCLUDED.firm
"""
SAVE_LINE_HOLDS = """
    WITH gone AS (DELETE FROM line_holds
                   WHERE conference_id = ANY ($1::bigint[]) AND line_id <> ALL ($4::bigint[]))
    INSERT INTO line_holds (conference_id, line_id, during, firm)
    SELECT n.id, line, tstzrange(n.starts_at, n.ends_at), $5
      FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS n (id, starts_at, ends_at),
           unnest($4::bigint[]) AS line
        ON CONFLICT (conference_id, line_id) DO UPDATE
       SET during = EXCLUDED.during, firm = EXCLUDED.firm
"""
# $3: a hall needs its tear-down also after an end before time, but no longer than was promised.
RELEASE_HOLDS = """
    WITH cut_at AS (
        SELECT h.site_id, CASE WHEN $3 THEN least(upper(h.during),
               $2::timestamptz + greatest(upper(h.during) - upper(c.period), interval '0'))
               ELSE $2 END AS moment
          FROM holds h JOIN conferences c ON c.id = h.conference_id
         WHERE h.conference_id = $1),
    gone AS (DELETE FROM holds WHERE conference_id = $1 AND lower(during) >= $2),
    cut AS (UPDATE holds h SET during = tstzrange(lower(h.during), k.moment)
              FROM cut_at k
             WHERE h.conference_id = $1 AND h.site_id = k.site_id
               AND lower(h.during) < $2 AND upper(h.during) > k.moment),
    people_gone AS (DELETE FROM official_holds WHERE conference_id = $1 AND lower(during) >= $2),
    people AS (UPDATE official_holds SET during = tstzrange(lower(during), $2)
                WHERE conference_id = $1 AND lower(during) < $2 AND upper(during) > $2),
    lines_gone AS (DELETE FROM line_holds WHERE conference_id = $1 AND lower(during) >= $2),
    shared AS (UPDATE line_holds SET during = tstzrange(lower(during), $2)
                WHERE conference_id = $1 AND lower(during) < $2 AND upper(during) > $2),
    free AS (DELETE FROM seat_holds WHERE conference_id = $1 AND lower(during) >= $2)
    UPDATE seat_holds SET during = tstzrange(lower(during), $2)
     WHERE conference_id = $1 AND lower(during) < $2 AND upper(during) > $2
"""
LOCK_POOL = """
    SELECT seats FROM seat_pools WHERE id = $1 FOR NO KEY UPDATE
"""
HOLD_SEATS = """
    SELECT hold_seats($1, $2, $3, tstzrange($4, $5))
"""
FIND_POOL = """
    SELECT pool_id FROM seat_holds WHERE conference_id = $1
"""
NOBODY = ConferenceId(0)
"""Stands for "no conference of our own" where rivals are looked for."""


async def list_rivals(
    conn: Connection, sites: Collection[SiteId], period: Period, *, own: ConferenceId = NOBODY
) -> list[Rival]:
    """Return who holds any of these sites in the period, the earliest first."""
    rows = await conn.fetch(LIST_RIVALS, list(sites), period.start, period.end, own)
    return [rival_from_row(row) for row in rows]


def rival_from_row(row: asyncpg.Record) -> Rival:
    """Return who holds a site, when its conference is and what is kept around that."""
    period, kept = told_apart(row)
    return Rival(
        site=row["site_id"],
        conference=row["conference_id"],
        host=row["host_unit_id"],
        period=period,
        title=row["title"],
        kept=kept,
    )


async def list_busy(
    conn: Connection, sites: Collection[SiteId], period: Period, *, own: ConferenceId = NOBODY
) -> list[Period]:
    """Return the periods within which at least one of the sites is promised or blacked out."""
    rows = await conn.fetch(LIST_BUSY, list(sites), period.start, period.end, own)
    return [Period(row["starts_at"], row["ends_at"]) for row in rows]


async def save_holds(
    conn: Connection, conference: Conference, halls: Collection[Hall] | None = None
) -> None:
    """Hold exactly these halls, with their lines and the conference's officials, for its period.

    Firmly unless it is only asked for; a draft holds nothing.  Without `halls` they are the
    conference's own, with no time before and after.
    """
    firm = conference.state is not State.REQUESTED
    plain = [Hall(site=site) for site in conference.sites]
    held = [] if conference.state is State.DRAFT else list(halls or plain)
    chairs = set() if conference.chair_id is None else {conference.chair_id}
    people = chairs.union(conference.delegates) if held else set()
    await hold_alike(conn, [conference], halls=held, officials=people, firm=firm)


async def hold_alike(
    conn: Connection,
    found: Collection[Conference],
    *,
    halls: Collection[Hall],
    officials: Collection[OfficialId],
    firm: bool = True,
) -> None:
    """Hold exactly these halls with their lines, and these officials, for the period of each."""
    spans = (
        [one.id for one in found],
        [one.period.start for one in found],
        [one.period.end for one in found],
    )
    sites = [hall.site for hall in halls]
    before, after = [hall.set_up for hall in halls], [hall.tear_down for hall in halls]
    lines = sorted({hall.line for hall in halls if hall.line is not None})
    await conn.execute(SAVE_HOLDS, *spans, sites, before, after, firm)
    await conn.execute(SAVE_OFFICIAL_HOLDS, *spans, sorted(officials), firm)
    await conn.execute(SAVE_LINE_HOLDS, *spans, lines, firm)


async def release_holds(
    conn: Connection, conference: ConferenceId, moment: datetime, *, tear_down: bool = False
) -> None:
    """Free all that is held from that moment on; what lies before stays on record.

    After a conference that took place its halls keep their time for tear-down.
    """
    await conn.execute(RELEASE_HOLDS, conference, moment, tear_down)


async def lock_pool(conn: Connection, pool: PoolId) -> int:
    """Return how many seats the pool has, locked until the transaction ends."""
    seats: int = await conn.fetchval(LOCK_POOL, pool)
    return seats


async def hold_seats(conn: Connection, conference: Conference, pool: PoolId, *, seats: int) -> int:
    """Return how many seats are free; promise what is wanted if it is not more than that.

    The pool is locked until the transaction ends.
    """
    period = conference.period
    free: int = await conn.fetchval(
        HOLD_SEATS, conference.id, pool, seats, period.start, period.end
    )
    return free


async def find_pool(conn: Connection, conference: ConferenceId) -> PoolId | None:
    """Return the pool whose seats the conference holds."""
    pool: PoolId | None = await conn.fetchval(FIND_POOL, conference)
    return pool
