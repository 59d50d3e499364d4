"""The words of the bridges package as values; see docs/vocabulary.md for both languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from meetings.model import ConferenceId, PoolId

BridgeId = NewType("BridgeId", int)
RoomName = NewType("RoomName", str)
OccupantJid = NewType("OccupantJid", str)


class BridgeKind(StrEnum):
    """What runs behind a bridge's address."""

    JITSI = "jitsi"
    TRIAL = "trial"


class SecretKind(StrEnum):
    """What a secret is for: tokens, reservation calls, events."""

    JWT = "jwt"
    RESERVATION = "reservation"
    EVENT = "event"


class Algorithm(StrEnum):
    """How tokens are signed: with a secret that both know, or with a key of which they see half."""

    HS256 = "HS256"
    RS256 = "RS256"


class RoomState(StrEnum):
    """Where a room is in its life; a closed room is never entered again."""

    BOOKED = "booked"
    OPEN = "open"
    CLOSED = "closed"


class EvidenceKind(StrEnum):
    """What a piece of evidence says."""

    CREATED = "created"
    DESTROYED = "destroyed"
    JOINED = "joined"
    LEFT = "left"
    CENSUS = "census"
    ROSTER = "roster"
    ADMITTED = "admitted"
    HEARTBEAT = "heartbeat"
    RESTARTED = "restarted"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSecret:
    """The secret before the present one, good until `ends_at`.

    `left_at` is since when tokens are signed with the present one.
    """

    kind: SecretKind
    secret: str = field(repr=False)
    ends_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSecrets:
    """What a bridge and we know together; never logged, shown or sent elsewhere.

    `jwt` is a shared secret (HS256) or our private key as PEM (RS256).
    """

    jwt: str = field(repr=False)
    reservation: str = field(repr=False)
    event: str = field(repr=False)
    former: tuple[FormerSecret, ...] = ()

    def present(self, kind: SecretKind) -> str:
        """Return the present secret of a kind."""
        secrets = {SecretKind.JWT: self.jwt, SecretKind.RESERVATION: self.reservation}
        return secrets.get(kind, self.event)


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeFacts:
    """What an administrator says of a bridge and may say otherwise later.

    An address is empty where we cannot reach that part; `region` is the code of the unit whose
    subtree it serves first, "" for everybody; `senders` are the networks from which its Prosody
    calls us, besides the hosts of its addresses.
    """

    public_url: str
    xmpp_domain: str
    muc_domain: str
    app_id: str
    prosody_url: str = ""
    jicofo_url: str = ""
    jigasi_url: str = ""
    jvb_urls: tuple[str, ...] = ()
    jibri_urls: tuple[str, ...] = ()
    region: str = ""
    tags: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    seats: int = 300
    draining: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBridge(BridgeFacts):
    """A bridge that an administrator adds."""

    name: str
    kind: BridgeKind = BridgeKind.JITSI
    secrets: BridgeSecrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge(BridgeFacts):
    """One Jitsi deployment or shard; `healthy` is None while nobody has asked it.

    `http_host` is the Host to which its Prosody answers, "" where that is its address's own.
    `misses` are answers missed in a row, `answered_at` is when it last was known to live.
    """

    id: BridgeId
    name: str
    kind: BridgeKind
    pool: PoolId
    algorithm: Algorithm = Algorithm.HS256
    version: int = 1
    http_host: str = ""
    healthy: bool | None = None
    health: str = ""
    health_at: datetime | None = None
    stress: float | None = None
    stress_at: datetime | None = None
    misses: int = 0
    answered_at: datetime | None = None

    @property
    def misset(self) -> bool:
        """Tell whether it lives and answers something else than it should."""
        return self.healthy is False and self.misses == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A conference's place on a bridge; entered from `opens_at` on, empty after `closes_at`.

    The bridge itself is told to keep it until `grant_ends_at`, so that it can be extended; then
    nobody is in any more, however often it was.
    """

    conference: ConferenceId
    bridge: BridgeId
    bridge_name: str
    name: RoomName
    opens_at: datetime
    ends_at: datetime
    closes_at: datetime
    grant_ends_at: datetime
    state: RoomState = RoomState.BOOKED
    closed_at: datetime | None = None


class MoveReason(StrEnum):
    """Why a room went to another bridge."""

    FAILOVER = "failover"
    DRAIN = "drain"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A room's way to another bridge; the old one was last known to be well at `heard_at`."""

    source: str
    target: str
    reason: MoveReason
    heard_at: datetime
    moved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """Somebody in a room as the bridge tells; `user` is empty for recorders and strangers."""

    jid: OccupantJid
    user: str
    joined_at: datetime
    left_at: datetime | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One piece of news from a bridge; `at` is the bridge's own clock, in whole seconds.

    `breakout` names the side room the news is about; it is empty for the room itself.  Stored news
    also says which bridge told it, and when by our own clock.
    """

    kind: EvidenceKind
    room: RoomName
    at: datetime
    breakout: str = ""
    created_at: datetime | None = None
    occupants: tuple[Occupant, ...] = ()
    bridge: str = ""
    received_at: datetime | None = None
