"""When we could have seen who was in a room: its lives on the bridge, and the gaps between."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bridges.model import Event, EvidenceKind
from bridges.presence.seconds import Seconds
from meetings.model import BlindSpot, Period

POLL_REACH = timedelta(seconds=90)
NEVER_HEARD = "never-heard"
LOST_TRACK = "lost-track"


@dataclass(frozen=True, slots=True, order=True)
class Instance:
    """One life of the room on its bridge; `ends` is None where nobody told."""

    begins: datetime
    ends: datetime | None


def instances(events: Iterable[Event]) -> list[Instance]:
    """Return the main room's lives in order; one whose beginning was lost begins with a joining."""
    ends: dict[datetime, datetime | None] = {}
    main = [event for event in events if not event.breakout]
    for event in main:
        if event.created_at is None:
            continue
        known = ends.get(event.created_at)
        end = event.at if event.kind is EvidenceKind.DESTROYED else None
        ends[event.created_at] = min(known, end) if known and end else known or end
    joined = [occupant.joined_at for event in main for occupant in event.occupants]
    first = min(ends, default=None)
    lost = [moment for moment in joined if first is None or moment < first]
    if lost:
        ends[min(lost)] = None
    return [Instance(begins, ends[begins]) for begins in sorted(ends)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """How the room was heard of on one bridge, until its end there if it is over.

    `signs` are moments at which any bridge spoke, `pages` when halls' pages did.
    """

    lives: tuple[Instance, ...]
    open_stays: tuple[datetime, ...]
    signs: Collection[datetime]
    pages: Seconds
    until: datetime | None


def blind_spots(
    track: Track, period: Period, polls: Sequence[datetime], now: datetime
) -> list[BlindSpot]:
    """Return the stretches in which nobody could have been seen on a bridge that was heard of."""
    return dark(lost_tracks(track), LOST_TRACK, period, polls, now)


def dark(
    gaps: Iterable[tuple[datetime, datetime]],
    reason: str,
    period: Period,
    polls: Sequence[datetime],
    now: datetime,
) -> list[BlindSpot]:
    """Return the parts of gaps, within the period and up to now, that no poll reaches."""
    return [
        BlindSpot(period=Period(*stretch), reason=reason)
        for begins, ends in gaps
        for stretch in uncovered(max(begins, period.start), min(ends, period.end, now), polls)
    ]


def apart(spots: Iterable[BlindSpot]) -> tuple[BlindSpot, ...]:
    """Return the spots in order, each beginning where the one before has ended."""
    found: list[BlindSpot] = []
    for spot in sorted(spots, key=lambda one: (one.period.start, one.period.end, one.reason)):
        begins = max(spot.period.start, found[-1].period.end) if found else spot.period.start
        if begins < spot.period.end:
            found.append(BlindSpot(period=Period(begins, spot.period.end), reason=spot.reason))
    return tuple(found)


def lost_tracks(track: Track) -> list[tuple[datetime, datetime]]:
    """Return from when to when a life without an end was not heard of any more.

    A life whose people are all known to have gone needs no end; one that goes on is still heard.
    """
    gaps = []
    borders = [*(life.begins for life in track.lives), track.until]
    for life, (begins, following) in zip(track.lives, pairwise(borders), strict=True):
        if life.ends is not None or following is None or begins is None:
            continue
        if not any(begins <= joined < following for joined in track.open_stays):
            continue
        heard = [sign for sign in track.signs if begins <= sign < following]
        beat = track.pages.since(begins).before(following).last
        gaps.append((max([begins, *heard] if beat is None else [beat, *heard]), following))
    return gaps


def uncovered(
    begins: datetime, ends: datetime, polls: Iterable[datetime]
) -> list[tuple[datetime, datetime]]:
    """Return the parts of `[begins, ends)` that no poll reaches, a poll reaching 90 s each way."""
    found = []
    for poll in sorted(polls):
        if poll - POLL_REACH > begins and begins < ends:
            found.append((begins, min(poll - POLL_REACH, ends)))
        begins = max(begins, poll + POLL_REACH)
    if begins < ends:
        found.append((begins, ends))
    return found
