"""What a host may book, asked of a series: how far ahead, and how many conferences at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from meetings.model import Conference, UnitId
from meetings.office.workdays import local_day
from meetings.series.plan import Occurrence, Skipped, SkipReason
from meetings.series.reshaping import HELD
from meetings.series.rrules import MOST_PLACES, BadRule
from meetings.store import Connection, facts, grounds, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The last day on which a host may book, and how many conferences more; None is any."""

    last_day: date | None = None
    room: int | None = None


async def limits_of(conn: Connection, host: UnitId, now: datetime) -> Limits:
    """Return what a host may book besides what it has."""
    policy, _ = await grounds.get_standing(conn, host)
    last_day, room = None, None
    if policy.horizon_days is not None:
        last_day = local_day(now) + timedelta(days=policy.horizon_days)
    if policy.most_open is not None:
        count = await facts.count_open(conn, host, now, own=holds.NOBODY)
        room = max(0, policy.most_open - count)
    return Limits(last_day=last_day, room=room)


def check_places(wanted: Iterable[tuple[Conference, Mapping[str, Any]]]) -> None:
    """Refuse to write more halls of dates at once than others can wait for.

    Raises:
        BadRule: those whose halls, people or times change are too many, or their halls.
    """
    places = sum(
        len(what.get("sites", one.sites))
        for one, what in wanted
        if not what.keys().isdisjoint({*HELD, "period"})
    )
    if places > MOST_PLACES:
        raise BadRule("series-too-large")


def beyond(limits: Limits, booked: Sequence[Occurrence]) -> list[Skipped]:
    """Return which dates a host may not book: those too far ahead, then those that are too many."""
    near: list[Occurrence] = []
    far: list[Occurrence] = []
    for one in booked:
        late = limits.last_day is not None and local_day(one.period.start) > limits.last_day
        (far if late else near).append(one)
    many = [] if limits.room is None else near[limits.room :]
    return [
        *(Skipped(date=one.date, reason=SkipReason.HORIZON) for one in far),
        *(Skipped(date=one.date, reason=SkipReason.QUOTA) for one in many),
    ]
