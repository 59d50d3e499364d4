"""Levels of lateness: what is late like its company, told from what is late alone; pure.

A delay is believed only as far as the least late of its company bears it out: so many in a row,
over half a minute at least.  What is less late than the rest needs no company: nothing comes before
it happened.  (In the words of mathematical morphology this is an opening.)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

LONGEST_BATCH = timedelta(seconds=30)
"""After an outage news that is equally late was told within one rest between two tries, 15 s."""

Window = tuple[int, int]


def levels(
    came: Sequence[datetime], delays: Sequence[timedelta], *, fewest: int, step: timedelta
) -> list[range]:
    """Return the runs in which delays, in order of coming, keep within a step of each other."""
    if not delays:
        return []
    if max(delays) - min(delays) <= step:
        return [range(len(delays))]
    seconds = believed(came, [one.total_seconds() for one in delays], fewest)
    starts, low, high = [0], seconds[0], seconds[0]
    for place, one in enumerate(seconds):
        low, high = min(low, one), max(high, one)
        if high - low > step.total_seconds():
            starts.append(place)
            low = high = one
    ends = [*starts[1:], len(seconds)]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def believed(came: Sequence[datetime], seconds: Sequence[float], fewest: int) -> list[float]:
    """Return for each delay the most that all of some company of it bear out."""
    windows = companies(came, fewest) or [(0, len(came) - 1)]
    least = [-one for one in most([-one for one in seconds], windows)]
    firsts, lasts = [first for first, _ in windows], [last for _, last in windows]
    around = [
        (bisect_left(lasts, place), bisect_right(firsts, place) - 1) for place in range(len(came))
    ]
    return most(least, around)


def companies(came: Sequence[datetime], fewest: int) -> list[Window]:
    """Return, from each on and up to each, the shortest stretch that is company enough."""
    found: set[Window] = set()
    last = 0
    for first in range(len(came)):
        while last < len(came) and not is_company(came, first, last, fewest):
            last += 1
        if last < len(came):
            found.add((first, last))
    first = len(came) - 1
    for end in reversed(range(len(came))):
        first = min(first, end)
        while first >= 0 and not is_company(came, first, end, fewest):
            first -= 1
        if first >= 0:
            found.add((first, end))
    return sorted(found)


def is_company(came: Sequence[datetime], first: int, last: int, fewest: int) -> bool:
    """Tell whether these are many enough, and long enough apart, not to be one batch."""
    return last - first + 1 >= fewest and came[last] - came[first] >= LONGEST_BATCH


def most(values: Sequence[float], windows: Sequence[Window]) -> list[float]:
    """Return the greatest value of each window; of windows in order no end goes back."""
    found: list[float] = []
    waiting: deque[int] = deque()
    following = 0
    for first, last in windows:
        while following <= last:
            while waiting and values[waiting[-1]] <= values[following]:
                waiting.pop()
            waiting.append(following)
            following += 1
        while waiting[0] < first:
            waiting.popleft()
        found.append(values[waiting[0]])
    return found
