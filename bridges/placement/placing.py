"""Placing: which bridge carries a conference, with seats and a name of its own."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

from bridges.errors import NoBridgeFits
from bridges.jitsi.names import room_name
from bridges.model import Bridge, Room
from bridges.rules import SOON, candidates, room_times
from bridges.store import registry
from bridges.store import rooms as store
from bridges.store.carried import list_loads
from meetings.errors import NoSeats
from meetings.model import Conference, Wish
from meetings.office.workdays import local_day
from meetings.store import Connection
from meetings.store.holds import hold_seats


async def place(
    conn: Connection,
    conference: Conference,
    *,
    bridge: str | None,
    now: datetime,
    first: bool = False,
) -> Room:
    """Give a conference its room, in the transaction of its booking; again returns the same.

    Locks the seats of the bridges it tries until the transaction ends.  `first` says that it
    cannot have a room yet, and nobody needs to look.

    Raises:
        BridgeNotFound: there is no bridge of that name.
        NoBridgeFits: there is no bridge at all, or all are being drained.
        NoSeats: no bridge has so many seats free.
    """
    placed = None if first else await store.find_room(conn, conference.id)
    if placed is not None:
        return placed
    bridges = await to_try(conn, conference, bridge, now=now)
    times = room_times(conference.period)
    name = room_name(conference.kind, local_day(conference.period.start), secrets.choice)
    insert = partial(store.insert_room, conn, conference, name=name, times=times)
    chosen = await first_with_seats(bridges, len(conference.sites), insert)
    return Room(
        conference=conference.id,
        bridge=chosen.id,
        bridge_name=chosen.name,
        name=name,
        opens_at=times.opens_at,
        ends_at=times.ends_at,
        closes_at=times.closes_at,
        grant_ends_at=times.grant_ends_at,
    )


async def to_try(
    conn: Connection,
    wanted: Wish | Conference,
    named: str | None,
    *,
    now: datetime | None = None,
) -> list[Bridge]:
    """Return the bridges that may carry what is wanted: the one named, else the most fitting first.

    How hard they work at the moment, if it is given, counts for what begins soon.

    Raises:
        BridgeNotFound: there is none of that name.
    """
    if named is not None:
        return [await registry.get_bridge(conn, named)]
    loads = await list_loads(conn, wanted.period, wanted.host)
    soon = now is not None and wanted.period.start <= now + SOON
    return candidates(loads, kind=wanted.kind, now=now if soon else None)


async def claim_seats(
    conn: Connection, conference: Conference, bridges: Sequence[Bridge]
) -> Bridge:
    """Return the first bridge that has the seats, and hold them."""
    seats = len(conference.sites)
    return await first_with_seats(
        bridges, seats, lambda bridge: hold_seats(conn, conference, bridge.pool, seats=seats)
    )


async def first_with_seats(
    bridges: Sequence[Bridge], seats: int, hold: Callable[[Bridge], Awaitable[int]]
) -> Bridge:
    """Return the first bridge that has the seats; `hold` takes them and tells how many were free.

    Raises:
        NoBridgeFits, NoSeats: there is none.
    """
    refusal: Exception = NoBridgeFits(seats)
    for bridge in bridges:
        free = await hold(bridge)
        if seats <= free:
            return bridge
        refusal = NoSeats(seats, max(free, 0))
    raise refusal
