"""Placing a series: which bridge carries each of its dates, found before any of them is written."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from bridges.errors import NoBridgeFits
from bridges.jitsi.names import room_name
from bridges.model import Bridge
from bridges.rules import candidates, room_times
from bridges.store import many, registry
from meetings.kinds import Kind
from meetings.model import ConferenceId, Period, Wish
from meetings.store import Connection
from meetings.store.holds import lock_pool
from meetings.workdays import local_day


async def find_bridges(
    conn: Connection, wish: Wish, periods: Sequence[Period], *, bridge: str | None
) -> dict[Period, Bridge]:
    """Return the first bridge that has the seats in each period; full periods are left out.

    Locks the seats of the bridges it tries until the transaction ends.

    Raises:
        BridgeNotFound: there is no bridge of that name.
        NoBridgeFits: there is no bridge at all, or all are being drained.
    """
    if not periods:
        return {}
    seats = len(wish.sites)
    loads = await registry.list_loads(conn, periods[0], wish.host)
    bridges = candidates(loads, bridge, kind=wish.kind)
    if not bridges:
        raise NoBridgeFits(seats)
    found: dict[Period, Bridge] = {}
    for one in bridges:
        left = [period for period in periods if period not in found]
        if not left:
            break
        capacity = await lock_pool(conn, one.pool)
        peaks = await many.list_peaks(conn, one.pool, left)
        fitting = zip(left, peaks, strict=True)
        found |= {period: one for period, peak in fitting if peak + seats <= capacity}
    return found


async def place_all(
    conn: Connection,
    conferences: Mapping[ConferenceId, Period],
    bridges: Mapping[Period, Bridge],
    *,
    kind: Kind,
    seats: int,
) -> None:
    """Give every conference its room and seats on the bridge that was found for its period."""
    placed = [
        (
            conference,
            period,
            bridges[period],
            room_name(kind, local_day(period.start), secrets.choice),
            room_times(period),
        )
        for conference, period in conferences.items()
    ]
    await many.insert_placed(conn, placed, seats=seats)
