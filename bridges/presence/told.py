"""What one bridge told and answered about a room, and what follows from it at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from bridges.jitsi.names import read_user, short_name
from bridges.model import Event, OccupantJid
from bridges.presence.evidence import Census, Roster
from bridges.presence.sight import Instance
from meetings.model import ClockStep, SiteId

SLACK = timedelta(seconds=15)
"""A clock may be off by the time that the post takes, and a count is not of one instant."""

Person = tuple[OccupantJid, datetime]
"""Who came in, and when."""


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

    @cached_property
    def strange(self) -> frozenset[datetime]:
        """Every moment at which more are named who are in no event than events tell of others.

        Of recorders and callers the name does not follow from the address that events tell.
        """
        own = {
            person: end
            for person, end in self.people.items()
            if person not in self.sites and short_name(person[0]) not in self.named
        }
        begins, ends = comings(own), goings(own)
        return frozenset(
            at for at, many in self._read[1].items() if many > inside(begins, ends, at)
        )

    @cached_property
    def people(self) -> Mapping[Person, datetime | None]:
        """Everybody who came into the main room, and when they left as far as anybody told."""
        found: dict[Person, datetime | None] = {}
        for event in self.events:
            if not event.breakout:
                for one in event.occupants:
                    person = (one.jid, one.joined_at)
                    found[person] = earliest(found.get(person), one.left_at)
        return found

    @cached_property
    def sites(self) -> Mapping[Person, SiteId]:
        """Which of the people are halls."""
        return {
            (one.jid, one.joined_at): site
            for event in self.events
            for one in event.occupants
            if (site := read_user(one.user)) is not None
        }

    @cached_property
    def _read(self) -> tuple[Mapping[str, Sequence[tuple[int, int]]], Mapping[datetime, int]]:
        """What the lists say, read one after the other: only two of them are in memory at once.

        In which places each is named, and how many that are in no event when.
        """
        known = {short_name(one.jid) for event in self.events for one in event.occupants}
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        since: dict[str, int] = {}
        strange: dict[datetime, int] = {}
        text, former, odd = "", frozenset[str](), 0
        for place, one in enumerate(self.rosters):
            if one.text != text:
                text, names = one.text, frozenset(one.names)
                for endpoint in former - names:
                    found[endpoint].append((since.pop(endpoint), place))
                since |= dict.fromkeys(names - former, place)
                former, odd = names, len(names - known)
            if odd:
                strange[one.at] = max(odd, strange.get(one.at, 0))
        for endpoint, begins in since.items():
            found[endpoint].append((begins, len(self.rosters)))
        return found, strange

    @cached_property
    def alive(self) -> tuple[datetime, ...]:
        """Every moment at which the bridge spoke of the room as in use, in order."""
        counted = {one.at for one in self.census if one.participants > 0}
        return tuple(sorted(counted.union(event.at for event in self.events)))


def comings(people: Mapping[Person, datetime | None]) -> list[datetime]:
    """Return when people came, in order."""
    return sorted(joined for _, joined in people)


def goings(people: Mapping[Person, datetime | None]) -> list[datetime]:
    """Return when those left who are known to have, in order."""
    return sorted(end for end in people.values() if end is not None)


def inside(begins: Sequence[datetime], ends: Sequence[datetime], at: datetime) -> int:
    """Return how many may have been in at a moment, by when they came and went."""
    return bisect_right(begins, at + SLACK) - bisect_left(ends, at - SLACK)


def in_order(rosters: Iterable[Roster]) -> list[Roster]:
    """Return lists of who is in by their moments; two of one moment are told apart by whom."""
    return sorted(rosters, key=lambda one: (one.at, one.text))


def earliest(*moments: datetime | None) -> datetime | None:
    """Return the first of the moments that are known."""
    return min((moment for moment in moments if moment is not None), default=None)
