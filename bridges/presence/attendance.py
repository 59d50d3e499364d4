"""From evidence to attendance: pure, and the same whatever the order, doubling or loss.

A stay is known by its bridge, side room, occupant and moment of joining; every event that mentions
it may give its end, and the earliest end counts.  What nobody saw is a blind spot, never an
absence.  Measured against the captures: `left` repeats `joined_at`, `destroyed` repeats everybody's
last stay, so any one kind of event may be lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bridges.model import Move, MoveReason, OccupantJid, Room
from bridges.presence.beats import beaten, believed, deserted
from bridges.presence.endings import Around, interval
from bridges.presence.evidence import Evidence
from bridges.presence.failover import Gap, bridged, gap_of
from bridges.presence.sight import NEVER_HEARD, Track, apart, blind_spots, dark
from bridges.presence.stays import Seen, Stay, find_stays, sort_out
from bridges.presence.told import earliest
from bridges.presence.uncounted import UNCOUNTED, uncounted
from bridges.presence.undercounted import UNDERCOUNTED, Shortage, shortage
from bridges.presence.unlisted import unlisted
from meetings.attendance.presence import union
from meetings.model import BlindSpot, ClockStep, Interval, Period, SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who was in when, when nobody could have been seen, and when a bridge's clock was set."""

    presences: Mapping[SiteId, tuple[Interval, ...]]
    blind_spots: tuple[BlindSpot, ...]
    clock_steps: tuple[ClockStep, ...] = ()


def attendance(
    evidence: Iterable[Evidence],
    room: Room,
    period: Period,
    *,
    moves: Sequence[Move] = (),
    now: datetime,
) -> Attendance:
    """Return what the evidence says of a room's conference; `period` ends when it really ended."""
    seen = sort_out(evidence, room)
    stays = find_stays(seen)
    until = last_moment(room, now)
    found: dict[SiteId, list[Interval]] = defaultdict(list)
    again, comings, own = by_connection(stays), by_site(stays), stays_by_site(stays)
    shortages = {bridge: shortage(told, seen) for bridge, told in seen.told.items()}
    for stay in stays:
        around = Around(
            lives=seen.told[stay.bridge].lives,
            moves=moves,
            others=again[stay.bridge, stay.jid],
            comings=comings[stay.bridge, stay.site],
            until=until,
            counted_out=counted_out(stay, shortages[stay.bridge]),
        )
        found[stay.site].append(interval(stay, seen, around))
    gaps = [gap_of(move, stays, found, now) for move in moves if is_failover(move)]
    empty = deserted(seen)
    for site, beats in seen.heartbeats.items():
        away = [*empty, *unlisted(believed(beats, empty), own[site], found[site], seen)]
        found[site] += beaten(beats, gaps, found[site], away, now=None if until else now)
    for site, intervals in found.items():
        intervals.extend(bridged(site, tuple(intervals), gaps))
    spots = find_blind_spots(seen, stays, period, moves, gaps, until=until, now=now)
    spots += spots_miscounted(seen, shortages.values(), period, now)
    return Attendance(
        presences={
            site: union(intervals) for site, intervals in sorted(found.items()) if intervals
        },
        blind_spots=apart(spots),
        clock_steps=tuple(step for told in seen.told.values() for step in told.steps),
    )


def counted_out(stay: Stay, short: Shortage) -> datetime | None:
    """Return since when a bridge counts without somebody; side rooms are not in its counts."""
    return None if stay.breakout else short.gone.get((stay.jid, stay.joined_at))


def is_failover(move: Move) -> bool:
    """Tell whether a room moved because its bridge died."""
    return move.reason is MoveReason.FAILOVER


def by_connection(stays: Iterable[Stay]) -> Mapping[tuple[str, OccupantJid], list[Stay]]:
    """Return the stays of each connection to a bridge."""
    found: dict[tuple[str, OccupantJid], list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.bridge, stay.jid].append(stay)
    return found


def stays_by_site(stays: Iterable[Stay]) -> Mapping[SiteId, list[Stay]]:
    """Return the stays of each hall."""
    found: dict[SiteId, list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.site].append(stay)
    return found


def by_site(stays: Iterable[Stay]) -> Mapping[tuple[str, SiteId], list[datetime]]:
    """Return when each hall came in at each bridge, by whichever connection."""
    found: dict[tuple[str, SiteId], list[datetime]] = defaultdict(list)
    for stay in stays:
        found[stay.bridge, stay.site].append(stay.joined_at)
    return found


def find_blind_spots(
    seen: Seen,
    stays: Sequence[Stay],
    period: Period,
    moves: Sequence[Move],
    gaps: Sequence[Gap],
    *,
    until: datetime | None,
    now: datetime,
) -> list[BlindSpot]:
    """Return the stretches of the period, up to now, in which nobody could have been seen."""
    polls = sorted({*seen.polls, *(gap.begins for gap in gaps)})
    tracks = [track(bridge, seen, stays, moves, until) for bridge in sorted(seen.told)]
    if not any(one.lives for one in tracks):
        spots = dark([(period.start, period.end)], NEVER_HEARD, period, polls, now)
    else:
        spots = [spot for one in tracks for spot in blind_spots(one, period, polls, now)]
    marked = [spot for gap in gaps if (spot := gap.spot(period, now)) is not None]
    return [*marked, *spots]


def spots_miscounted(
    seen: Seen, shortages: Iterable[Shortage], period: Period, now: datetime
) -> list[BlindSpot]:
    """Return the parts of the period in which a bridge counted more or fewer than it told of."""
    more = [(UNCOUNTED, one) for told in seen.told.values() for one in uncounted(told)]
    fewer = [(UNDERCOUNTED, one) for short in shortages for one in short.doubtful]
    limits = [
        (reason, max(begins, period.start), min(ends, period.end, now))
        for reason, (begins, ends) in [*more, *fewer]
    ]
    return [
        BlindSpot(period=Period(begins, ends), reason=reason)
        for reason, begins, ends in limits
        if begins < ends
    ]


def track(
    bridge: str, seen: Seen, stays: Sequence[Stay], moves: Sequence[Move], until: datetime | None
) -> Track:
    """Return how a bridge was heard of; one that the room was moved from is heard of no further."""
    told = seen.told[bridge]
    away = [move for move in moves if move.source == bridge]
    ends = earliest(until, away[-1].heard_at if away else None)
    own = [one for one in stays if one.bridge == bridge and one.left_at is None]
    return Track(
        lives=told.lives,
        open_stays=tuple(one.joined_at for one in own),
        signs=seen.signs,
        pages=seen.pages,
        until=ends,
    )


def last_moment(room: Room, now: datetime) -> datetime | None:
    """Return when the room was over at the latest, None while it is not."""
    ends = earliest(room.closed_at, room.closes_at)
    return ends if ends is not None and now >= ends else None
