"""A bridge's clock against ours: events say when it thinks they happened, we know when they came.

News cannot come before it happened, and some of it comes at once; so the smallest difference tells
how far the clock is off, as long as that is more than the post takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bridges.model import Event, Occupant

SLOWEST_POST = timedelta(seconds=10)
"""Prosody tries four times within nine seconds; a difference below this may be the post."""
FARTHEST = timedelta(hours=20)
"""A clock in another zone is hours off; what is older than this came out of some archive."""
FEWEST = 3
"""So many events must be equally late, else it is the post and not the clock."""


def on_our_clock(events: Iterable[Event]) -> frozenset[Event]:
    """Return the events with every moment by our clock, without when they came."""
    by_bridge: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_bridge[event.bridge].append(event)
    return frozenset(
        shifted(event, offset)
        for told in by_bridge.values()
        for offset in [offset_of(told)]
        for event in told
    )


def offset_of(told: Iterable[Event]) -> timedelta:
    """Return what must be added to a bridge's moments, zero where its clock may be right."""
    late = sorted(
        event.received_at - event.at for event in set(told) if event.received_at is not None
    )
    if not late or abs(late[0]) > FARTHEST or abs(late[0]) <= SLOWEST_POST:
        return timedelta()
    if late[0] > timedelta() and sum(one <= late[0] + SLOWEST_POST for one in late) < FEWEST:
        return timedelta()
    return timedelta(seconds=round(late[0].total_seconds()))


def shifted(event: Event, offset: timedelta) -> Event:
    """Return the event by our clock."""
    return replace(
        event,
        at=event.at + offset,
        created_at=moved(event.created_at, offset),
        occupants=tuple(shifted_occupant(one, offset) for one in event.occupants),
        received_at=None,
    )


def shifted_occupant(one: Occupant, offset: timedelta) -> Occupant:
    """Return an occupant by our clock."""
    return replace(one, joined_at=one.joined_at + offset, left_at=moved(one.left_at, offset))


def moved(moment: datetime | None, offset: timedelta) -> datetime | None:
    """Return a moment by our clock, if it is known at all."""
    return None if moment is None else moment + offset
