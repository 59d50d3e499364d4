"""Moving: a room goes to another bridge, its links stay, and halls follow by themselves.

From a bridge that is being drained go the rooms that nobody has entered yet; from one that is dead
go those in use.  A bridge that comes back finds the room elsewhere: its calls for it are refused,
what it tells of the time before still counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bridges.entry.snapshot import Lend
from bridges.errors import BridgesError, NoBridgeFits
from bridges.model import Bridge, Move, MoveReason, Room, RoomState
from bridges.placement.placing import claim_seats, to_try
from bridges.receiving.draining import BY, rebuild
from bridges.rules import DEAD_AFTER, can_be_asked, can_replace, may_take_over
from bridges.store import moves as store
from bridges.store import registry, rooms
from bridges.store.moves import Stranded
from meetings.audit import record
from meetings.errors import MeetingsError
from meetings.model import Conference, ConferenceId
from meetings.store import Connection
from meetings.store.conferences import lock_conference

log = structlog.get_logger(__name__)

OPENING = timedelta(minutes=5)
"""Rooms that open within this move with those that are open."""


async def move_room(
    conn: Connection,
    conference: ConferenceId,
    *,
    to: str | None,
    reason: MoveReason,
    by: str,
    now: datetime,
) -> Room:
    """Give a conference's room to another bridge; its name, times and links stay.

    Locks the conference, then the seats.  A room that is closed, or there already, stays as it is.

    Raises:
        RoomNotFound: the conference has none.
        BridgeNotFound: there is no bridge of that name.
        NoBridgeFits: no other bridge is well, or the one that is named is not.
        NoSeats: no other bridge has so many seats free.
    """
    found = await lock_conference(conn, conference)
    room = await rooms.get_room(conn, conference)
    if room.state is RoomState.CLOSED or to == room.bridge_name:
        return room
    source = await registry.get_bridge(conn, room.bridge_name)
    others = await to_try(conn, found, to, now=now)
    if to is None:
        others = [one for one in others if can_replace(one, source)]
    elif not can_be_asked(others[0], now):
        raise NoBridgeFits(len(found.sites))
    if reason is MoveReason.FAILOVER:
        others = [one for one in others if may_take_over(one, now)]
    target = await claim_seats(conn, found, others)
    heard = min(now, source.answered_at or now) if reason is MoveReason.FAILOVER else now
    move = Move(source=source.name, target=target.name, reason=reason, heard_at=heard, moved_at=now)
    await carry_over(conn, found, (source, target), move, by=by)
    return await rooms.get_room(conn, conference)


async def carry_over(
    conn: Connection, conference: Conference, ways: tuple[Bridge, Bridge], move: Move, *, by: str
) -> None:
    """Write the move and what follows from it; tell pages and snapshots at the commit."""
    source, target = ways
    await store.insert_move(conn, conference.id, source.id, target.id, move)
    await rebuild(conn, conference.id, now=move.moved_at)
    subject = f"conference:{conference.id}"
    await record(
        conn,
        actor=by,
        action="room.move",
        subject=subject,
        unit=conference.host,
        detail={"from": source.name, "to": target.name, "reason": move.reason.value},
        news=("snapshot", subject, "board"),
    )
    log.info("room moved", conference=conference.id, source=source.name, target=target.name)


async def fail_over(lend: Lend, now: datetime) -> None:
    """Move every room in use away from bridges that are dead."""
    async with lend() as conn:
        stranded = await store.list_stranded(
            conn, misses=DEAD_AFTER, opening=now + OPENING, now=now
        )
        ways = [one for one in await ways_of(conn, stranded) if may_take_over(one[1], now)]
    await move_each(lend, movable(stranded, ways), MoveReason.FAILOVER, now)


async def drain_bridges(lend: Lend, now: datetime) -> None:
    """Move rooms that are not open yet away from bridges that are being drained."""
    async with lend() as conn:
        drained = await store.list_drained(conn, now)
        ways = await ways_of(conn, drained)
    await move_each(lend, movable(drained, ways), MoveReason.DRAIN, now)


async def ways_of(conn: Connection, stranded: Sequence[Stranded]) -> list[tuple[Bridge, Bridge]]:
    """Return from where to where rooms may go at all, whatever they hold."""
    bridges = await registry.list_bridges(conn) if stranded else []
    sources = {one.bridge for one in stranded}
    return [
        (source, other)
        for source in bridges
        for other in bridges
        if source.id in sources and not other.draining and can_replace(other, source)
    ]


def movable(stranded: Sequence[Stranded], ways: Sequence[tuple[Bridge, Bridge]]) -> list[Stranded]:
    """Return the rooms that have anywhere to go; of a province's only bridge none is tried."""
    sources = {source.id for source, _ in ways}
    return [one for one in stranded if one.bridge in sources]


async def move_each(
    lend: Lend, stranded: Sequence[Stranded], reason: MoveReason, now: datetime
) -> None:
    """Move rooms one by one; one that cannot move stays, is tried next time and stops no other."""
    for one in stranded:
        try:
            await move_one(lend, one, reason, now)
        except (BridgesError, MeetingsError) as error:
            log.warning("room cannot move", conference=one.conference, reason=error.code)


async def move_one(lend: Lend, one: Stranded, reason: MoveReason, now: datetime) -> None:
    """Move a room unless somebody else did so meanwhile."""
    async with lend() as conn:
        await lock_conference(conn, one.conference)
        room = await rooms.get_room(conn, one.conference)
        if room.bridge == one.bridge:
            await move_room(conn, one.conference, to=None, reason=reason, by=BY, now=now)
