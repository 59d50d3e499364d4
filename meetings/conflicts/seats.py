"""Seats over time: how many of a pool are promised at once, and whether a wish still fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from meetings.conflicts.facts import PoolLoad
from meetings.period import Period
from meetings.scheduling.reasons import Holder


def peak(promised: Iterable[tuple[Period, int]], period: Period) -> int:
    """Return the most seats promised at one instant of the period."""
    return busiest(promised, period)[0]


def busiest(promised: Iterable[tuple[Period, int]], period: Period) -> tuple[int, datetime]:
    """Return the most seats promised at one instant of the period, and the first such instant.

    At an instant where one conference ends and another begins, the ending one counts first.
    """
    steps: list[tuple[datetime, int]] = []
    for held, seats in promised:
        if held.overlaps(period):
            steps += [(max(held.start, period.start), seats), (min(held.end, period.end), -seats)]
    load, most, when = 0, 0, period.start
    for at, delta in sorted(steps):
        load += delta
        if load > most:
            most, when = load, at
    return most, when


def most_free(pools: Sequence[PoolLoad], period: Period) -> int:
    """Return the most seats that one pool keeps free through the whole period."""
    return max((pool.seats - peak(pool.promised, period) for pool in pools), default=0)


def users(pools: Sequence[PoolLoad], period: Period) -> list[tuple[Holder, Period, int]]:
    """Return who uses the pool with the most free seats when it is fullest, the biggest first."""
    if not pools:
        return []
    best = max(pools, key=lambda pool: pool.seats - peak(pool.promised, period))
    _, when = busiest(best.promised, period)
    found = [
        (holder, held, seats)
        for holder, (held, seats) in zip(best.holders, best.promised, strict=False)
        if held.start <= when < held.end
    ]
    return sorted(found, key=lambda one: (-one[2], one[1].start, one[0].id))


def fits(pools: Sequence[PoolLoad], period: Period, seats: int) -> bool:
    """Tell whether some pool can carry so many seats; where no pool is known, nobody can say no."""
    return not pools or most_free(pools, period) >= seats
