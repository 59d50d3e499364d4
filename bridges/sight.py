"""When we could have seen who was in a room: its lives on the bridge, and the gaps between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bridges.model import Event, EvidenceKind
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
    lost = [moment for moment in joined if not any(begins <= moment for begins in ends)]
    if lost:
        ends[min(lost)] = None
    return [Instance(begins, ends[begins]) for begins in sorted(ends)]


def blind_spots(
    period: Period,
    lives: Sequence[Instance],
    open_stays: Sequence[datetime],
    signs: Sequence[datetime],
    polls: Sequence[datetime],
    *,
    until: datetime | None,
    now: datetime,
) -> tuple[BlindSpot, ...]:
    """Return the stretches of the period, up to now, in which nobody could have been seen."""
    if lives:
        gaps = lost_tracks(lives, open_stays, signs, until)
        reason = LOST_TRACK
    else:
        gaps = [(period.start, period.end)]
        reason = NEVER_HEARD
    dark = [
        stretch
        for begins, ends in gaps
        for stretch in uncovered(max(begins, period.start), min(ends, period.end, now), polls)
    ]
    return tuple(BlindSpot(period=Period(*stretch), reason=reason) for stretch in dark)


def lost_tracks(
    lives: Sequence[Instance],
    open_stays: Sequence[datetime],
    signs: Sequence[datetime],
    until: datetime | None,
) -> list[tuple[datetime, datetime]]:
    """Return from when to when a life without an end was not heard of any more.

    A life whose people are all known to have gone needs no end; one that goes on is still heard.
    """
    gaps = []
    borders = [*(life.begins for life in lives), until]
    for life, (begins, following) in zip(lives, pairwise(borders), strict=True):
        if life.ends is not None or following is None or begins is None:
            continue
        if not any(begins <= joined < following for joined in open_stays):
            continue
        heard = max((sign for sign in signs if begins <= sign < following), default=begins)
        gaps.append((heard, following))
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
