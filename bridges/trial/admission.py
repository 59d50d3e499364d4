"""The bridge at work: lets people in, tells them of each other, ends rooms.

Everything happens on one event loop; between two `await`s the engine's state does not change.
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bridges.trial.asking import Asking
from bridges.trial.config import TrialConfig
from bridges.trial.errors import NoMediaSeat, NoSeat, OccupantMissing
from bridges.trial.model import (
    ANYBODY,
    LISTENING,
    MESHED,
    EndpointId,
    Media,
    Occupant,
    OccupantJid,
    RoomName,
)
from bridges.trial.reservations import DURATION_EXCEEDED, Approved
from bridges.trial.rooms import TrialRooms
from bridges.trial.sending import Sender
from bridges.trial.tokens import check_door, verify

# More waiting messages than this mean a browser that no longer reads.
OUTBOX = 512


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """Somebody inside: who, where, and the queue of what their socket must be told.

    `None` in the queue means that the socket is to be closed.
    """

    room: RoomName
    occupant: Occupant
    outbox: asyncio.Queue[Mapping[str, Any] | None] = field(
        default_factory=lambda: asyncio.Queue(OUTBOX)
    )

    @property
    def endpoint(self) -> EndpointId:
        """The short name under which others see them."""
        return self.occupant.endpoint

    def tell(self, message: Mapping[str, Any] | None) -> None:
        """Queue a message; a full queue is emptied and the socket closed."""
        try:
            self.outbox.put_nowait(message)
        except asyncio.QueueFull:
            while not self.outbox.empty():
                self.outbox.get_nowait()
            self.outbox.put_nowait(None)


class TrialBridge:
    """The rooms and the people in them."""

    def __init__(self, config: TrialConfig, sender: Sender) -> None:
        self.config = config
        self.sender = sender
        self.rooms = TrialRooms(muc_domain=config.muc_domain)
        self.asking = Asking(config, sender, self._make)
        self.sessions: dict[OccupantJid, Session] = {}
        self._patience: dict[RoomName, asyncio.TimerHandle] = {}

    def renew(self, config: TrialConfig) -> None:
        """Go on with other secrets; rooms and the people in them stay."""
        self.config = self.sender.config = config

    async def enter(self, name: RoomName, token: str, media: Media) -> Session:
        """Let somebody into a room, which is reserved and made for the first of them.

        The order is Prosody's: the token's signature and times, the reservation, the room itself,
        and only then whether the token is for that room.

        Raises:
            TrialError: with the fact that keeps them out.
        """
        claims = verify(token, self.config, self.config.clock())
        jid = new_jid(self.config.xmpp_domain)
        if self.rooms.find(name) is None:
            await self.asking.ask(name, jid)
        check_door(claims, name, self.config)
        self._check_seats(name, media)
        now = self.config.clock()
        return self._seat(
            name, Occupant(jid=jid, entrant=claims.entrant, joined_at=now, media=media)
        )

    def leave(self, session: Session) -> None:
        """Take somebody out of their room; the last one's going destroys it.

        Raises:
            OccupantMissing: they are out already, because the room ended or they were kicked.
        """
        if self.sessions.pop(session.occupant.jid, None) is None:
            raise OccupantMissing(session.occupant.jid)
        self.sender.send(self.rooms.leave(session.occupant.jid, now=self.config.clock()))
        self._announce("went", session)

    def end(self, name: RoomName, reason: str, *, rejoin: bool = False) -> None:
        """Put everybody out of a room and destroy it.

        Raises:
            RoomMissing: it is not open.
        """
        leaving = [self.sessions.pop(jid) for jid in self.rooms.get(name).present]
        self.sender.send(self.rooms.destroy(name, now=self.config.clock()))
        for session in leaving:
            put_out(session, reason, rejoin=rejoin)

    def kick(self, name: RoomName, endpoint: str) -> None:
        """Put one out of a room; they may come back with the same token.

        Raises:
            OccupantMissing: nobody of that name is in.
        """
        found = [session for session in self.in_room(name) if session.endpoint == endpoint]
        if not found:
            raise OccupantMissing(OccupantJid(endpoint))
        for session in found:
            self.leave(session)
            put_out(session, "kicked")

    def relay(self, sender: Session, to: str, data: Any) -> None:
        """Carry a signal of one browser to another of the same room."""
        for session in self.in_room(sender.room, MESHED):
            if session.endpoint == to and session is not sender:
                session.tell({"type": "signal", "from": sender.endpoint, "data": data})

    def sweep(self) -> None:
        """End the rooms whose reservation is over and forget old refusals."""
        now = self.config.clock()
        for name in self.rooms.expired(now):
            self.end(name, DURATION_EXCEEDED)
        self.asking.forget(now)

    async def stop(self) -> None:
        """End everything as a stopping Prosody does."""
        await self.asking.stop()
        self.sender.send(self.rooms.stop(now=self.config.clock()))
        for session in self.sessions.values():
            put_out(session, "stopping", rejoin=True)
        self.sessions.clear()
        for patience in self._patience.values():
            patience.cancel()

    def in_room(self, name: RoomName, kinds: Container[Media] = ANYBODY) -> Iterator[Session]:
        """Yield who is in a room, all or those of some kinds; nobody when it is not open."""
        room = self.rooms.find(name)
        for occupant in tuple(room.present.values()) if room else ():
            if occupant.media in kinds:
                yield self.sessions[occupant.jid]

    def _check_seats(self, name: RoomName, media: Media) -> None:
        """Check that there is a seat, and for browsers one with media."""
        room = self.rooms.get(name)
        if len(self.sessions) >= self.config.seats:
            raise NoSeat(self.config.seats)
        if media in MESHED and room.media_count >= self.config.media_limit:
            raise NoMediaSeat(self.config.media_limit)

    def _seat(self, name: RoomName, occupant: Occupant) -> Session:
        """Put somebody into the room, tell them who is there, and the others who came."""
        session = Session(room=name, occupant=occupant)
        peers = self._peers(name, occupant.media)
        self.sender.send(self.rooms.join(name, occupant))
        self.sessions[occupant.jid] = session
        session.tell(
            {
                "type": "joined",
                **present(occupant),
                "affiliation": occupant.entrant.affiliation,
                "peers": peers,
                "count": self.rooms.get(name).hall_count,
                "ice_servers": [{"urls": url} for url in self.config.ice_servers],
            }
        )
        self._announce("came", session)
        return session

    def _announce(self, what: str, about: Session) -> None:
        """Tell the other browsers of a room who came or went; who only watches is no news."""
        if about.occupant.media is Media.WATCH:
            return
        room = self.rooms.find(about.room)
        count = room.hall_count if room else 0
        self.tell_others(about, {"type": what, **present(about.occupant), "count": count})

    def tell_others(self, about: Session, message: Mapping[str, Any]) -> None:
        """Tell everybody in a room who listens, but for the one whom it is about."""
        for session in self.in_room(about.room):
            if session is not about and session.occupant.media in LISTENING:
                session.tell(message)

    def _peers(self, name: RoomName, media: Media) -> list[Mapping[str, Any]]:
        """Return whom somebody finds in the room: those with pictures, or for a watcher all."""
        if media not in LISTENING:
            return []
        kinds = MESHED if media in MESHED else ANYBODY - {Media.WATCH}
        return [present(one) for one in self.rooms.get(name).present.values() if one.media in kinds]

    def _make(self, name: RoomName, reservation: Approved) -> None:
        """Make a room, and look after a while whether somebody came through its door."""
        now = self.config.clock()
        self.sender.send(self.rooms.open(name, now=now, reservation=reservation))
        delay = self.config.timing.empty_room.total_seconds()
        if name in self._patience:
            self._patience[name].cancel()
        loop = asyncio.get_running_loop()
        self._patience[name] = loop.call_later(delay, self._give_up, name)

    def _give_up(self, name: RoomName) -> None:
        """End a room that nobody has entered, as the focus does."""
        del self._patience[name]
        room = self.rooms.find(name)
        if room and not room.present:
            self.end(name, "nobody came")


def present(occupant: Occupant) -> Mapping[str, Any]:
    """Return what browsers learn of somebody: a handle and the name in the token."""
    return {
        "occupant": occupant.endpoint,
        "name": occupant.entrant.name,
        "media": occupant.media in MESHED,
        "looks": occupant.media is Media.LOOK,
        "audible": occupant.audible,
    }


def put_out(session: Session, reason: str, *, rejoin: bool = False) -> None:
    """Tell somebody why they are out, and close their socket."""
    session.tell({"type": "removed", "reason": reason, "rejoin": rejoin})
    session.tell(None)


def new_jid(domain: str) -> OccupantJid:
    """Return the address of one connection; nobody has the same one twice."""
    return OccupantJid(f"{uuid.uuid4()}@{domain}/{secrets.token_urlsafe(9)}")
