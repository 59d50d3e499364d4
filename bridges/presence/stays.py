"""Stays: who was in a room from which moment on, whichever of the events told it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from bridges.jitsi.names import read_means, read_user
from bridges.model import Event, EvidenceKind, OccupantJid, Room
from bridges.presence.clocks import by_our_clock, clock_of
from bridges.presence.evidence import Beats, Census, Evidence, Roster
from bridges.presence.seconds import Seconds
from bridges.presence.sight import instances
from bridges.presence.told import Told, earliest, in_order
from meetings.model import Means, SiteId

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
