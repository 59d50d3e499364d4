"""Claiming: the locks that keep promises apart, and whether all is free."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from meetings.conflicts.facts import lines_of
from meetings.ids import ConferenceId, LineId, OfficialId, SiteId, UnitId
from meetings.model import Wish
from meetings.period import Period
from meetings.scheduling.resources import Hall
from meetings.store import Connection

GET_USE = """
    SELECT greatest(h.first, s.first, o.first) AS first, least(h.last, s.last, o.last) AS last
      FROM (SELECT lower(valid) AS first, upper(valid) AS last FROM units WHERE id = $3) h,
           (SELECT max(greatest(lower(s.valid), lower(u.valid))) AS first,
                   min(least(upper(s.valid), upper(u.valid))) AS last
              FROM sites s JOIN units u ON u.id = s.unit_id
             WHERE s.id = ANY ($1::bigint[])) s,
           (SELECT max(lower(o.valid)) AS first, min(upper(o.valid)) AS last
              FROM officials o WHERE o.id = ANY ($2::bigint[])) o
"""
# The function is called in the order of the arrays, so everybody locks in the same order.  Slot 0
# is the gate, passed by many at once; who holds it alone (store.occurrences) needs no other lock.
LOCK = """
    SELECT CASE WHEN current_setting('diemcau.gate', TRUE) = 'held' THEN NULL
                WHEN slot = 0 THEN pg_advisory_xact_lock_shared(0, 0)
                ELSE pg_advisory_xact_lock(slot, bucket) END
      FROM unnest($1::int[], $2::int[]) AS k (slot, bucket)
"""
IS_NEAR = """
    SELECT is_near($1, $2, $3, $4, $5, $6, $7, $8)
"""
# All locks are counted before the function is called, and it sees what was done until then.  The
# number that a new conference will have comes in the same trip: its links are made from it.
LOCK_AND_LOOK = f"""
    SELECT is_near($3, $4, $5, $6, $7, $8, $9, $10) AS near,
           CASE WHEN $10 = 0 THEN nextval('conferences_id_seq') ELSE $10 END AS number
      FROM (SELECT count(*) AS locks FROM ({LOCK}) AS one) AS taken
     WHERE locks > 0
"""  # noqa: S608 - made of the statement above only
GATE = (0, 0)
"""The lock that every booking shares, so that a whole series can wait until it is alone."""

HOSTS = -1
"""Stands for the slot in the lock of a host."""
SLOT = timedelta(hours=4)
"""Within it bookings of the same halls wait for each other; 07:00, 11:00 and 15:00 begin one."""
BUCKETS = 32
"""Into so many locks a slot's sites fall: PostgreSQL has room for a few thousand at a time."""


async def get_use(conn: Connection, wish: Wish) -> tuple[date | None, date | None]:
    """Return from which day on host, halls and officials are there, and when one is no more."""
    [row] = await conn.fetch(GET_USE, list(wish.sites), list(wish.officials), wish.host)
    return row["first"], row["last"]


def widest(halls: Mapping[SiteId, Hall], period: Period) -> Period:
    """Return the longest time for which any of the halls is held."""
    set_up = max(hall.set_up for hall in halls.values())
    tear_down = max(hall.tear_down for hall in halls.values())
    return Period(period.start - set_up, period.end + tear_down)


async def lock_and_look(
    conn: Connection,
    wish: Wish,
    halls: Mapping[SiteId, Hall],
    *,
    own: ConferenceId,
    margin: timedelta,
    host: UnitId | None = None,
) -> tuple[bool, ConferenceId]:
    """Wait until nobody else books any of these halls, officials or lines near the same time.

    Nor anything for the host, where its conferences are counted.  The locks are kept until the
    commit.  Tells whether any promise or black-out is in the way then, or as near as the margin,
    and the conference's number: its own, or one drawn for a new one.
    """
    wide = widest(halls, wish.period)
    reach = Period(wide.start - margin, wide.end + margin)
    keys = [GATE, *lock_keys(wish.sites, reach, wish.officials, lines_of(halls))]
    keys += [] if host is None else [(HOSTS, host)]
    slots, buckets = [slot for slot, _ in keys], [bucket for _, bucket in keys]
    wanted = wanted_of(wish, halls, reach, margin)
    [row] = await conn.fetch(LOCK_AND_LOOK, slots, buckets, *wanted, own)
    return row["near"], ConferenceId(row["number"])


def wanted_of(
    wish: Wish, halls: Mapping[SiteId, Hall], reach: Period, margin: timedelta = timedelta()
) -> tuple[object, ...]:
    """Return what is wished for and when, in the order in which the store is asked for it."""
    period = wish.period
    return (
        list(wish.sites),
        list(wish.officials),
        list(lines_of(halls)),
        period.start - margin,
        period.end + margin,
        reach.start,
        reach.end,
    )


async def lock_host(conn: Connection, host: UnitId) -> None:
    """Wait until nobody else books for a host whose conferences are counted; until the commit."""
    keys = [GATE, (HOSTS, host)]
    await conn.execute(LOCK, [slot for slot, _ in keys], [bucket for _, bucket in keys])


def lock_keys(
    sites: Collection[SiteId],
    period: Period,
    officials: Collection[OfficialId] = (),
    lines: Collection[LineId] = (),
) -> list[tuple[int, int]]:
    """Return the locks of a booking in the order they are taken: sites, then people, then lines.

    Of each by slot, then by bucket.  Overlapping periods share a slot, so two bookings that could
    clash share a lock.
    """
    first = int(period.start.timestamp() // SLOT.total_seconds())
    last = int((period.end - timedelta.resolution).timestamp() // SLOT.total_seconds())
    buckets = [
        sorted({kind * BUCKETS + one % BUCKETS for one in ids})
        for kind, ids in enumerate((sites, officials, lines))
    ]
    return [
        (slot, bucket) for kind in buckets for slot in range(first, last + 1) for bucket in kind
    ]


async def is_near(
    conn: Connection, wish: Wish, halls: Mapping[SiteId, Hall], *, own: ConferenceId
) -> bool:
    """Tell whether any promise or black-out is in the way of the wish; nothing is locked."""
    wanted = wanted_of(wish, halls, widest(halls, wish.period))
    near: bool = await conn.fetchval(IS_NEAR, *wanted, own)
    return near
