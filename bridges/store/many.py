"""Rooms and seats of many conferences at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bridges.model import Bridge, RoomName
from bridges.rules import Times
from meetings.model import ConferenceId, Period, PoolId
from meetings.store import Connection

# For each period the most seats promised at one of its instants; see meetings.store.holds.
LIST_PEAKS = """
    SELECT coalesce((
        SELECT max(load)
          FROM (SELECT sum(delta) OVER (ORDER BY at, delta) AS load
                  FROM (SELECT greatest(lower(h.during), o.starts_at) AS at, h.seats AS delta
                          FROM seat_holds h
                         WHERE h.pool_id = $1 AND h.during && tstzrange(o.starts_at, o.ends_at)
                           AND h.conference_id <> ALL ($4::bigint[])
                         UNION ALL
                        SELECT upper(h.during), -h.seats
                          FROM seat_holds h
                         WHERE h.pool_id = $1 AND h.during && tstzrange(o.starts_at, o.ends_at)
                           AND h.conference_id <> ALL ($4::bigint[])
                       ) AS steps
               ) AS loads), 0) AS peak
      FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY
           AS o (starts_at, ends_at, place)
     ORDER BY o.place
"""
INSERT_SEATS = """
    INSERT INTO seat_holds (conference_id, pool_id, seats, during)
    SELECT n.conference_id, n.pool_id, $1, tstzrange(n.starts_at, n.ends_at)
      FROM unnest($2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
           AS n (conference_id, pool_id, starts_at, ends_at)
"""
INSERT_ROOMS = """
    INSERT INTO rooms (conference_id, bridge_id, name, opens_at, ends_at, closes_at,
                       grant_ends_at, state)
    SELECT n.conference_id, n.bridge_id, n.name, n.opens_at, n.ends_at, n.closes_at,
           n.grant_ends_at, 'booked'
      FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                  $6::timestamptz[], $7::timestamptz[])
           AS n (conference_id, bridge_id, name, opens_at, ends_at, closes_at, grant_ends_at)
"""
SAVE_TIMES = """
    UPDATE rooms r SET opens_at = n.opens_at, ends_at = n.ends_at, closes_at = n.closes_at,
           grant_ends_at = CASE WHEN r.state = 'booked' THEN n.grant_ends_at
                                ELSE r.grant_ends_at END
      FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[],
                  $5::timestamptz[]) AS n (id, opens_at, ends_at, closes_at, grant_ends_at)
     WHERE r.conference_id = n.id AND r.state <> 'closed'
"""
CLOSE_ROOMS = """
    UPDATE rooms SET state = 'closed', closed_at = $2
     WHERE conference_id = ANY ($1::bigint[]) AND state <> 'closed'
"""

Placed = tuple[ConferenceId, Period, Bridge, RoomName, Times]
"""A conference with its period, where it goes and how its room is called."""


async def list_peaks(
    conn: Connection,
    pool: PoolId,
    periods: Sequence[Period],
    *,
    own: Collection[ConferenceId] = (),
) -> list[int]:
    """Return the most seats promised to others than one's own at one instant of each period."""
    starts, ends = [one.start for one in periods], [one.end for one in periods]
    rows = await conn.fetch(LIST_PEAKS, pool, starts, ends, list(own))
    return [int(row["peak"]) for row in rows]


async def insert_placed(conn: Connection, placed: Sequence[Placed], *, seats: int) -> None:
    """Hold so many seats for each conference and write its room."""
    conferences = [conference for conference, *_ in placed]
    await conn.execute(
        INSERT_SEATS,
        seats,
        conferences,
        [bridge.pool for _, _, bridge, _, _ in placed],
        [period.start for _, period, *_ in placed],
        [period.end for _, period, *_ in placed],
    )
    await conn.execute(
        INSERT_ROOMS,
        conferences,
        [bridge.id for _, _, bridge, _, _ in placed],
        [name for _, _, _, name, _ in placed],
        [times.opens_at for *_, times in placed],
        [times.ends_at for *_, times in placed],
        [times.closes_at for *_, times in placed],
        [times.grant_ends_at for *_, times in placed],
    )


async def save_times(conn: Connection, times: Mapping[ConferenceId, Times]) -> None:
    """Give rooms that are not closed other times; see `bridges.store.rooms.save_times`."""
    every = list(times.values())
    await conn.execute(
        SAVE_TIMES,
        list(times),
        [one.opens_at for one in every],
        [one.ends_at for one in every],
        [one.closes_at for one in every],
        [one.grant_ends_at for one in every],
    )


async def close_rooms(
    conn: Connection, conferences: Collection[ConferenceId], at: datetime
) -> None:
    """Note that nobody enters these rooms any more."""
    await conn.execute(CLOSE_ROOMS, list(conferences), at)
