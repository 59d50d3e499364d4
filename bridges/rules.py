"""Decisions about bridges without I/O: where a room goes, and between which moments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.errors import BridgeNotFound
from bridges.model import Bridge, BridgeKind
from meetings.model import Period

OPENS_BEFORE = timedelta(minutes=30)
CLOSES_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A bridge with the seats promised on it in some period."""

    bridge: Bridge
    promised: int

    @property
    def share(self) -> float:
        """Return how much of the bridge is promised."""
        return self.promised / self.bridge.seats


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Between which moments a room may be entered; `ends_at` is the planned end."""

    opens_at: datetime
    ends_at: datetime
    closes_at: datetime


def room_times(period: Period) -> Times:
    """Return a room's times: halls come early, and nobody is cut off in mid-sentence."""
    return Times(
        opens_at=period.start - OPENS_BEFORE,
        ends_at=period.end,
        closes_at=period.end + CLOSES_AFTER,
    )


def candidates(loads: Iterable[Load], named: str | None) -> list[Bridge]:
    """Return the bridges to try in turn: the one named, else the least loaded first.

    A real bridge comes before the trial one, one that answers before one that does not; one that
    is being drained takes nobody unless it is named.

    Raises:
        BridgeNotFound: there is none of that name.
    """
    if named is not None:
        chosen = [load.bridge for load in loads if load.bridge.name == named]
        if not chosen:
            raise BridgeNotFound(named)
        return chosen
    open_loads = [load for load in loads if not load.bridge.draining]
    return [load.bridge for load in sorted(open_loads, key=rank)]


def rank(load: Load) -> tuple[bool, bool, float, str]:
    """Return what sorts bridges from the most to the least fitting."""
    bridge = load.bridge
    return bridge.healthy is False, bridge.kind is BridgeKind.TRIAL, load.share, bridge.name
