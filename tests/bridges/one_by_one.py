"""Beats and answers looked at one by one: slow and plain, to try the quick forms against."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from bridges.presence.beats import LONGEST_REST, Stretch
from bridges.presence.endings import FEWEST_BEATS, GHOST_AFTER, GHOST_UNTIL, LONGEST_SILENCE
from bridges.presence.evidence import Roster
from bridges.presence.failover import Gap
from bridges.presence.told import Told


def followed(moments: Iterable[datetime], rest: timedelta) -> list[Stretch]:
    """Return first and last of the moments that follow each other within a rest."""
    found: list[Stretch] = []
    for one in sorted(moments):
        if found and one - found[-1][1] <= rest:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return found


def beaten(
    beats: Sequence[datetime], empty: Sequence[Stretch], gaps: Sequence[Gap]
) -> list[Stretch]:
    """Return the stretches of beats that are believed and not further apart than a page rests."""
    away = [*empty, *((gap.begins, gap.ends) for gap in gaps)]
    heard = (beat for beat in beats if not any(begins <= beat < ends for begins, ends in away))
    return [(first, last) for first, last in followed(heard, LONGEST_REST) if first < last]


def fell_silent(
    beats: Sequence[datetime], others: Sequence[datetime], joined: datetime, bound: datetime
) -> datetime | None:
    """Return the first beat of a stay after which there is long none, while others were heard."""
    own = sorted({beat for beat in beats if joined <= beat <= bound})
    for last, again in zip(own, [*own[1:], None], strict=False):
        after = last + GHOST_AFTER / 2
        was_heard = again is None or any(after < other < again for other in (*beats, *others))
        if was_heard and (again or bound) - last > LONGEST_SILENCE:
            return last
    return None


def last_word(
    beats: Sequence[datetime], others: Sequence[datetime], joined: datetime, left: datetime
) -> datetime | None:
    """Return when a page fell silent that had beaten all along, while others were heard."""
    own = sorted({beat for beat in beats if joined <= beat <= left})
    if len(own) < FEWEST_BEATS or own[0] > joined + GHOST_AFTER:
        return None
    if not GHOST_AFTER < left - own[-1] <= GHOST_UNTIL:
        return None
    after = own[-1] + GHOST_AFTER / 2
    return own[-1] if any(after < other <= left for other in (*beats, *others)) else None


def all_through(beats: Sequence[datetime], begins: datetime, ends: datetime) -> bool:
    """Tell whether a page beat from one moment to another without too long a rest."""
    own = sorted(beat for beat in beats if begins <= beat <= ends)
    return all(later - former <= LONGEST_REST for former, later in pairwise([begins, *own, ends]))


def emptied_at(joined: datetime, told: Told) -> datetime | None:
    """Return when a room was last seen in use before two counts in a row found nobody."""
    last_seen, empty_before = joined, False
    for one in told.census:
        if one.at <= joined:
            continue
        if one.participants > 0:
            last_seen, empty_before = one.at, False
        elif empty_before:
            return last_seen
        else:
            empty_before = True
    return None


def named(rosters: Sequence[Roster]) -> dict[str, list[tuple[int, int]]]:
    """Return in which lists each endpoint was named: from which on, and before which."""
    found: dict[str, list[tuple[int, int]]] = {}
    for endpoint in {name for one in rosters for name in one.names}:
        places = [place for place, one in enumerate(rosters) if endpoint in one.names]
        begins = [place for place in places if place - 1 not in places]
        ends = [place + 1 for place in places if place + 1 not in places]
        found[endpoint] = list(zip(begins, ends, strict=True))
    return found


def strange(rosters: Sequence[Roster], known: Collection[str]) -> frozenset[datetime]:
    """Return when more were named who are not known than are known and named nowhere."""
    others = set(known).difference(*(one.names for one in rosters))
    return frozenset(one.at for one in rosters if len(set(one.names) - set(known)) > len(others))


def vanished_at(endpoint: str, joined: datetime, told: Told) -> datetime | None:
    """Return when somebody was last seen in before two lists in a row did not name them."""
    named, last_seen, missed = False, joined, False
    for one in told.rosters:
        if one.at <= joined:
            continue
        if endpoint in one.names:
            last_seen, missed, named = one.at, False, True
        elif not named and one.at in told.strange:
            last_seen, missed = one.at, False
        elif missed:
            return last_seen
        else:
            missed = True
    return None
