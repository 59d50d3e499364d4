"""What judging needs to know: promises and black-outs, halls, policy, seats over time, calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from meetings.ids import LineId, PoolId, SiteId
from meetings.office.workdays import USUAL, OfficeCalendar
from meetings.period import Period
from meetings.scheduling.reasons import Holder
from meetings.scheduling.resources import Hall, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A stretch in which these subjects are promised to somebody else, or cannot be had.

    `kept` is the period with what halls need before and after it, where they need that.
    """

    holder: Holder
    period: Period
    subjects: tuple[Subject, ...]
    kept: Period | None = None

    @property
    def reach(self) -> Period:
        """Return from when until when the subjects are not to be had."""
        return self.kept or self.period


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """By what a host books; None is without limit."""

    horizon_days: int | None = None
    most_open: int | None = None
    invite_lead_days: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLoad:
    """The seats of a pool, and how many of them are promised from when until when.

    `holders` says to whom each of these is promised, in the same order, where that was asked for.
    """

    pool: PoolId
    seats: int
    promised: tuple[tuple[Period, int], ...] = ()
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that is loaded before a wish is judged.

    `open_conferences` counts those of the host that are not over, this one left out.  Without
    pools nobody knows of seats, and they are not judged.
    """

    now: datetime
    halls: Mapping[SiteId, Hall] = field(default_factory=dict)
    obstacles: Sequence[Obstacle] = ()
    policy: Policy = Policy()
    open_conferences: int = 0
    pools: Sequence[PoolLoad] = ()
    calendar: OfficeCalendar = USUAL


def lines_of(halls: Mapping[SiteId, Hall]) -> frozenset[LineId]:
    """Return the lines that the halls share."""
    return frozenset(hall.line for hall in halls.values() if hall.line is not None)
