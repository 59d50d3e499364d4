"""A bridge's clock against ours: events say when it thinks they happened, we know when they came.

News cannot come before it happened, and some of it comes at once; so the smallest difference tells
how far the clock is off, as long as that is more than the post takes.  A clock may be set while a
conference lasts: then each stretch of news has a difference of its own, and is read by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from bridges.model import Event, EvidenceKind, Occupant
from bridges.presence.levels import levels
from meetings.model import ClockStep, Period

SLOWEST_POST = timedelta(seconds=10)
"""Prosody tries four times within nine seconds; a difference below this may be the post."""
SMALLEST_STEP = timedelta(seconds=20)
"""By our own settings it tries again after 15 s: what is later than its like by less is no step."""
FARTHEST = timedelta(hours=20)
"""A clock in another zone is hours off; what is older than this came out of some archive."""
FEWEST = 3
"""So many events must be equally late, else it is the post and not the clock."""
SECOND = timedelta(seconds=1)

Key = tuple[EvidenceKind, str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """News told by a clock that was off by as much all the while; both ends are by our clock."""

    offset: timedelta
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A bridge's clock: its stretches in order, and which of them a moment was told in."""

    stretches: Sequence[Stretch] = ()
    told: Mapping[Key, timedelta]

    def read(self, kind: EvidenceKind, who: str, moment: datetime) -> datetime:
        """Return a moment by our clock.

        Where the news of it was lost, it is of the first stretch that was not over by then, unless
        that puts it before all news and a later one does not.
        """
        known = self.told.get((kind, who, moment))
        return moment + (self._guess(moment) if known is None else known)

    def _guess(self, moment: datetime) -> timedelta:
        if not self.stretches:
            return timedelta()
        ends = [*(one.begins for one in self.stretches[1:]), None]
        fitting = [
            one.offset
            for one, end in zip(self.stretches, ends, strict=True)
            if end is None or moment + one.offset < end
        ]
        first = self.stretches[0].begins
        return next((offset for offset in fitting if moment + offset >= first), fitting[0])

    def steps(self, bridge: str) -> tuple[ClockStep, ...]:
        """Return when the clock was set, between which two pieces of news, and by how much."""
        return tuple(
            ClockStep(
                bridge=bridge,
                period=Period(one.ends, max(following.begins, one.ends + SECOND)),
                seconds=round((one.offset - following.offset).total_seconds()),
            )
            for one, following in pairwise(self.stretches)
        )


def clock_of(events: Iterable[Event]) -> Clock:
    """Return the clock of the bridge that told these events."""
    news = sorted({one for one in events if came_fresh(one)}, key=order)
    runs = runs_of(news)
    offsets = [offset_of(late(news[event]) for event in run) for run in runs]
    told: dict[Key, timedelta] = {}
    moments: list[list[datetime]] = [[] for _ in runs]
    for one, place in zip(news, places_of(news, runs, offsets), strict=True):
        key = (one.kind, who_of(one), one.at)
        told[key] = min(offsets[place], told.get(key, offsets[place]))
        moments[place].append(one.at + offsets[place])
    return Clock(stretches=stretches_of(offsets, moments), told=told)


def came_fresh(event: Event) -> bool:
    """Tell whether an event's coming says anything of a clock."""
    return event.received_at is not None and abs(late(event)) <= FARTHEST


def order(event: Event) -> tuple[object, ...]:
    """Sort by when events came."""
    return event.received_at, event.at, event.kind, event.breakout, who_of(event)


def late(event: Event) -> timedelta:
    """Return how much later an event came than the bridge says that it happened."""
    return (event.received_at or event.at) - event.at


def who_of(event: Event) -> str:
    """Return whom an event is about, nobody where it is about the room."""
    about_one = event.kind in {EvidenceKind.JOINED, EvidenceKind.LEFT}
    return event.occupants[0].jid if about_one else ""


def runs_of(news: Sequence[Event]) -> list[range]:
    """Return which events, in the order in which they came, are late by as much."""
    came = [one.received_at or one.at for one in news]
    return levels(came, [late(one) for one in news], fewest=FEWEST, step=SMALLEST_STEP)


def places_of(
    news: Sequence[Event], runs: Sequence[range], offsets: Sequence[timedelta]
) -> list[int]:
    """Return for each event the run by whose offset it is read: its own, or one beside a step."""
    came = [one.received_at or one.at for one in news]
    found: list[int] = []
    for place, run in enumerate(runs):
        for event in run:
            around = [place]
            if place and came[event] - came[run.start] <= SMALLEST_STEP:
                around.append(place - 1)
            if place + 1 < len(runs) and came[run.stop - 1] - came[event] <= SMALLEST_STEP:
                around.append(place + 1)
            found.append(likeliest(late(news[event]), around, offsets))
    return found


def likeliest(delay: timedelta, around: Sequence[int], offsets: Sequence[timedelta]) -> int:
    """Return the own place, or, beside a step, one by which the post was not so slow."""
    near = (one for one in around if -SECOND <= delay - offsets[one] <= SLOWEST_POST)
    return next(near, around[0])


def offset_of(delays: Iterable[timedelta]) -> timedelta:
    """Return what must be added to a bridge's moments, zero where its clock may be right."""
    slow = sorted(delays)
    if not slow or abs(slow[0]) <= SLOWEST_POST:
        return timedelta()
    if slow[0] > timedelta() and sum(one <= slow[0] + SLOWEST_POST for one in slow) < FEWEST:
        return timedelta()
    return timedelta(seconds=round(slow[0].total_seconds()))


def stretches_of(
    offsets: Sequence[timedelta], moments: Sequence[Sequence[datetime]]
) -> tuple[Stretch, ...]:
    """Return the stretches in order, of the moments that each offset was found for.

    None begins before the one before it has ended: an offset is right within the post, so that
    around a step moments of both sides are mixed.
    """
    found: list[Stretch] = []
    for offset, own in zip(offsets, moments, strict=True):
        if not own:
            continue
        if not found:
            found.append(Stretch(offset=offset, begins=min(own), ends=max(own)))
        elif found[-1].offset == offset:
            found[-1] = replace(found[-1], ends=max(found[-1].ends, *own))
        else:
            begins = max(found[-1].ends, min(own))
            ends = max(begins + SECOND, *own)
            found.append(Stretch(offset=offset, begins=begins, ends=ends))
    return tuple(found)


def by_our_clock(event: Event, clock: Clock) -> Event:
    """Return the event with every moment by our clock, without when it came."""
    created_at = event.created_at
    return replace(
        event,
        at=clock.read(event.kind, who_of(event), event.at),
        created_at=created_at and clock.read(EvidenceKind.CREATED, "", created_at),
        occupants=tuple(occupant_by_our_clock(one, clock) for one in event.occupants),
        received_at=None,
    )


def occupant_by_our_clock(one: Occupant, clock: Clock) -> Occupant:
    """Return an occupant by our clock; nobody leaves before they come."""
    joined_at = clock.read(EvidenceKind.JOINED, one.jid, one.joined_at)
    left_at = one.left_at and clock.read(EvidenceKind.LEFT, one.jid, one.left_at)
    return replace(one, joined_at=joined_at, left_at=left_at and max(left_at, joined_at))
