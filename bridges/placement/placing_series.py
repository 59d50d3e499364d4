"""Placing a series: which bridge carries each of its dates, found before any of them is written."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence

from bridges.errors import NoBridgeFits
from bridges.jitsi.names import room_name
from bridges.model import Bridge
from bridges.placement.placing import to_try
from bridges.rules import room_times
from bridges.store import many
from meetings.kinds import Kind
from meetings.model import Conference, ConferenceId, Period, Wish
from meetings.office.workdays import local_day
from meetings.series.plan import wish_on
from meetings.store import Connection
from meetings.store.holds import lock_pool
from meetings.store.many import list_pools


async def find_bridges(
    conn: Connection,
    wish: Wish,
    periods: Sequence[Period],
    *,
    bridge: str | None,
    own: Collection[ConferenceId] = (),
) -> dict[Period, Bridge]:
    """Return the first bridge that has the seats in each period; full periods are left out.

    What these conferences of one's `own` hold will be given back before.  Locks the seats of the
    bridges it tries until the transaction ends.

    Raises:
        BridgeNotFound: there is no bridge of that name.
        NoBridgeFits: there is no bridge at all, or all are being drained.
    """
    if not periods:
        return {}
    seats = len(wish.sites)
    bridges = await to_try(conn, wish_on(wish, periods[0]), bridge)
    if not bridges:
        raise NoBridgeFits(seats)
    found: dict[Period, Bridge] = {}
    for one in bridges:
        left = [period for period in periods if period not in found]
        if not left:
            break
        capacity = await lock_pool(conn, one.pool)
        peaks = await many.list_peaks(conn, one.pool, left, own=own)
        fitting = zip(left, peaks, strict=True)
        found |= {period: one for period, peak in fitting if peak + seats <= capacity}
    return found


async def find_full(
    conn: Connection, wanted: Sequence[Conference], *, own: Collection[ConferenceId]
) -> set[ConferenceId]:
    """Return which of these would be short of seats on the bridges that carry them already.

    What these conferences of one's `own` hold now does not count.  Locks the seats of those
    bridges until the transaction ends.
    """
    pools = await list_pools(conn, [one.id for one in wanted])
    full = set()
    for pool in sorted(set(pools.values())):
        capacity = await lock_pool(conn, pool)
        mine = [one for one in wanted if pools.get(one.id) == pool]
        peaks = await many.list_peaks(conn, pool, [one.period for one in mine], own=own)
        held = zip(mine, peaks, strict=True)
        full |= {one.id for one, peak in held if peak + len(one.sites) > capacity}
    return full


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
