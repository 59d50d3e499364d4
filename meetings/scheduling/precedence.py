"""Who gives way to whom: urgency first, then the level of the host; never without a difference.

A conference that has begun gives way to nobody, and nobody displaces a host above their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from meetings.model import Conference, Period, State, Unit, UnitId, UnitKind, Urgency

Rank = tuple[int, int]

LEVELS: Mapping[UnitKind, int] = MappingProxyType(
    {
        UnitKind.PROVINCE: 3,
        UnitKind.OFFICE: 2,
        UnitKind.DEPARTMENT: 2,
        UnitKind.DISTRICT: 2,
        UnitKind.COMMUNE: 1,
        UnitKind.WARD: 1,
        UnitKind.TOWNSHIP: 1,
        UnitKind.SPECIAL_ZONE: 1,
    }
)
URGENCIES: Mapping[Urgency, int] = MappingProxyType(
    {urgency: place for place, urgency in enumerate(Urgency)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What counts of a conference when two want the same halls."""

    urgency: Urgency
    level: int
    host: UnitId
    path: tuple[UnitId, ...]
    state: State
    period: Period

    @property
    def rank(self) -> Rank:
        """Return urgency, then level; more is more."""
        return URGENCIES[self.urgency], self.level


def standing_of(conference: Conference, host: Unit) -> Standing:
    """Return what counts of a conference."""
    return Standing(
        urgency=conference.urgency,
        level=LEVELS[host.kind],
        host=host.id,
        path=host.path,
        state=conference.state,
        period=conference.period,
    )


def rank_number(standing: Standing) -> int:
    """Return the rank as one number, for lists in its order."""
    urgency, level = standing.rank
    return urgency * 10 + level


def may_displace(new: Standing, held: Standing, *, now: datetime) -> bool:
    """Tell whether the new one may take the halls of the one that holds them."""
    if held.state is not State.CONFIRMED or held.period.start <= now:
        return False
    above = held.host in new.path and held.host != new.host
    return new.rank > held.rank and not above
