"""The words of watching as values: targets, what a look found, what we remember, what flipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from meetings.model import ConferenceId, Period, Site, SiteId, UnitId

DeviceId = NewType("DeviceId", int)
TargetId = NewType("TargetId", int)
FlipId = NewType("FlipId", int)

USUAL_INTERVAL = timedelta(seconds=60)
USUAL_TIMEOUT = timedelta(seconds=3)


class ProbeKind(StrEnum):
    """How we look."""

    TCP = "tcp"
    HTTP = "http"
    ICMP = "icmp"


class DeviceKind(StrEnum):
    """What stands in the hall."""

    CODEC = "codec"
    PC = "pc"
    ROUTER = "router"
    CAMERA = "camera"
    OTHER = "other"


class Health(StrEnum):
    """Whether something can be reached, as far as we know."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What one look found: an answer, none, or that we could not look."""

    GOOD = "good"
    BAD = "bad"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address we look at; `port` is None for ICMP only."""

    id: TargetId
    probe: ProbeKind
    host: str
    port: int | None = None
    path: str = "/"
    tls: bool = False
    interval: timedelta = USUAL_INTERVAL
    timeout: timedelta = USUAL_TIMEOUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one look found; `reason` is a code (monitoring.reasons), empty if it answered."""

    target: TargetId
    at: datetime
    outcome: Outcome
    reason: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What we remember of a target: `recent` holds the last results as letters, oldest first.

    `last_at` is when we last learned something; a look that could not be made does not count.
    """

    target: TargetId
    state: Health
    since: datetime
    recent: str
    last_at: datetime | None
    last_reason: str
    last_seconds: float | None
    interval: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A change of state."""

    target: TargetId
    at: datetime
    was: Health
    now: Health
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How many of the last results make a target fail, and how many in a row bring it back."""

    window: int = 5
    failures: int = 3
    goods: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTarget:
    """What somebody wants to be looked at."""

    probe: ProbeKind
    host: str
    port: int | None = None
    path: str = "/"
    tls: bool = False
    interval: timedelta = USUAL_INTERVAL
    timeout: timedelta = USUAL_TIMEOUT
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDevice:
    """A machine of a hall, and where to look for it; a spare one does not make its hall fail."""

    site: SiteId
    name: str
    kind: DeviceKind
    spare: bool = False
    demo: bool = False
    targets: tuple[NewTarget, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedTarget:
    """A target with its place and what we know of it at the moment asked for."""

    target: Target
    enabled: bool
    device: DeviceId
    device_name: str
    device_kind: DeviceKind
    spare: bool
    site: SiteId
    state: Health
    since: datetime
    reason: str
    last_at: datetime | None
    last_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A machine of a hall with its targets."""

    id: DeviceId
    site: SiteId
    name: str
    kind: DeviceKind
    spare: bool
    demo: bool
    targets: tuple[WatchedTarget, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHealth:
    """The worst of a hall's devices; `watched` is False where nothing is looked at."""

    state: Health
    watched: bool
    since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextConference:
    """What a hall is promised to next, or is in now."""

    id: ConferenceId
    title: str
    host: UnitId
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One hall on the board."""

    site: Site
    health: SiteHealth
    next: NextConference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A flip as the history of a hall shows it."""

    id: FlipId
    at: datetime
    was: Health
    now: Health
    reason: str
    device: str
    probe: ProbeKind
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A flip that nobody was told of; `told` is what was last told of its target."""

    id: FlipId
    flip: Flip
    told: Health | None
    demo: bool
    site: SiteId
    label: str
    unit: UnitId
    unit_name: str
    unit_key: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told, where, in which language, about which halls."""

    person: int
    email: str
    locale: str
    sites: frozenset[SiteId]
