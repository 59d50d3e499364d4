"""From evidence to attendance: pure, and the same whatever the order, doubling or loss.

A stay is known by its side room, occupant and moment of joining; every event that mentions it may
give its end, and the earliest end counts.  What nobody saw is a blind spot, never an absence.
Measured against the captures: `left` repeats `joined_at`, `destroyed` repeats everybody's last
stay, so any one kind of event may be lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.evidence import Census, Evidence, Sighting
from bridges.jitsi.names import read_user
from bridges.model import Event, EvidenceKind, OccupantJid, Room
from bridges.sight import Instance, blind_spots, instances
from meetings.model import BlindSpot, Interval, Period, SiteId
from meetings.presence import union

PLAUSIBLE = timedelta(days=1)
LONGEST_SILENCE = timedelta(seconds=150)

Key = tuple[str, OccupantJid, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One occupant's time in a room, from one joining on; `left_at` as far as anybody told."""

    breakout: str
    site: SiteId
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who was in when, and when nobody could have been seen."""

    presences: Mapping[SiteId, tuple[Interval, ...]]
    blind_spots: tuple[BlindSpot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The evidence about one room, sorted into its kinds; all but events in order of time."""

    events: frozenset[Event]
    ends: tuple[Event, ...]
    heartbeats: Mapping[SiteId, tuple[datetime, ...]]
    census: tuple[Census, ...]

    @property
    def signs(self) -> tuple[datetime, ...]:
        """Every moment at which the room was heard of."""
        beats = (at for beats in self.heartbeats.values() for at in beats)
        told = (event.at for event in self.events)
        return tuple(sorted({*told, *beats, *(one.at for one in self.census)}))


def attendance(
    evidence: Iterable[Evidence], room: Room, period: Period, *, now: datetime
) -> Attendance:
    """Return what the evidence says of a room's conference; `period` ends when it really ended."""
    seen = sort_out(evidence, room)
    stays = find_stays(seen.events)
    until = last_moment(room, now)
    lives = instances(seen.events)
    found: dict[SiteId, list[Interval]] = defaultdict(list)
    for stay in stays:
        found[stay.site].append(interval(stay, seen, lives, until))
    for site, beats in seen.heartbeats.items():
        found[site] += beaten(beats)
    open_stays = [stay.joined_at for stay in stays if stay.left_at is None]
    spots = blind_spots(
        period, lives, open_stays, seen.signs, [one.at for one in seen.census], until=until, now=now
    )
    return Attendance(
        presences={
            site: union(intervals) for site, intervals in sorted(found.items()) if intervals
        },
        blind_spots=spots,
    )


def sort_out(evidence: Iterable[Evidence], room: Room) -> Seen:
    """Return the evidence by kinds, without what cannot be about this room's day."""
    earliest, latest = room.opens_at - PLAUSIBLE, room.closes_at + PLAUSIBLE
    pieces = [piece for piece in evidence if earliest <= piece.at <= latest]
    beats: dict[SiteId, set[datetime]] = defaultdict(set)
    for piece in pieces:
        if isinstance(piece, Sighting) and piece.kind is EvidenceKind.HEARTBEAT:
            beats[piece.site].add(piece.at)
    events = frozenset(piece for piece in pieces if isinstance(piece, Event))
    census = {piece for piece in pieces if isinstance(piece, Census)}
    return Seen(
        events=events,
        ends=tuple(event for event in events if event.kind is EvidenceKind.DESTROYED),
        heartbeats={site: tuple(sorted(moments)) for site, moments in beats.items()},
        census=tuple(sorted(census, key=lambda one: (one.at, one.participants))),
    )


def find_stays(events: Iterable[Event]) -> list[Stay]:
    """Return every stay of a site; recorders and callers are nobody's."""
    ends: dict[Key, datetime | None] = {}
    sites: dict[Key, SiteId] = {}
    for event in events:
        for occupant in event.occupants:
            site = read_user(occupant.user)
            if site is None or occupant.joined_at > event.at + PLAUSIBLE:
                continue
            key = (event.breakout, occupant.jid, occupant.joined_at)
            sites[key] = min(site, sites.get(key, site))
            ends[key] = earliest(ends.get(key), occupant.left_at)
    return [
        Stay(breakout=key[0], site=sites[key], joined_at=key[2], left_at=ends[key])
        for key in sorted(sites)
    ]


def earliest(*moments: datetime | None) -> datetime | None:
    """Return the first of the moments that are known."""
    return min((moment for moment in moments if moment is not None), default=None)


def interval(stay: Stay, seen: Seen, lives: Sequence[Instance], until: datetime | None) -> Interval:
    """Return when a stay was, by the best that is known of its end."""
    if stay.left_at is not None:
        return Interval(start=stay.joined_at, end=stay.left_at, evidence="events")
    destroyed = destroyed_at(stay, seen.ends)
    if destroyed is not None:
        return Interval(start=stay.joined_at, end=destroyed, evidence="events")
    emptied = emptied_at(stay.joined_at, seen.census)
    reborn = earliest(*(life.begins for life in lives if life.begins > stay.joined_at))
    bound = earliest(emptied, reborn, until)
    if bound is None:
        return Interval(start=stay.joined_at, end=None, evidence="events")
    if bound == emptied:
        return Interval(start=stay.joined_at, end=emptied, evidence="census")
    guess = last_beat(stay, seen, bound)
    return Interval(start=stay.joined_at, end=max(guess, stay.joined_at), evidence="estimated")


def destroyed_at(stay: Stay, ends: Sequence[Event]) -> datetime | None:
    """Return when the room that the stay was in was destroyed."""
    return earliest(
        *(
            event.at
            for event in ends
            if event.breakout == stay.breakout
            and event.at >= stay.joined_at
            and (event.created_at is None or event.created_at <= stay.joined_at)
        )
    )


def emptied_at(joined_at: datetime, census: Sequence[Census]) -> datetime | None:
    """Return when the room was last seen in use before two answers in a row found nobody."""
    last_seen, empty_before = joined_at, False
    for one in census:
        if one.at <= joined_at:
            continue
        if one.participants > 0:
            last_seen, empty_before = one.at, False
        elif empty_before:
            return last_seen
        else:
            empty_before = True
    return None


def last_beat(stay: Stay, seen: Seen, bound: datetime) -> datetime:
    """Return the last word of the site's page before the bound, or the bound if it never spoke."""
    beats = [at for at in seen.heartbeats.get(stay.site, ()) if stay.joined_at <= at <= bound]
    return beats[-1] if beats and beats[-1] < bound - LONGEST_SILENCE else bound


def beaten(beats: Sequence[datetime]) -> list[Interval]:
    """Return the stretches in which a page said again and again that it was in."""
    found: list[Interval] = []
    start = beats[0]
    for before, after in zip(beats, [*beats[1:], None], strict=True):
        if after is None or after - before > LONGEST_SILENCE:
            if before > start:
                found.append(Interval(start=start, end=before, evidence="heartbeat"))
            start = after or start
    return found


def last_moment(room: Room, now: datetime) -> datetime | None:
    """Return when the room was over at the latest, None while it is not."""
    ends = earliest(room.closed_at, room.closes_at)
    return ends if ends is not None and now >= ends else None
