"""Pages that say that their hall is in while the bridge's lists name it no more.

Measured with lib-jitsi-meet: a client whose line to the bridge is cut tries again for as long as
it takes and tells nobody, while the bridge has told long ago that it left.  Side rooms are in no
list; where there are any the pages are believed.  A room that moved has lists of each bridge for
the time that it was there: only the one that carries it is asked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise, product

from bridges.jitsi.names import short_name
from bridges.presence.beats import NEAR, TOLD
from bridges.presence.seconds import Seconds
from bridges.presence.stays import Seen, Stay
from bridges.presence.told import SLACK, Told
from meetings.model import Interval

EVER = datetime.max.replace(tzinfo=UTC)

Span = tuple[datetime, datetime]


def unlisted(
    beats: Seconds, stays: Iterable[Stay], known: Sequence[Interval], seen: Seen
) -> list[Span]:
    """Return from when to when a hall is known to have been out, although its page spoke.

    `known` is when its stays were; of a hall that no event named nothing is known.
    """
    bridges = seen.told.values()
    if not known or any(told.has_sides for told in bridges):
        return []
    for begins, ends in map(span_of, known):
        beats = beats.without(begins, ends)
    sure = [span_of(one) for one in known if one.end is None or one.end_evidence == TOLD]
    names = {short_name(stay.jid) for stay in stays}
    return [
        span
        for told, said in product(bridges, beats.stretches(NEAR))
        for span in outs(told, names, sure, said)
    ]


def outs(told: Told, names: Collection[str], sure: Sequence[Span], said: Span) -> list[Span]:
    """Return between which lists a hall is out: neither names it but where `sure` tells why.

    Since the last of all it is out until the next may come.
    """
    moments = told.listed
    runs = [run for name in names for run in told.named.get(name, ())]

    def is_clear(place: int) -> bool:
        is_named = any(begins <= place < ends for begins, ends in runs)
        is_told = any(begins - SLACK <= moments[place] <= later(ends) for begins, ends in sure)
        return moments[place] not in told.strange and (is_told or not is_named)

    first = max(bisect_right(moments, said[0]) - 1, 0)
    last = min(bisect_right(moments, said[1]), len(moments) - 1)
    return [
        (former, latter if latter < moments[-1] else latter + NEAR)
        for place, (former, latter) in enumerate(pairwise(moments[first : last + 1]), first)
        if latter - former <= NEAR and is_clear(place) and is_clear(place + 1)
    ]


def span_of(one: Interval) -> Span:
    """Return from when to when somebody was in."""
    return one.start, EVER if one.end is None else one.end


def later(ends: datetime) -> datetime:
    """Return an end with the slack that a list has."""
    return ends if ends == EVER else ends + SLACK
