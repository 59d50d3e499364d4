"""What halls' pages said: in which stretches they were in, and when no page is believed."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from bridges.presence.failover import Gap
from bridges.presence.seconds import Seconds
from bridges.presence.stays import Seen
from bridges.presence.told import SLACK
from meetings.attendance.presence import union
from meetings.model import Interval, Means

LONGEST_REST = timedelta(seconds=75)
"""A page beats every ten seconds, and in a hidden tab at least every minute."""
NEAR = timedelta(seconds=60)
"""Two counts so near each other tell what a page's word between them is worth."""
TOLD = "events"
"""By this an end is known to the second; of all others a page may know more."""

Stretch = tuple[datetime, datetime]


def deserted(seen: Seen) -> list[Stretch]:
    """Return when bridges counted nobody, before and after, and none counted somebody.

    Side rooms are in no count, so that where there are any the pages are believed.
    """
    if any(told.has_sides for told in seen.told.values()):
        return []
    empty: Counter[datetime] = Counter()
    used: Counter[datetime] = Counter()
    for told in seen.told.values():
        for former, later in pairwise(told.census):
            if later.at - former.at <= NEAR:
                counter = used if max(former.participants, later.participants) > 0 else empty
                counter[former.at] += 1
                counter[later.at] -= 1
    return stretches_of(empty, used)


def stretches_of(empty: Counter[datetime], used: Counter[datetime]) -> list[Stretch]:
    """Return from where to where more than none is empty and none is used, by their changes."""
    found: list[Stretch] = []
    since: datetime | None = None
    nobody = somebody = 0
    for at in sorted({*empty, *used}):
        nobody, somebody = nobody + empty[at], somebody + used[at]
        is_empty = nobody > 0 and somebody == 0
        if is_empty and since is None:
            since = at
        elif since is not None and not is_empty:
            found.append((since, at))
            since = None
    return found


def believed(beats: Seconds, empty: Iterable[Stretch]) -> Seconds:
    """Return the beats but for those of pages in a room where nobody was."""
    for begins, ends in empty:
        beats = beats.without(begins, ends)
    return beats


def beaten(
    beats: Seconds,
    gaps: Iterable[Gap],
    known: Collection[Interval] = (),
    away: Iterable[Stretch] = (),
    *,
    now: datetime | None = None,
) -> list[Interval]:
    """Return the stretches in which a page said again and again that it was in.

    While a bridge was dead, a page that was open was in no room.  A page may only rest; not where
    its hall was `away`, nor between two stays that are `known` if the bridge told that it was out
    and the page said nothing meanwhile.  In a room that is open `now` the last stretch may go on.
    """
    out = list(away)
    beats = believed(beats, [*out, *((gap.begins, gap.ends) for gap in gaps)])
    rests = merged([*out, *told_out(beats, known)])
    said = cut(beats.stretches(LONGEST_REST), rests)
    found = [stretch(*ends) for ends in said if ends[0] < ends[1]]
    if found and now is not None and still_in(found[-1].end, known, now):
        found[-1] = replace(found[-1], end=None, end_evidence="")
    return found


def still_in(last: datetime | None, known: Iterable[Interval], now: datetime) -> bool:
    """Tell whether a page may only rest since its last beat, and its hall is not known to be out.

    When a hall goes the bridge tells it, a page says nothing.
    """
    if last is None or last < now - LONGEST_REST:
        return False
    return all(one.end is None or one.end < last - SLACK for one in known)


def told_out(beats: Seconds, known: Iterable[Interval]) -> list[Stretch]:
    """Return from when to when a hall was out, as a bridge told and no beat denies, in order."""
    return [
        (former.end, later.start)
        for former, later in pairwise(union(known))
        if former.end is not None
        and former.end_evidence == TOLD
        and not beats.since(former.end + SLACK).before(later.start - SLACK)
    ]


def merged(rests: Iterable[Stretch]) -> list[Stretch]:
    """Return rests in order, those that share something as one."""
    found: list[Stretch] = []
    for begins, ends in sorted(rests):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return found


def cut(said: Iterable[Stretch], rests: Sequence[Stretch]) -> Iterator[Stretch]:
    """Give stretches without the rests that lie in them; both are in order."""
    firsts, lasts = [begins for begins, _ in rests], [ends for _, ends in rests]
    for begins, ends in said:
        start = begins
        for rest in rests[bisect_left(lasts, begins) : bisect_left(firsts, ends)]:
            yield start, rest[0]
            start = rest[1]
        yield start, ends


def stretch(start: datetime, end: datetime) -> Interval:
    """Return a stretch that a hall's page told of."""
    return Interval(
        start=start,
        end=end,
        evidence="heartbeat",
        start_evidence="heartbeat",
        end_evidence="heartbeat",
        means=frozenset({Means.LINK}),
    )
