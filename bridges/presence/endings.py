"""When a stay ended: as somebody told, else by the best that is known, and then it says so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.jitsi.names import short_name
from bridges.model import Event, Move, MoveReason
from bridges.presence.asked import unseen_at
from bridges.presence.failover import REENTRY
from bridges.presence.seconds import SECOND
from bridges.presence.sight import Instance
from bridges.presence.stays import Seen, Stay
from bridges.presence.told import Told, earliest
from meetings.model import Interval, SiteId

LONGEST_SILENCE = timedelta(seconds=150)
GHOST_AFTER = timedelta(seconds=30)
GHOST_UNTIL = timedelta(seconds=200)
"""A cut line is noticed 60 to 180 s late; a page that fell silent between these knows better."""
FEWEST_BEATS = 3
STRAIGHT_ON = timedelta(seconds=30)
"""Answers come every 20 s: who joins elsewhere so soon after the last one may come from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What surrounds a stay on its bridge: the room's lives there, its moves, its last moment.

    `others` are the stays of the same connection, `comings` when the hall came in by any;
    `counted_out` is since when the bridge counts without it.
    """

    lives: Sequence[Instance]
    moves: Sequence[Move]
    others: Sequence[Stay]
    until: datetime | None
    comings: Sequence[datetime] = ()
    counted_out: datetime | None = None


def interval(stay: Stay, seen: Seen, around: Around) -> Interval:
    """Return when a stay was, by the best that is known of its end."""
    certain = stay.left_at or ended_with_room(stay, seen.told[stay.bridge].ends, around.others)
    if certain is not None:
        spoke = last_word(stay.site, seen, stay.joined_at, certain)
        # A connection that comes in again was not cut.
        if spoke is None or moved_on(stay, around.others) is not None:
            return ended(stay, certain, "events")
        return ended(stay, spoke, "estimated")
    return estimated(stay, seen, around)


def ended(stay: Stay, end: datetime | None, evidence: str) -> Interval:
    """Return the stay with an end and what tells of it."""
    return Interval(
        start=stay.joined_at,
        end=end if end is None else max(end, stay.joined_at),
        evidence=evidence,
        start_evidence="events",
        end_evidence="" if end is None else evidence,
        means=frozenset({stay.means}),
    )


def estimated(stay: Stay, seen: Seen, around: Around) -> Interval:
    """Return a stay of whose end nobody told."""
    told = seen.told[stay.bridge]
    reborn = earliest(*(life.begins for life in around.lives if life.begins > stay.joined_at))
    unseen = None if stay.breakout else unseen_at(stay.jid, stay.joined_at, told, reborn)
    elsewhere = moved_on(stay, around.others)
    gone = nearer(earliest(unseen, around.counted_out), elsewhere)
    move = next((one for one in around.moves if is_away(one, stay)), None)
    # Side rooms go with the main one, which waits until everybody has left them.
    over = earliest(destroyed_at(stay, "", told.ends), around.until)
    bound = earliest(gone, move.moved_at if move else None, reborn, elsewhere, over)
    if bound is None:
        return ended(stay, None, "events")
    end = fell_silent(stay, seen, told, bound)
    if end is None and bound == gone:
        return ended(stay, gone, "census")
    if end is None and move and bound == move.moved_at and move.reason is MoveReason.FAILOVER:
        return ended(stay, move.heard_at, "failover")
    is_back = any(bound <= at <= bound + REENTRY for at in around.comings)
    if end is None and bound == reborn and bound != elsewhere and not is_back:
        end = last_sign(stay, told, bound)
    return ended(stay, end or bound, "estimated")


def is_away(move: Move, stay: Stay) -> bool:
    """Tell whether a move took the room away from under a stay."""
    return move.source == stay.bridge and move.moved_at >= stay.joined_at


def ended_with_room(stay: Stay, ends: Sequence[Event], others: Iterable[Stay]) -> datetime | None:
    """Return when a stay ended with its room; one whose connection joined again ended before."""
    dead, elsewhere = destroyed_at(stay, stay.breakout, ends), moved_on(stay, others)
    return None if elsewhere is not None and dead is not None and elsewhere <= dead else dead


def destroyed_at(stay: Stay, breakout: str, ends: Sequence[Event]) -> datetime | None:
    """Return when a room that was there during a stay was destroyed, "" being the main one."""
    return earliest(
        *(
            event.at
            for event in ends
            if event.breakout == breakout
            and event.at >= stay.joined_at
            and (event.created_at is None or event.created_at <= stay.joined_at)
        )
    )


def nearer(gone: datetime | None, elsewhere: datetime | None) -> datetime | None:
    """Return when somebody was last seen in; None if they went straight on, a better end."""
    straight = gone and elsewhere and elsewhere - gone <= STRAIGHT_ON
    return None if straight else gone


def moved_on(stay: Stay, others: Iterable[Stay]) -> datetime | None:
    """Return when the same connection joined again: it is in one room at a time."""
    return earliest(*(one.joined_at for one in others if one.joined_at > stay.joined_at))


def fell_silent(stay: Stay, seen: Seen, told: Told, bound: datetime) -> datetime | None:
    """Return when the hall's page first fell silent for long, None where it did not or never spoke.

    Not while lists still name the stay, and not where it spoke again and nobody was heard between.
    """
    runs = () if stay.breakout else told.named.get(short_name(stay.jid), ())
    named = told.listed[runs[-1][1] - 1] if runs else stay.joined_at
    beats = seen.beats(stay.site).since(stay.joined_at).until(bound)
    said = beats.stretches(LONGEST_SILENCE)
    agains = [*(begins for begins, _ in said[1:]), None]
    for (_, last), again in zip(said, agains, strict=False):
        after = last + GHOST_AFTER / 2
        was_heard = again is None or seen.heard(after, again - SECOND)
        if last >= named and was_heard and (again or bound) - last > LONGEST_SILENCE:
            return last
    return None


def last_sign(stay: Stay, told: Told, bound: datetime) -> datetime:
    """Return when a bridge that was killed was last heard of with somebody in the room.

    What came after is a blind spot, and the hall's page may still speak for it; a hall that was in
    again as soon as the bridge was had only lost its line.
    """
    place = bisect_left(told.alive, bound)
    return max(told.alive[place - 1], stay.joined_at) if place else stay.joined_at


def last_word(site: SiteId, seen: Seen, joined: datetime, left: datetime) -> datetime | None:
    """Return when a hall's page fell silent before the bridge noticed that the line was cut.

    None where it did not, or where nobody's page was heard any more: then it was we who were away.
    """
    beats = seen.beats(site).since(joined).until(left)
    first, last = beats.first, beats.last
    if len(beats) < FEWEST_BEATS or first is None or last is None or first > joined + GHOST_AFTER:
        return None
    if not GHOST_AFTER < left - last <= GHOST_UNTIL:
        return None
    return last if seen.heard(last + GHOST_AFTER / 2, left) else None
