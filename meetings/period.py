"""Half-open stretches of time, the quantity that every booking is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time `[start, end)`; both ends carry a time zone."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse the two mistakes that later look like lost conferences."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a period needs a time zone at both ends")
        if self.end <= self.start:
            raise ValueError("a period must end after it starts")

    def overlaps(self, other: Period) -> bool:
        """Tell whether the two periods share at least one instant."""
        return self.start < other.end and other.start < self.end

    def seconds_within(self, start: datetime, end: datetime) -> float:
        """Return how many seconds of `[start, end)` lie in this period."""
        shared = (min(self.end, end) - max(self.start, start)).total_seconds()
        return max(0.0, shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindSpot:
    """A stretch in which nobody could have been seen, and why."""

    period: Period
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStep:
    """A bridge's clock was set at some moment of a period, forward, or back by less than none.

    What was told before and after is read each by its own difference; nothing is unseen by it.
    """

    bridge: str
    period: Period
    seconds: int
