"""The engine: who is in which room, and what the services must be told of every change.

Nothing is sent from here.  Each change returns the requests that Prosody would make for it; their
order means nothing, as on the wire.  The live bridge and the demo's past drive the same engine, one
by the clock and one by a script.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from bridges.trial import events
from bridges.trial.errors import OccupantMissing, RoomMissing, RoomOpen
from bridges.trial.events import RoomFacts
from bridges.trial.model import MESHED, NO_HALLS, Occupant, OccupantJid, Outgoing, RoomName
from bridges.trial.reservations import Approved


@dataclass(slots=True, kw_only=True)
class Room:
    """One room instance, from its creation until it is empty or ended.

    `present` and `gone` are apart; together they are everybody who was ever in.
    """

    facts: RoomFacts
    reservation: Approved | None
    present: dict[OccupantJid, Occupant] = field(default_factory=dict)
    gone: list[Occupant] = field(default_factory=list)

    @property
    def media_count(self) -> int:
        """How many browsers in the room are joined to each other."""
        return sum(occupant.media in MESHED for occupant in self.present.values())

    @property
    def hall_count(self) -> int:
        """How many are in the room, without those who only look on or watch."""
        return sum(occupant.media not in NO_HALLS for occupant in self.present.values())


class TrialRooms:
    """All rooms that are open, and counters since the start."""

    def __init__(self, *, muc_domain: str) -> None:
        self.muc_domain = muc_domain
        self.created_total = 0
        self.destroyed_total = 0
        self.occupants_total = 0
        self._rooms: dict[RoomName, Room] = {}
        self._where: dict[OccupantJid, RoomName] = {}

    def __iter__(self) -> Iterator[Room]:
        """Yield the open rooms."""
        return iter(tuple(self._rooms.values()))

    def __len__(self) -> int:
        return len(self._rooms)

    @property
    def occupants(self) -> int:
        """How many people are in all rooms together."""
        return len(self._where)

    def find(self, name: RoomName) -> Room | None:
        """Return an open room, or `None`."""
        return self._rooms.get(name)

    def get(self, name: RoomName) -> Room:
        """Return an open room.

        Raises:
            RoomMissing: it is not open.
        """
        if name not in self._rooms:
            raise RoomMissing(name)
        return self._rooms[name]

    def open(
        self, name: RoomName, *, now: datetime, reservation: Approved | None = None
    ) -> tuple[Outgoing, ...]:
        """Create a room instance; it may stay empty.

        Raises:
            RoomOpen: there is one of that name.
        """
        if name in self._rooms:
            raise RoomOpen(name)
        facts = RoomFacts(name=name, jid=f"{name}@{self.muc_domain}", created_at=now)
        self._rooms[name] = Room(facts=facts, reservation=reservation)
        self.created_total += 1
        return (events.created(facts),)

    def join(self, name: RoomName, occupant: Occupant) -> tuple[Outgoing, ...]:
        """Let somebody into an open room.

        Raises:
            RoomMissing: it is not open.
        """
        room = self.get(name)
        room.present[occupant.jid] = occupant
        self._where[occupant.jid] = name
        self.occupants_total += 1
        return (events.joined(room.facts, occupant, active=len(room.present)),)

    def leave(self, jid: OccupantJid, *, now: datetime) -> tuple[Outgoing, ...]:
        """Take somebody out of their room; the last one's going destroys it.

        Raises:
            OccupantMissing: they are in none, perhaps because the room ended under them.
        """
        if jid not in self._where:
            raise OccupantMissing(jid)
        room = self._rooms[self._where[jid]]
        farewell = self._part(room, jid, now)
        return (farewell,) if room.present else (farewell, *self._close(room, now))

    def set_audible(self, jid: OccupantJid, *, on: bool) -> None:
        """Note what the browser of somebody inside says of its microphone; none outside is told."""
        present = self._rooms[self._where[jid]].present
        present[jid] = replace(present[jid], audible=on)

    def destroy(self, name: RoomName, *, now: datetime) -> tuple[Outgoing, ...]:
        """End a room with everybody in it.

        Raises:
            RoomMissing: it is not open.
        """
        room = self.get(name)
        farewells = [self._part(room, jid, now) for jid in tuple(room.present)]
        return (*farewells, *self._close(room, now))

    def stop(self, *, now: datetime) -> tuple[Outgoing, ...]:
        """End all rooms as a stopping Prosody does.

        Its `destroyed` comes before `left` and knows no `left_at` of those still in.
        """
        told: list[Outgoing] = []
        for room in self:
            everybody = (*room.present.values(), *room.gone)
            farewells = [self._part(room, jid, now) for jid in tuple(room.present)]
            *give_back, _destroyed = self._close(room, now)
            told += [*give_back, events.destroyed(room.facts, everybody, at=now), *farewells]
        return tuple(told)

    def expired(self, now: datetime) -> tuple[RoomName, ...]:
        """Return the rooms whose reservation is over."""
        return tuple(
            room.facts.name for room in self if room.reservation and room.reservation.ends_at <= now
        )

    def _part(self, room: Room, jid: OccupantJid, now: datetime) -> Outgoing:
        """Move somebody from the present to the gone."""
        del self._where[jid]
        parted = replace(room.present.pop(jid), left_at=now)
        room.gone.append(parted)
        return events.left(room.facts, parted, active=len(room.present))

    def _close(self, room: Room, now: datetime) -> tuple[Outgoing, ...]:
        """Forget an empty room: its reservation goes back, `destroyed` comes last."""
        del self._rooms[room.facts.name]
        self.destroyed_total += 1
        over = events.destroyed(room.facts, room.gone, at=now)
        return (events.deleted(room.reservation.id), over) if room.reservation else (over,)
