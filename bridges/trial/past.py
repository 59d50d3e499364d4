"""Conferences that are over: the same engine, driven by a script, sends the same events.

What reaches the receiver cannot be told from a live bridge's events, except that it comes late; no
reservation is asked for and none is given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bridges.trial.admission import new_jid
from bridges.trial.config import TrialConfig
from bridges.trial.errors import PastRefused
from bridges.trial.model import Entrant, Occupant, OccupantJid, Outgoing, RoomName
from bridges.trial.rooms import TrialRooms
from bridges.trial.sending import Sender, is_final

AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One stretch of one hall in the room; `user_id` and `name` are what its token said."""

    user_id: str
    name: str
    joined_at: datetime
    left_at: datetime

    def __post_init__(self) -> None:
        """Refuse a stay that ends before it begins."""
        if self.left_at < self.joined_at:
            raise ValueError("a stay must not end before it begins")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Move:
    """Somebody coming (0) or going (1); who comes and goes in one instant comes first."""

    at: datetime
    going: int
    number: int


async def replay(config: TrialConfig, room: RoomName, stays: Iterable[Stay]) -> int:
    """Send the events of a conference that is over; return how many there were.

    Raises:
        PastRefused: the receiver did not take one of them.
    """
    gate = asyncio.Semaphore(AT_ONCE)
    told = tuple(past_events(config, room, tuple(stays)))
    async with Sender(config) as sender:
        await asyncio.gather(*(deliver(sender, gate, request) for request in told))
    return len(told)


async def deliver(sender: Sender, gate: asyncio.Semaphore, request: Outgoing) -> None:
    """Post one event; here, other than live, a refusal is news."""
    async with gate:
        status = await sender.post(request)
    if not is_final(status) or status >= 300:  # noqa: PLR2004 - anything but success
        raise PastRefused(request.path, status)


def past_events(config: TrialConfig, room: RoomName, stays: tuple[Stay, ...]) -> Iterator[Outgoing]:
    """Yield what the bridge would have sent; an empty room ends, and opens again for the next."""
    rooms = TrialRooms(muc_domain=config.muc_domain)
    jids = [new_jid(config.xmpp_domain) for _ in stays]
    for move in sorted(moves_of(stays)):
        if move.going:
            yield from rooms.leave(jids[move.number], now=move.at)
            continue
        if rooms.find(room) is None:
            yield from rooms.open(room, now=move.at)
        yield from rooms.join(room, occupant_of(stays[move.number], jids[move.number]))


def moves_of(stays: tuple[Stay, ...]) -> Iterator[Move]:
    """Yield every coming and going."""
    for number, stay in enumerate(stays):
        yield Move(at=stay.joined_at, going=0, number=number)
        yield Move(at=stay.left_at, going=1, number=number)


def occupant_of(stay: Stay, jid: OccupantJid) -> Occupant:
    """Return the occupant a stay makes."""
    entrant = Entrant(user={"id": stay.user_id, "name": stay.name})
    return Occupant(jid=jid, entrant=entrant, joined_at=stay.joined_at)
