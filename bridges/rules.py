"""Decisions about bridges without I/O: where a room goes, and between which moments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.model import Bridge, BridgeKind, Room, RoomState
from meetings.model import Conference, Kind, Period, State

OPENS_BEFORE = timedelta(minutes=30)
CLOSES_AFTER = timedelta(minutes=30)
LONGEST_EXTENSION = timedelta(hours=12)
"""A bridge asks only once how long a room may live: what is extended later must fit in this."""

DEAD_AFTER = 3
"""So many answers missed in a row, two seconds apart while a room is live."""
FRESH = timedelta(seconds=60)
"""A bridge that answered within this is well."""
ASK_BUSY_EVERY = timedelta(seconds=1.5)
"""So that several processes who ask make no more misses than one."""
ASK_IDLE_EVERY = timedelta(seconds=20)
BEAT = 10
BEAT_IN_DOUBT = 2
OVERWORKED = 0.8
"""Jicofo's own stress threshold, from which on it avoids a videobridge."""
STRESS_LASTS = timedelta(minutes=2)
"""A stress that was told before says nothing of how hard a bridge works now."""
SOON = timedelta(hours=2)

ALIVE = frozenset({State.CONFIRMED, State.LIVE})
"""In these states the room of a conference may be in use."""

KINDS = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A bridge with the most seats promised on it at one instant of some period.

    `nearness` is how deep in the tree its region is above the host, 0 where it is not.
    """

    bridge: Bridge
    promised: int
    nearness: int = 0

    @property
    def share(self) -> float:
        """Return how much of the bridge is promised."""
        return self.promised / self.bridge.seats

    @property
    def is_foreign(self) -> bool:
        """Tell whether the bridge serves another part of the country."""
        return bool(self.bridge.region) and not self.nearness


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Between which moments a room may be entered; `ends_at` is the planned end."""

    opens_at: datetime
    ends_at: datetime
    closes_at: datetime

    @property
    def grant_ends_at(self) -> datetime:
        """Until when a bridge is told that it may keep the room."""
        return self.closes_at + LONGEST_EXTENSION


def room_times(period: Period) -> Times:
    """Return a room's times: halls come early, and nobody is cut off in mid-sentence."""
    return Times(
        opens_at=period.start - OPENS_BEFORE,
        ends_at=period.end,
        closes_at=period.end + CLOSES_AFTER,
    )


def candidates(loads: Iterable[Load], *, kind: Kind, now: datetime | None = None) -> list[Bridge]:
    """Return the bridges to try in turn where none is named, the most fitting first.

    A bridge that is being drained, or kept for other kinds, takes nobody.  How hard a bridge works
    `now` counts for what begins soon; None is for what does not.
    """
    fitting = [load for load in loads if not load.bridge.draining and may_carry(load.bridge, kind)]
    return [load.bridge for load in sorted(fitting, key=lambda load: rank(load, kind, now))]


def may_carry(bridge: Bridge, kind: Kind) -> bool:
    """Tell whether a bridge is for everything, or kept for this kind among others."""
    kept_for = KINDS.intersection(bridge.tags)
    return not kept_for or kind.value in kept_for


def rank(load: Load, kind: Kind, now: datetime | None) -> tuple[object, ...]:
    """Return what sorts bridges from the most to the least fitting.

    A real one that answers, of the host's region (the nearest first), kept for the kind, not
    overworked; then the one with the smallest share promised, or the least stress if that is more.
    The trial bridge stands in only for what begins while no other answers: rooms stay where they
    are placed.
    """
    bridge = load.bridge
    stress = stress_at(bridge, now) if now is not None else 0.0
    return (
        now is not None and bridge.healthy is False,
        bridge.kind is BridgeKind.TRIAL,
        bridge.healthy is False,
        load.is_foreign,
        kind.value not in bridge.tags,
        -load.nearness,
        stress > OVERWORKED,
        max(load.share, stress),
        bridge.name,
    )


def stress_at(bridge: Bridge, now: datetime) -> float:
    """Return how hard a bridge works, 0 where nobody told lately."""
    told = bridge.stress_at is not None and now - bridge.stress_at <= STRESS_LASTS
    return bridge.stress or 0.0 if told else 0.0


def can_replace(bridge: Bridge, source: Bridge) -> bool:
    """Tell whether a room may go from one bridge to another without anybody asking for it.

    The trial bridge carries few pictures, and no room comes back by itself: what a Jitsi carries
    waits for it rather.
    """
    if bridge.id == source.id:
        return False
    return bridge.kind is not BridgeKind.TRIAL or source.kind is BridgeKind.TRIAL


def may_take_over(bridge: Bridge, now: datetime) -> bool:
    """Tell whether a bridge is known to be well right now.

    If it is we who are cut off, no bridge is, and no room moves.
    """
    heard = bridge.answered_at
    return bridge.misses == 0 and not bridge.misset and heard is not None and now - heard <= FRESH


def can_be_asked(bridge: Bridge, now: datetime) -> bool:
    """Tell whether somebody may move a room to a bridge; one that nobody can ask is believed."""
    return not bridge.draining and (not bridge.prosody_url or may_take_over(bridge, now))


def are_to_follow(inside: int, followed: int | None) -> bool:
    """Tell whether those who are still in where a room was are sent after it.

    `followed` is how many halls are in where it is now, None where it is over.  While the larger
    part is still where it was, that is the conference: a line was cut, and they see one another.
    """
    return followed is None or 0 < inside <= followed


def beat_seconds(bridge: Bridge) -> int:
    """Return after how long a hall's page asks again: often while its bridge is in doubt."""
    return BEAT_IN_DOUBT if bridge.misses else BEAT


def is_due(bridge: Bridge, now: datetime, *, busy: bool) -> bool:
    """Tell whether a bridge is to be asked again: often while it is in use or in doubt."""
    if bridge.health_at is None:
        return True
    rest = ASK_BUSY_EVERY if busy or bridge.misses else ASK_IDLE_EVERY
    return now - bridge.health_at >= rest


def keeps_census(bridge: Bridge, now: datetime) -> bool:
    """Tell whether the coming answer is kept as evidence: the first in each twenty seconds."""
    length = ASK_IDLE_EVERY.total_seconds()
    last = bridge.answered_at
    return last is None or last.timestamp() // length != now.timestamp() // length


def is_open(conference: Conference, room: Room, now: datetime) -> bool:
    """Tell whether somebody can enter the room now."""
    is_usable = conference.state in ALIVE and room.state is not RoomState.CLOSED
    return is_usable and room.opens_at <= now < room.closes_at
