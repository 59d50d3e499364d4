"""Leavings by what a bridge answers: it names somebody no more, or counts nobody at all.

Side rooms are in neither answer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime

from bridges.jitsi.names import short_name
from bridges.model import OccupantJid
from bridges.presence.told import Told, earliest


def unseen_at(
    jid: OccupantJid, joined_at: datetime, told: Told, reborn: datetime | None
) -> datetime | None:
    """Return when somebody in the main room was last seen before the answers were without them.

    Where nobody was asked until the room was `reborn` its answers say nothing of the one before.
    """
    span = (joined_at, reborn)
    emptied = emptied_at(joined_at, told) if is_asked(told.counted, *span) else None
    vanished = vanished_at(jid, joined_at, told) if is_asked(told.listed, *span) else None
    return earliest(emptied, vanished)


def is_asked(moments: Sequence[datetime], after: datetime, before: datetime | None) -> bool:
    """Tell whether an answer came between two moments."""
    return before is None or bisect_left(moments, before) > bisect_right(moments, after)


def emptied_at(joined_at: datetime, told: Told) -> datetime | None:
    """Return when the room was last seen in use before two answers in a row found nobody."""
    first = bisect_right(told.counted, joined_at)
    place = bisect_right(told.still_empty, first)
    if place == len(told.still_empty):
        return None
    before = told.still_empty[place] - 2
    return told.counted[before] if before >= first else joined_at


def vanished_at(jid: OccupantJid, joined_at: datetime, told: Told) -> datetime | None:
    """Return when somebody was last seen in before two answers in a row did not name them.

    Whoever was never named may be one whom no event names: the name of a room system's call does
    not follow from its address.
    """
    first = bisect_right(told.listed, joined_at)
    runs = [run for run in told.named.get(short_name(jid), ()) if run[1] > first]
    until = max(runs[0][0], first) if runs else len(told.listed)
    last_seen, missed = joined_at, False
    for moment in told.listed[first:until]:
        if moment in told.strange:
            last_seen, missed = moment, False
        elif missed:
            return last_seen
        else:
            missed = True
    nexts = [begins for begins, _ in runs[1:]]
    for (_, ends), again in zip(runs, [*nexts, len(told.listed)], strict=False):
        if again - ends > 1:
            return told.listed[ends - 1]
    return None
