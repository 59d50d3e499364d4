"""Seats on the bridges: no pool is over its capacity at any instant."""

from __future__ import annotations

from meetings.errors import NoSeats
from meetings.model import Conference, PoolId
from meetings.store import Connection
from meetings.store import holds as store


async def hold_seats(conn: Connection, conference: Conference, pool: PoolId, *, seats: int) -> None:
    """Promise seats to the conference for its period, instead of those it held before.

    Locks the pool until the transaction ends; take it after the sites.

    Raises:
        NoSeats: at some instant of the period fewer are free.
    """
    free = await store.hold_seats(conn, conference, pool, seats=seats)
    if seats > free:
        raise NoSeats(seats, max(free, 0))
