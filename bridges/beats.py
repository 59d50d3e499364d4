"""What halls' pages said: in which stretches they were in, and when no page is believed."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from bridges.failover import Gap
from bridges.stays import Seen
from meetings.model import Interval, Means

LONGEST_REST = timedelta(seconds=75)
"""A page beats every ten seconds, and in a hidden tab at least every minute."""
NEAR = timedelta(seconds=60)
"""Two counts so near each other tell what a page's word between them is worth."""

Stretch = tuple[datetime, datetime]


def deserted(seen: Seen) -> list[Stretch]:
    """Return when bridges counted nobody, before and after, and none counted somebody.

    Side rooms are in no count, so that where there are any the pages are believed.
    """
    if any(event.breakout for told in seen.told.values() for event in told.events):
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


def believed(beats: Sequence[datetime], empty: Iterable[Stretch]) -> Sequence[datetime]:
    """Return the beats, in order, but for those of pages in a room where nobody was."""
    for begins, ends in empty:
        first, last = bisect_left(beats, begins), bisect_left(beats, ends)
        beats = [*beats[:first], *beats[last:]] if first < last else beats
    return beats


def beaten(beats: Sequence[datetime], gaps: Sequence[Gap]) -> list[Interval]:
    """Return the stretches in which a page said again and again that it was in.

    While a bridge was dead, a page that was open was in no room.
    """
    found: list[Interval] = []
    heard = beats
    if gaps:
        heard = [beat for beat in beats if not any(gap.covers(beat) for gap in gaps)]
    if not heard:
        return found
    start = heard[0]
    for before, after in zip(heard, [*heard[1:], None], strict=True):
        if after is None or after - before > LONGEST_REST:
            if before > start:
                found.append(stretch(start, before))
            start = after or start
    return found


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
