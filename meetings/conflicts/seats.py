"""Seats over time: how many of a pool are promised at once, and whether a wish still fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from meetings.conflicts.facts import PoolLoad
from meetings.period import Period


def peak(promised: Iterable[tuple[Period, int]], period: Period) -> int:
    """Return the most seats promised at one instant of the period.

    At an instant where one conference ends and another begins, the ending one counts first.
    """
    steps: list[tuple[datetime, int]] = []
    for held, seats in promised:
        if held.overlaps(period):
            steps += [(max(held.start, period.start), seats), (min(held.end, period.end), -seats)]
    load = most = 0
    for _, delta in sorted(steps):
        load += delta
        most = max(most, load)
    return most


def most_free(pools: Sequence[PoolLoad], period: Period) -> int:
    """Return the most seats that one pool keeps free through the whole period."""
    return max((pool.seats - peak(pool.promised, period) for pool in pools), default=0)


def fits(pools: Sequence[PoolLoad], period: Period, seats: int) -> bool:
    """Tell whether some pool can carry so many seats; where no pool is known, nobody can say no."""
    return not pools or most_free(pools, period) >= seats
