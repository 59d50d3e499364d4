"""Values of the trial bridge: its settings, who enters, what it tells the service."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NewType
from urllib.parse import urlsplit

RoomName = NewType("RoomName", str)
OccupantJid = NewType("OccupantJid", str)
EndpointId = NewType("EndpointId", str)

# Paths of the surfaces that would also pass as room names.
RESERVED = frozenset({"room-size", "room-census", "sessions", "end-meeting", "kick-participant"})
ROOM_NAME = re.compile(r"[a-z0-9-]{8,80}")


def is_room_name(text: str) -> bool:
    """Tell whether the text can name a room: an opaque lower-case slug, no surface's path."""
    return bool(ROOM_NAME.fullmatch(text)) and text not in RESERVED


class Affiliation(StrEnum):
    """What the token makes of somebody in a room; the first to come is nothing special."""

    OWNER = "owner"
    MEMBER = "member"


class Sink(StrEnum):
    """To which of the two services a request goes."""

    RESERVATION = "reservation"
    EVENT = "event"


class Media(StrEnum):
    """Whether somebody carries picture and sound, or is only counted."""

    MESH = "mesh"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Who a token says somebody is: `context.user` as far as events report it."""

    user: Mapping[str, str | float]
    affiliation: Affiliation = Affiliation.MEMBER

    @property
    def name(self) -> str:
        """The name shown on the tile; empty when the token has none."""
        return str(self.user.get("name", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """Somebody in a room, from joining on; `left_at` is set once gone."""

    jid: OccupantJid
    entrant: Entrant
    joined_at: datetime
    media: Media = Media.NONE
    left_at: datetime | None = None

    @property
    def endpoint(self) -> EndpointId:
        """The first 8 letters of the JID, as lib-jitsi-meet makes nicknames."""
        return EndpointId(self.jid[:8])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request the bridge owes a service; `path` follows that service's prefix."""

    sink: Sink
    method: str
    path: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long the bridge waits; the defaults are Prosody's, measured on the wire."""

    reservation_timeout: timedelta = timedelta(seconds=20)
    reservation_retry: timedelta = timedelta(seconds=3)
    event_timeout: timedelta = timedelta(seconds=20)
    event_retry: timedelta = timedelta(seconds=1)
    tries: int = 4
    refusal_remembered: timedelta = timedelta(seconds=30)
    empty_room: timedelta = timedelta(seconds=15)
    sweep: timedelta = timedelta(seconds=60)
    heartbeat: timedelta = timedelta(seconds=10)
    first_message: timedelta = timedelta(seconds=10)
    stop: timedelta = timedelta(seconds=3)


def utc_now() -> datetime:
    """Return the moment, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialConfig:
    """Where the bridge lives, whom it asks and tells, and its limits."""

    public_url: str
    reservation_prefix: str
    event_prefix: str
    app_id: str
    reservation_secret: str = field(repr=False)
    event_secret: str = field(repr=False)
    jwt_secret: str = field(repr=False)
    name: str = "trial"
    audience: str = "jitsi"
    xmpp_domain: str = "trial.diemcau"
    muc_domain: str = "conference.trial.diemcau"
    media_limit: int = 8
    seats: int = 500
    ice_servers: tuple[str, ...] = ()
    timing: Timing = Timing()
    clock: Callable[[], datetime] = utc_now

    @property
    def base_path(self) -> str:
        """The path part of the public address, without a slash at its end."""
        return urlsplit(self.public_url).path.rstrip("/")

    def room_jid(self, room: RoomName) -> str:
        """Return the room's address as events, census and control calls name it."""
        return f"{room}@{self.muc_domain}"
