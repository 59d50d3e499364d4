"""Control pages that are in a room: they say so, and take up what programs asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bridges.control.actions import (
    ABOUT_SITE,
    ONLY_INSIDE,
    SEAT_LASTS,
    TAKE_UP_WITHIN,
    ActionId,
    Asked,
)
from bridges.control.controlling import endpoints, occupants
from bridges.registered.registry import Seal
from bridges.store import seats as store
from meetings.audit import record_beside
from meetings.model import Conference
from meetings.store import Connection
from web.rooms.inside import STREAM
from web.scheduling.booking import Desk

FORGOTTEN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a control page is to do for a program; `to` is where a stream goes, if it was said."""

    id: ActionId
    action: str
    site: str
    whom: Sequence[str]
    to: str = field(repr=False)


async def sit(
    conn: Connection, desk: Desk, conference: Conference, seat: str, seal: Seal
) -> list[Order]:
    """Write that a control page is in the room; return what it has now to do.

    Each is given once, and once more to another page when this one goes before it is done.
    """
    me, now = desk.actor.name, desk.now
    await store.save_seat(
        conn, seat, conference.id, person=me, at=now, forget=now - SEAT_LASTS - FORGOTTEN
    )
    taken = await store.take_up(
        conn,
        conference.id,
        ONLY_INSIDE,
        person=me,
        seat=seat,
        since=now - TAKE_UP_WITHIN,
        lasts=now - SEAT_LASTS,
    )
    for asked, _ in taken:
        told = {"asked": asked.id, "what": asked.action.value, "for": asked.asked_by}
        await record_beside(conn, conference, "room.carry", by=me, **told)
    return [await order_of(conn, asked, sealed, seal) for asked, sealed in taken]


async def order_of(conn: Connection, asked: Asked, sealed: bytes | None, seal: Seal) -> Order:
    """Return what was asked as a page carries it out."""
    return Order(
        id=asked.id,
        action=asked.action.value,
        site=asked.subject if asked.action in ABOUT_SITE else "",
        whom=sorted(endpoints(await occupants(conn, asked))),
        to=seal.open(STREAM, sealed).decode() if sealed else "",
    )


async def leave(conn: Connection, desk: Desk, conference: Conference, seat: str) -> None:
    """Write that a control page is no longer in the room."""
    await store.delete_seat(conn, seat, conference.id, person=desk.actor.name)
