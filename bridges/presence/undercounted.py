"""Leavings that were lost without a trace: a bridge counts fewer people than are known to be in.

Who is gone follows only where nobody is left, or where the pages of as many halls as are left say
that they are in.  Else nobody is sent out; the stretch is marked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridges.model import OccupantJid
from bridges.presence.asked import vanished_at
from bridges.presence.beats import LONGEST_REST
from bridges.presence.evidence import Census
from bridges.presence.stays import SILENT, Seen
from bridges.presence.told import SLACK, Person, Told, comings, earliest, goings
from meetings.model import SiteId

UNDERCOUNTED = "undercounted"
SURE_AFTER = timedelta(minutes=5)
"""For less a bridge may count wrongly: without its focus a room has one fewer for a while."""
LIST_GOOD_FOR = timedelta(minutes=1)
"""A list of who is in may fail to come a few times; after that the counts tell again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """A stretch in which a bridge counted too few: from the last right count on."""

    since: datetime
    counts: tuple[Census, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """Who is known to be gone from when on, and when it is not known who is."""

    gone: Mapping[Person, datetime] = field(default_factory=dict)
    doubtful: Sequence[tuple[datetime, datetime]] = ()


def shortage(told: Told, seen: Seen) -> Shortage:
    """Return what follows from a bridge's counts; as long as lists name who is in, they tell it."""
    people = people_of(told)
    after = told.rosters[-1].at + LIST_GOOD_FOR if told.rosters else None
    # Lists stop where nobody is left, which is told elsewhere.
    counts = [one for one in told.census if after is None or one.participants]
    if not counts or (after is not None and counts[-1].at <= after):
        return Shortage()
    for (jid, joined), end in people.items():
        if end is None:
            people[jid, joined] = vanished_at(jid, joined, told)
    if all(end is not None for end in people.values()):
        return Shortage()
    gone: dict[Person, datetime] = {}
    doubtful: list[tuple[datetime, datetime]] = []
    while short := first_short(counts, people, after):
        named = leavers(short, people, told.sites, seen)
        if not named:
            doubtful.append((short.since, short.counts[-1].at))
            after = short.counts[-1].at
        for person in named:
            gone[person] = people[person] = max(short.since, person[1])
    return Shortage(gone=gone, doubtful=doubtful)


def people_of(told: Told) -> dict[Person, datetime | None]:
    """Return everybody in the main room with the end that was told of, in order of joining."""
    again: dict[OccupantJid, list[datetime]] = {}
    for jid, joined in told.people:
        again.setdefault(jid, []).append(joined)
    ended = [one.at for one in told.ends if not one.breakout]
    over = sorted([*ended, *(life.begins for life in told.lives)])
    ends = {
        (jid, joined): earliest(
            end, *(moment for moment in (*again[jid], *over) if moment > joined)
        )
        for (jid, joined), end in told.people.items()
    }
    return dict(sorted(ends.items(), key=lambda item: (item[0][1], item[0][0])))


def first_short(
    census: Sequence[Census], people: Mapping[Person, datetime | None], after: datetime | None
) -> Short | None:
    """Return the first stretch of two counts or more after a moment that are too low."""
    begins, ends = comings(people), goings(people)
    since, low = None, []
    for one in census:
        surely = bisect_right(begins, one.at - SLACK) - bisect_left(ends, one.at + SLACK)
        if one.participants < surely and (after is None or one.at > after):
            low.append(one)
        elif len(low) > 1:
            break
        else:
            since, low = one.at, []
    if len(low) < 2:  # noqa: PLR2004 - one odd count tells nothing
        return None
    return Short(since=since or low[0].at, counts=tuple(low))


def leavers(
    short: Short,
    people: Mapping[Person, datetime | None],
    sites: Mapping[Person, SiteId],
    seen: Seen,
) -> list[Person]:
    """Return who left without a word, nobody where it does not follow."""
    begins, ends = short.counts[0].at, short.counts[-1].at
    if ends - begins < SURE_AFTER:
        return []
    inside = [(person, end) for person, end in people.items() if person[1] <= begins - SLACK]
    unsure = [person for person, end in inside if end is None]
    sure = sum(end is not None and end >= begins + SLACK for _, end in inside)
    left = max(short.counts[0].participants - sure, 0)
    if not left:
        return unsure
    beating = {person for person in unsure if beats(sites.get(person), begins, ends, seen)}
    return [one for one in unsure if one not in beating] if len(beating) == left else []


def beats(site: SiteId | None, begins: datetime, ends: datetime, seen: Seen) -> bool:
    """Tell whether a hall's page said all through a stretch that the hall is in."""
    own = SILENT if site is None else seen.beats(site).since(begins).until(ends)
    said = own.stretches(LONGEST_REST)
    borders = [begins, *(moment for stretch in said for moment in stretch), ends]
    rests = zip(borders[::2], borders[1::2], strict=True)
    return all(later - former <= LONGEST_REST for former, later in rests)
