"""What a hall's page and a bridge are answered from: facts of the day, and who may enter when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridges.model import Bridge, BridgeSecrets, RoomName, RoomState
from meetings.model import ConferenceId, Kind, SiteId, State

OVER = frozenset({State.ENDED, State.CLOSED})
CALLED_OFF = frozenset({State.CANCELLED, State.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBridge:
    """A bridge with the secrets we share with it."""

    bridge: Bridge
    secrets: BridgeSecrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A conference with its room, as far as a hall's page or a bridge needs to know.

    A `public` one may be streamed; `upstream` is the higher conference that it relays, "" for none;
    `pin` is what callers type, 0 where nobody asked for it.
    """

    conference: ConferenceId
    title: str
    kind: Kind
    chair: str
    host: str
    main_site: SiteId
    main_label: str
    start: datetime
    end: datetime
    state: State
    cancel_reason: str
    bridge: str
    room: RoomName
    opens_at: datetime
    closes_at: datetime
    grant_ends_at: datetime
    room_state: RoomState
    public: bool = False
    upstream: str = ""
    upstream_address: str = ""
    relay_label: str = ""
    relayed_from: datetime | None = None
    relayed_until: datetime | None = None
    pin: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one link opens: the occasion for one site, in one generation of its link.

    A link made with a key that was rotated is good until `ends_at`; who came in before stays.
    """

    occasion: Occasion
    site: SiteId
    label: str
    generation: int
    revoked: bool
    ends_at: datetime | None = None

    @property
    def chairs(self) -> bool:
        """Tell whether the site is the main one, which leads the room."""
        return self.site == self.occasion.main_site

    def is_over(self, now: datetime) -> bool:
        """Tell whether the secret's time is over; never in a room that was open before."""
        return self.ends_at is not None and self.ends_at <= min(now, self.occasion.opens_at)


class Entrance(StrEnum):
    """How a link is answered."""

    OPEN = "open"
    TOO_EARLY = "too-early"
    TOO_LATE = "too-late"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


def entrance(found: Pass | None, now: datetime) -> Entrance:
    """Judge a link: a revoked one says only that, whatever became of the conference."""
    if found is None or found.is_over(now):
        return Entrance.UNKNOWN
    if found.revoked:
        return Entrance.REVOKED
    return room_entrance(found.occasion, now)


def room_entrance(occasion: Occasion | None, now: datetime) -> Entrance:
    """Judge whether a room may be entered now."""
    if occasion is None:
        return Entrance.UNKNOWN
    if occasion.state in CALLED_OFF:
        return Entrance.CANCELLED
    over = occasion.state in OVER or occasion.room_state is RoomState.CLOSED
    if over or now >= occasion.closes_at:
        return Entrance.TOO_LATE
    return Entrance.TOO_EARLY if now < occasion.opens_at else Entrance.OPEN
