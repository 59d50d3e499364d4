"""Values of the trial bridge: rooms, who enters, what the services are told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

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
    """What somebody brings: picture and sound, eyes for both, eyes for who is there, nothing."""

    MESH = "mesh"
    LOOK = "look"
    WATCH = "watch"
    NONE = "none"


ANYBODY = frozenset(Media)
LISTENING = frozenset({Media.MESH, Media.LOOK, Media.WATCH})
"""Who is told of the others; simulated halls do not look at each other."""
MESHED = frozenset({Media.MESH, Media.LOOK})
"""Whose browsers are joined to those of the halls."""
NO_HALLS = frozenset({Media.LOOK, Media.WATCH})
"""Who is not counted; who looks on has a tile all the same, so that everybody knows."""


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
    """Somebody in a room, from joining on; `left_at` is set once gone.

    `audible` is what their browser says of its microphone; Jicofo takes silence for muted too.
    """

    jid: OccupantJid
    entrant: Entrant
    joined_at: datetime
    media: Media = Media.NONE
    audible: bool = False
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
