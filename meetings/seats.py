"""Seats on the bridges: no pool is over its capacity at any instant."""

from __future__ import annotations

from meetings.errors import NoSeats
from meetings.model import Conference, Period, PoolId
from meetings.store import Connection
from meetings.store import holds as store


async def free_seats(conn: Connection, pool: PoolId, period: Period) -> int:
    """Return how many seats stay free through the whole period; locks the pool."""
    return await store.lock_pool(conn, pool) - await store.get_peak(conn, pool, period)


async def hold_seats(conn: Connection, conference: Conference, pool: PoolId, *, seats: int) -> None:
    """Promise seats to the conference for its period, instead of those it held before.

    Locks the pool until the transaction ends; take it after the sites.

    Raises:
        NoSeats: at some instant of the period fewer are free.
    """
    capacity = await store.lock_pool(conn, pool)
    free = capacity - await store.get_peak(conn, pool, conference.period, own=conference.id)
    if seats > free:
        raise NoSeats(seats, max(free, 0))
    await store.save_seat_hold(conn, conference.id, pool, seats=seats, period=conference.period)
