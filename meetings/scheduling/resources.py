"""What besides halls is promised to one conference at a time, and when something cannot be had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from meetings.ids import BlackOutId, LineId, OfficialId, SiteId, UnitId
from meetings.period import Period


class SubjectKind(StrEnum):
    """What a promise, a black-out or a reason can be about."""

    SITE = "site"
    OFFICIAL = "official"
    LINE = "line"
    HOST = "host"


class Subject(NamedTuple):
    """One hall, official, line or host unit; a tuple, since one refusal looks up thousands."""

    kind: SubjectKind
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """A position of a unit that chairs or attends; the name of who holds it may be unknown."""

    id: OfficialId
    unit_id: UnitId
    unit_code: str
    unit_name: str
    unit_path: tuple[UnitId, ...]
    title: str
    name: str
    rank: int
    valid_from: date | None = None
    valid_to: date | None = None
    version: int = 1

    @property
    def label(self) -> str:
        """Return the title, with the name of who holds it where that is known."""
        return f"{self.title} {self.name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One channel that several halls share."""

    id: LineId
    unit_id: UnitId
    unit_code: str
    unit_name: str
    unit_path: tuple[UnitId, ...]
    name: str
    sites: frozenset[SiteId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """How a site is booked: what it needs before and after, and the line it shares."""

    site: SiteId
    line: LineId | None = None
    set_up: timedelta = timedelta()
    tear_down: timedelta = timedelta()

    def reach(self, period: Period) -> Period:
        """Return for how long the hall is held for a conference of that period."""
        if not (self.set_up or self.tear_down):
            return period
        return Period(period.start - self.set_up, period.end + self.tear_down)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackOut:
    """A stretch in which a hall, an official or a line cannot be had."""

    id: BlackOutId
    subject: Subject
    period: Period
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HallTerms:
    """What a hall itself says of how it is booked; None is what the policy above it says."""

    site: SiteId
    line: LineId | None = None
    set_up_minutes: int | None = None
    tear_down_minutes: int | None = None
    version: int = 1
