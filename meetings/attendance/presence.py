"""Stretches of presence as a set: whatever order or doubling they arrive in, the union is one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from meetings.model import Interval

_STILL_IN = datetime.max.replace(tzinfo=UTC)
_DOUBT = {"heartbeat": 0, "events": 1}


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the same instants as few intervals in order, none touching the next.

    The order and doubling of what is given do not matter.  A merged interval names all its
    evidence, sorted and joined by '+'.
    """
    found: list[Interval] = []
    for one in sorted(intervals, key=_order):
        if found and one.start <= _end(found[-1]):
            found[-1] = _merged(found[-1], one)
        else:
            found.append(one)
    return tuple(found)


def seconds_within(intervals: Iterable[Interval], start: datetime, end: datetime) -> int:
    """Return how many seconds of `[start, end)` the intervals cover together."""
    covered = sum(
        max(0.0, (min(_end(one), end) - max(one.start, start)).total_seconds())
        for one in union(intervals)
    )
    return round(covered)


def within(intervals: Iterable[Interval], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """Return the intervals, whole, that share something with `[start, end)`."""
    return tuple(one for one in intervals if one.start < end and _end(one) > start)


def _end(interval: Interval) -> datetime:
    return interval.end or _STILL_IN


def _merged(first: Interval, second: Interval) -> Interval:
    evidence = {*first.evidence.split("+"), *second.evidence.split("+")} - {""}
    last = max(first, second, key=_order_of_end)
    return Interval(
        start=first.start,
        end=last.end,
        evidence="+".join(sorted(evidence)),
        start_evidence=first.start_evidence,
        end_evidence=last.end_evidence,
        means=first.means | second.means,
    )


def _order(interval: Interval) -> tuple[object, ...]:
    """Sort by start; of what begins at once that tells best which is no heartbeat."""
    evidence = interval.start_evidence
    return interval.start, evidence == "heartbeat", _end(interval), evidence, interval.end_evidence


def _order_of_end(interval: Interval) -> tuple[datetime, int, str]:
    """Sort by end; of two at once the one that is less sure tells, as it might as well be later.

    A heartbeat says nothing of going: whatever else ends at its moment tells more.
    """
    evidence = interval.end_evidence
    return _end(interval), _DOUBT.get(evidence, len(_DOUBT)), evidence
