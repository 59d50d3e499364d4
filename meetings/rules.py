"""Decisions about conferences without I/O: the life cycle, and what may be wished for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from meetings.errors import IllegalMove, TooLate
from meetings.model import Conference, Period, State

NEXT_STATES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.DRAFT: frozenset({State.REQUESTED, State.CONFIRMED, State.CANCELLED}),
        State.REQUESTED: frozenset({State.CONFIRMED, State.REFUSED, State.CANCELLED}),
        State.CONFIRMED: frozenset({State.LIVE, State.ENDED, State.CANCELLED}),
        State.LIVE: frozenset({State.ENDED}),
        State.ENDED: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
        State.REFUSED: frozenset(),
        State.CANCELLED: frozenset(),
    }
)

PLANNED = frozenset({State.DRAFT, State.REQUESTED, State.CONFIRMED})
"""States in which the period and the sites may still change."""

LATEST_START = timedelta(minutes=15)
"""How far in the past an urgent call may have begun when it is booked."""


def move(conference: Conference, to: State) -> Conference:
    """Return the conference in its new state.

    Raises:
        IllegalMove: its life has no step from the present state to `to`.
    """
    if to not in NEXT_STATES[conference.state]:
        raise IllegalMove(conference.id, conference.state, to)
    return replace(conference, state=to)


def check_period(period: Period, *, now: datetime) -> None:
    """Raise TooLate when the period is over or began too long ago."""
    if period.start < now - LATEST_START or period.end <= now:
        raise TooLate(period, now)
