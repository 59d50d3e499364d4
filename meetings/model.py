"""The words of the domain as values; see docs/vocabulary.md for both languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from meetings.ids import ConferenceId, LineId, OfficialId, PersonId, PoolId, SiteId, UnitId
from meetings.kinds import (
    COMMUNE_KINDS,
    Attendance,
    Kind,
    Means,
    Role,
    Secrecy,
    State,
    UnitKind,
    Urgency,
    Visibility,
)
from meetings.period import BlindSpot, ClockStep, Period
from meetings.scheduling.reasons import Reason

# Words of the domain that stand in a module of their own.
__all__ = [
    "COMMUNE_KINDS",
    "Attendance",
    "BlindSpot",
    "ClockStep",
    "ConferenceId",
    "Kind",
    "LineId",
    "Means",
    "OfficialId",
    "Period",
    "PersonId",
    "PoolId",
    "Role",
    "Secrecy",
    "SiteId",
    "State",
    "UnitId",
    "UnitKind",
    "Urgency",
    "Visibility",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An office or commune, with its official code; `path` leads from the root to itself."""

    id: UnitId
    code: str
    name: str
    full_name: str
    kind: UnitKind
    parent_id: UnitId | None
    path: tuple[UnitId, ...]
    name_en: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid(self, on: date) -> bool:
        """Tell whether it is there on that day; its last day is the one before `valid_to`."""
        return (self.valid_from or date.min) <= on < (self.valid_to or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One hall of a unit; `label` is what pages show: the unit's name, or the hall's."""

    id: SiteId
    unit_id: UnitId
    unit_code: str
    unit_name: str
    unit_kind: UnitKind
    unit_path: tuple[UnitId, ...]
    name: str
    phone: str

    @property
    def label(self) -> str:
        """Return the short name people use: a commune's own name, else the hall's."""
        return self.unit_name if self.unit_kind in COMMUNE_KINDS else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Sites that are invited by one word; `size` counts those valid on the day asked for."""

    code: str
    name: str
    name_en: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for; `sites` holds the main site too, `waiver` is why so late."""

    title: str
    kind: Kind
    host: UnitId
    chair: str
    main_site: SiteId
    sites: frozenset[SiteId]
    period: Period
    note: str = ""
    demo: bool = False
    urgency: Urgency = Urgency.NORMAL
    waiver: str = ""
    call_systems: bool = False
    secretary: str = ""
    visibility: Visibility = Visibility.INTERNAL
    chair_id: OfficialId | None = None
    delegates: frozenset[OfficialId] = frozenset()

    @property
    def officials(self) -> frozenset[OfficialId]:
        """Return everybody who is held: who chairs, and the delegates."""
        return self.delegates | ({self.chair_id} if self.chair_id is not None else set())

    def __post_init__(self) -> None:
        """Refuse a wish whose main site does not take part."""
        if self.main_site not in self.sites:
            raise ValueError("the main site takes part in its own conference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be different; None leaves it as it is, `no_chair` takes away who chairs."""

    title: str | None = None
    kind: Kind | None = None
    chair: str | None = None
    note: str | None = None
    main_site: SiteId | None = None
    sites: frozenset[SiteId] | None = None
    period: Period | None = None
    urgency: Urgency | None = None
    waiver: str | None = None
    call_systems: bool | None = None
    secretary: str | None = None
    visibility: Visibility | None = None
    chair_id: OfficialId | None = None
    no_chair: bool = False
    delegates: frozenset[OfficialId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    """What is held in one period by several sites.

    `warnings` are what spoke against it when it was booked or changed just now.
    """

    id: ConferenceId
    title: str
    kind: Kind
    state: State
    host: UnitId
    chair: str
    main_site: SiteId
    sites: tuple[SiteId, ...]
    period: Period
    note: str
    version: int
    cancel_reason: str
    ended_at: datetime | None
    created_by: str
    demo: bool
    changed_at: datetime | None = None
    urgency: Urgency = Urgency.NORMAL
    waiver: str = ""
    call_systems: bool = False
    owner: PersonId | None = None
    secretary: str = ""
    visibility: Visibility = Visibility.INTERNAL
    chair_id: OfficialId | None = None
    delegates: tuple[OfficialId, ...] = ()
    warnings: tuple[Reason, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Who already holds a wanted site, and until when; `kept` is that with set-up and tear-down."""

    site: SiteId
    conference: ConferenceId
    host: UnitId
    period: Period
    title: str
    kept: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A stretch in which a site was in; `end` is None while it still is.

    `evidence` is all that tells of it, the other two what tells of each end.  `means` is by what it
    was in, as far as that is known.
    """

    start: datetime
    end: datetime | None
    evidence: str
    start_evidence: str = field(default="", compare=False)
    end_evidence: str = field(default="", compare=False)
    means: frozenset[Means] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """What the record says of one site; seconds count inside the conference's period only."""

    site: SiteId
    state: Attendance
    intervals: tuple[Interval, ...] = ()
    present_seconds: int = 0
    first_in: datetime | None = None
    last_out: datetime | None = None
    late_minutes: int = 0
    left_early_minutes: int = 0
    headcount: int | None = None
    means: frozenset[Means] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role over the subtree of one unit."""

    role: Role
    unit: UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in."""

    id: PersonId
    login: str
    name: str
    unit_id: UnitId
    email: str
    locale: str
    active: bool
    grants: frozenset[Grant] = field(default_factory=frozenset)
