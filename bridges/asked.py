"""Leavings by what a bridge answers: it names somebody no more, or counts nobody at all.

Side rooms are in neither answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bridges.evidence import Census
from bridges.jitsi.names import short_name
from bridges.model import OccupantJid
from bridges.stays import Told, earliest


def unseen_at(jid: OccupantJid, joined_at: datetime, told: Told) -> datetime | None:
    """Return when somebody in the main room was last seen before the answers were without them."""
    return earliest(emptied_at(joined_at, told.census), vanished_at(jid, joined_at, told))


def emptied_at(joined_at: datetime, census: Sequence[Census]) -> datetime | None:
    """Return when the room was last seen in use before two answers in a row found nobody."""
    last_seen, empty_before = joined_at, False
    for one in census:
        if one.at <= joined_at:
            continue
        if one.participants > 0:
            last_seen, empty_before = one.at, False
        elif empty_before:
            return last_seen
        else:
            empty_before = True
    return None


def vanished_at(jid: OccupantJid, joined_at: datetime, told: Told) -> datetime | None:
    """Return when somebody was last seen in before two answers in a row did not name them.

    Whoever was never named may be one whom no event names: the name of a room system's call does
    not follow from its address.
    """
    endpoint, named = short_name(jid), False
    last_seen, missed = joined_at, False
    for one in told.rosters:
        if one.at <= joined_at:
            continue
        if endpoint in one.endpoints:
            last_seen, missed, named = one.at, False, True
        elif not named and one.at in told.strange:
            last_seen, missed = one.at, False
        elif missed:
            return last_seen
        else:
            missed = True
    return None
