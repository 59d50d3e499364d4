"""Facts: who holds what near a wish, what the host books by, and seats over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from meetings.conflicts.facts import Obstacle, PoolLoad
from meetings.ids import ConferenceId, LineId, OfficialId, PoolId, SiteId, UnitId
from meetings.kinds import Kind
from meetings.period import Period
from meetings.scheduling.reasons import Holder, HolderKind
from meetings.scheduling.resources import Subject, SubjectKind
from meetings.store import Connection
from meetings.store.black_outs import list_black_outs_of

LIST_OBSTACLES = """
    WITH near AS (
        SELECT h.conference_id, h.during, 'site' AS kind, array_agg(h.site_id) AS ids
          FROM holds h
         WHERE h.site_id = ANY ($1::bigint[]) AND h.firm AND h.conference_id <> $6
           AND upper(h.during) > $4 AND lower(h.during) < $5
         GROUP BY h.conference_id, h.during
         UNION ALL
        SELECT h.conference_id, h.during, 'official', array_agg(h.official_id)
          FROM official_holds h
         WHERE h.official_id = ANY ($2::bigint[]) AND h.firm AND h.conference_id <> $6
           AND upper(h.during) > $4 AND lower(h.during) < $5
         GROUP BY h.conference_id, h.during
         UNION ALL
        SELECT h.conference_id, h.during, 'line', array_agg(h.line_id)
          FROM line_holds h
         WHERE h.line_id = ANY ($3::bigint[]) AND h.firm AND h.conference_id <> $6
           AND upper(h.during) > $4 AND lower(h.during) < $5
         GROUP BY h.conference_id, h.during)
    SELECT n.kind, n.ids, n.conference_id, c.host_unit_id, c.title,
           lower(n.during) AS kept_from, upper(n.during) AS kept_until,
           greatest(lower(c.period), lower(n.during)) AS starts_at,
           least(upper(c.period), upper(n.during)) AS ends_at
      FROM near n
      JOIN conferences c ON c.id = n.conference_id
     ORDER BY lower(n.during), n.conference_id, n.kind
"""
# Stretches in which one of these officials or lines cannot be had, or one of these halls is
# blacked out ($3 is asked for apart, since halls need time before and after).
LIST_OTHERS_BUSY = """
    SELECT lower(h.during) AS starts_at, upper(h.during) AS ends_at FROM official_holds h
     WHERE h.official_id = ANY ($1::bigint[]) AND h.firm AND h.conference_id <> $5
       AND upper(h.during) > $3 AND lower(h.during) < $4
     UNION
    SELECT lower(h.during), upper(h.during) FROM line_holds h
     WHERE h.line_id = ANY ($2::bigint[]) AND h.firm AND h.conference_id <> $5
       AND upper(h.during) > $3 AND lower(h.during) < $4
     UNION
    SELECT lower(b.during), upper(b.during) FROM black_outs b
     WHERE b.official_id = ANY ($1::bigint[]) AND upper(b.during) > $3 AND lower(b.during) < $4
     UNION
    SELECT lower(b.during), upper(b.during) FROM black_outs b
     WHERE b.line_id = ANY ($2::bigint[]) AND upper(b.during) > $3 AND lower(b.during) < $4
"""
KINDS = [kind.value for kind in Kind]
"""Tags of a pool among these keep it for them."""
COUNT_OPEN = """
    SELECT count(*) FROM conferences
     WHERE host_unit_id = $1 AND state IN ('confirmed', 'live') AND upper(period) > $2 AND id <> $3
"""
# A conference that holds seats already stays with their pool; else $4 names the pools, or all that
# are open to its kind ($5) are meant.
LIST_POOLS = """
    SELECT p.id, p.seats, h.seats AS promised, h.conference_id, c.host_unit_id, c.title,
           lower(h.during) AS starts_at, upper(h.during) AS ends_at
      FROM seat_pools p
      LEFT JOIN seat_holds h ON h.pool_id = p.id AND h.conference_id <> $3
       AND h.during && tstzrange($1, $2)
      LEFT JOIN conferences c ON c.id = h.conference_id
      LEFT JOIN seat_holds mine ON mine.conference_id = $3
     WHERE CASE WHEN mine.pool_id IS NOT NULL THEN p.id = mine.pool_id
                WHEN $4::bigint[] IS NOT NULL THEN p.id = ANY ($4)
                ELSE NOT p.closed AND (NOT p.tags && $6::text[] OR $5 = ANY (p.tags)) END
     ORDER BY p.id, lower(h.during), h.conference_id
"""


def obstacle_from_row(row: asyncpg.Record) -> Obstacle:
    """Return what one conference holds of one kind for one period."""
    kind, holder = SubjectKind(row["kind"]), holder_from_row(row)
    subjects = tuple(Subject(kind, one) for one in row["ids"])
    period, kept = told_apart(row)
    return Obstacle(holder=holder, period=period, subjects=subjects, kept=kept)


def told_apart(row: asyncpg.Record) -> tuple[Period, Period | None]:
    """Return when the conference is that holds a hall, and what is kept around it, if that is more.

    Of one that was called off while its hall was being set up only the set-up is left.
    """
    kept = Period(row["kept_from"], row["kept_until"])
    if row["starts_at"] >= row["ends_at"]:
        return kept, None
    period = Period(row["starts_at"], row["ends_at"])
    return period, None if period == kept else kept


async def list_obstacles(
    conn: Connection,
    period: Period,
    *,
    sites: Collection[SiteId],
    officials: Collection[OfficialId],
    lines: Collection[LineId],
    own: ConferenceId,
) -> list[Obstacle]:
    """Return every promise and black-out of these in the period, promises first."""
    wanted = list(sites), list(officials), list(lines)
    rows = await conn.fetch(LIST_OBSTACLES, *wanted, period.start, period.end, own)
    black = await list_black_outs_of(conn, period, sites=sites, officials=officials, lines=lines)
    return [obstacle_from_row(row) for row in rows] + [
        Obstacle(
            holder=Holder(kind=HolderKind.BLACK_OUT, id=one.id, words=one.reason),
            period=one.period,
            subjects=(one.subject,),
        )
        for one in black
    ]


async def list_others_busy(
    conn: Connection,
    period: Period,
    *,
    officials: Collection[OfficialId],
    lines: Collection[LineId],
    own: ConferenceId,
) -> list[Period]:
    """Return the periods within which one of the officials or lines cannot be had."""
    if not officials and not lines:
        return []
    rows = await conn.fetch(
        LIST_OTHERS_BUSY, list(officials), list(lines), period.start, period.end, own
    )
    return [Period(row["starts_at"], row["ends_at"]) for row in rows]


async def count_open(conn: Connection, host: UnitId, now: datetime, *, own: ConferenceId) -> int:
    """Return how many conferences of the host are promised and not over, this one left out."""
    count: int = await conn.fetchval(COUNT_OPEN, host, now, own)
    return count


async def list_pools(
    conn: Connection,
    period: Period,
    *,
    kind: Kind,
    own: ConferenceId,
    only: Collection[PoolId] | None = None,
) -> list[PoolLoad]:
    """Return the pools with what is promised of each in the period to other conferences.

    Those that are open to conferences of the kind, unless some are named.
    """
    named = None if only is None else list(only)
    given = (period.start, period.end, own, named, kind.value, KINDS)
    pools: dict[PoolId, list[asyncpg.Record]] = {}
    for row in await conn.fetch(LIST_POOLS, *given):
        pools.setdefault(row["id"], []).append(row)
    return [pool_from_rows(pool, rows) for pool, rows in pools.items()]


def pool_from_rows(pool: PoolId, rows: Sequence[asyncpg.Record]) -> PoolLoad:
    """Return a pool with its promises, a row each; without any there is one row of nothing."""
    held = [row for row in rows if row["promised"] is not None]
    return PoolLoad(
        pool=pool,
        seats=rows[0]["seats"],
        promised=tuple((Period(row["starts_at"], row["ends_at"]), row["promised"]) for row in held),
        holders=tuple(map(holder_from_row, held)),
    )


def holder_from_row(row: asyncpg.Record) -> Holder:
    """Return the conference of a row that joins it as above."""
    return Holder(
        kind=HolderKind.CONFERENCE,
        id=row["conference_id"],
        host=row["host_unit_id"],
        words=row["title"],
    )
