"""Stays: who was in a room from which moment on, whichever of the events told it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from bridges.jitsi.names import read_means, read_user, short_name
from bridges.model import Event, EvidenceKind, OccupantJid, Room
from bridges.presence.clocks import by_our_clock, clock_of
from bridges.presence.evidence import Beats, Census, Evidence, Roster
from bridges.presence.seconds import Seconds
from bridges.presence.sight import Instance, instances
from meetings.model import ClockStep, Means, SiteId

PLAUSIBLE = timedelta(days=1)
SILENT = Seconds()

Key = tuple[str, str, OccupantJid, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One occupant's time in a room, from one joining on; `left_at` as far as anybody told."""

    bridge: str
    breakout: str
    jid: OccupantJid
    site: SiteId
    joined_at: datetime
    left_at: datetime | None
    means: Means = Means.LINK


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one bridge told and answered about a room, all but events in order of time."""

    events: frozenset[Event] = frozenset()
    census: tuple[Census, ...] = ()
    rosters: tuple[Roster, ...] = ()
    lives: tuple[Instance, ...] = ()
    ends: tuple[Event, ...] = ()
    """The news that the room, or a side room, was destroyed."""
    steps: tuple[ClockStep, ...] = ()
    """When the bridge's clock was set; all moments here are by ours."""

    @property
    def moments(self) -> frozenset[datetime]:
        """Every moment at which the bridge spoke of the room."""
        return frozenset({event.at for event in self.events} | {one.at for one in self.census})

    @cached_property
    def counted(self) -> Sequence[datetime]:
        """Every moment at which the bridge counted, in order."""
        return [one.at for one in self.census]

    @cached_property
    def has_sides(self) -> bool:
        """Whether it told of a side room, which is in no count and no list."""
        return any(event.breakout for event in self.events)

    @cached_property
    def still_empty(self) -> Sequence[int]:
        """The places of counts that found nobody, as the one before had."""
        return [
            place
            for place, (former, later) in enumerate(pairwise(self.census), 1)
            if not former.participants and not later.participants
        ]

    @cached_property
    def listed(self) -> Sequence[datetime]:
        """Every moment at which the bridge told who is in, in order."""
        return [one.at for one in self.rosters]

    @property
    def named(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """In which lists each endpoint was named: from which place on, and before which."""
        return self._read[0]

    @property
    def strange(self) -> frozenset[datetime]:
        """Every moment at which somebody was named who is in no event, by the ordinary rule."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Mapping[str, Sequence[tuple[int, int]]], frozenset[datetime]]:
        """What the lists say, read one after the other: only two of them are in memory at once."""
        known = {short_name(one.jid) for event in self.events for one in event.occupants}
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        since: dict[str, int] = {}
        strange: set[datetime] = set()
        text, former, odd = "", frozenset[str](), False
        for place, one in enumerate(self.rosters):
            if one.text != text:
                text, names = one.text, frozenset(one.names)
                for endpoint in former - names:
                    found[endpoint].append((since.pop(endpoint), place))
                since |= dict.fromkeys(names - former, place)
                former, odd = names, not names <= known
            if odd:
                strange.add(one.at)
        for endpoint, begins in since.items():
            found[endpoint].append((begins, len(self.rosters)))
        return found, frozenset(strange)

    @cached_property
    def alive(self) -> tuple[datetime, ...]:
        """Every moment at which the bridge spoke of the room as in use, in order."""
        counted = {one.at for one in self.census if one.participants > 0}
        return tuple(sorted(counted.union(event.at for event in self.events)))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The evidence about one conference, sorted: by bridge, and what halls' pages said."""

    told: Mapping[str, Told]
    heartbeats: Mapping[SiteId, Seconds]

    def beats(self, site: SiteId) -> Seconds:
        """Return when a hall's page said that it is in."""
        return self.heartbeats.get(site, SILENT)

    @cached_property
    def polls(self) -> tuple[datetime, ...]:
        """Every moment at which some bridge answered a poll, in order."""
        return tuple(sorted({one.at for told in self.told.values() for one in told.census}))

    @cached_property
    def pages(self) -> Seconds:
        """When any hall's page said that it is in."""
        return Seconds.union(self.heartbeats.values())

    def heard(self, after: datetime, until: datetime) -> bool:
        """Tell whether an answer or some hall's page reached us after a moment, up to another."""
        polls = bisect_right(self.polls, until) - bisect_right(self.polls, after)
        return polls > 0 or len(self.pages.until(until)) > len(self.pages.until(after))

    @property
    def signs(self) -> frozenset[datetime]:
        """Every moment at which some bridge spoke of the conference."""
        return frozenset().union(*(told.moments for told in self.told.values()))


def sort_out(evidence: Iterable[Evidence], room: Room) -> Seen:
    """Return the evidence by kinds, without what cannot be about this room's day."""
    earliest, latest = room.opens_at - PLAUSIBLE, room.closes_at + PLAUSIBLE
    pieces: list[Event | Census | Roster] = []
    beats: dict[SiteId, list[Seconds]] = defaultdict(list)
    for piece in evidence:
        if isinstance(piece, Beats):
            beats[piece.site].append(piece.seconds.since(earliest).until(latest))
        elif earliest <= piece.at <= latest:
            pieces.append(piece)
    spoke = sorted({piece.bridge for piece in pieces})
    return Seen(
        told={bridge: told_by(bridge, pieces) for bridge in spoke},
        heartbeats={site: Seconds.union(parts) for site, parts in beats.items() if any(parts)},
    )


def told_by(bridge: str, pieces: Iterable[Event | Census | Roster]) -> Told:
    """Return what one bridge told, by our clock."""
    own = [one for one in pieces if one.bridge == bridge]
    census = {one for one in own if isinstance(one, Census)}
    rosters = {one for one in own if isinstance(one, Roster)}
    news = {one for one in own if isinstance(one, Event)}
    clock = clock_of(news)
    events = frozenset(by_our_clock(one, clock) for one in news)
    return Told(
        events=events,
        census=tuple(sorted(census, key=lambda one: (one.at, one.participants))),
        rosters=tuple(in_order(rosters)),
        lives=tuple(instances(events)),
        ends=tuple(event for event in events if event.kind is EvidenceKind.DESTROYED),
        steps=clock.steps(bridge),
    )


def in_order(rosters: Iterable[Roster]) -> list[Roster]:
    """Return lists of who is in by their moments; two of one moment are told apart by whom."""
    return sorted(rosters, key=lambda one: (one.at, one.text))


def find_stays(seen: Seen) -> list[Stay]:
    """Return every stay of a site; recorders and callers are nobody's."""
    ends: dict[Key, datetime | None] = {}
    found: dict[Key, tuple[SiteId, Means]] = {}
    for bridge, told in seen.told.items():
        for event in told.events:
            for occupant in event.occupants:
                site = read_user(occupant.user)
                if site is None or occupant.joined_at > event.at + PLAUSIBLE:
                    continue
                key = (bridge, event.breakout, occupant.jid, occupant.joined_at)
                user = (site, read_means(occupant.user))
                # Events come as a set, in no order.
                found[key] = min(user, found.get(key, user))
                ends[key] = earliest(ends.get(key), occupant.left_at)
    return [
        Stay(
            bridge=key[0],
            breakout=key[1],
            jid=key[2],
            site=site,
            joined_at=key[3],
            left_at=ends[key],
            means=means,
        )
        for key, (site, means) in sorted(found.items())
    ]


def earliest(*moments: datetime | None) -> datetime | None:
    """Return the first of the moments that are known."""
    return min((moment for moment in moments if moment is not None), default=None)
