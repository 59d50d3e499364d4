"""A venue: what really happens in a room, and what reaches us of it, by Jitsi's surfaces alone.

Another hand than `histories`, and other trouble: bodies, censuses and lists are the JSON that
Prosody's modules write, and go the way into evidence that theirs go.  Bridges are killed, stopped
and left; clients load again; recorders and observers are in; whatever may get lost does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from uuid import UUID

from tests.bridges.histories import LENGTH

OPENS, CLOSES = -1800, LENGTH + 1800
NEVER = 10**9


class Trouble(StrEnum):
    """What goes wrong, or makes a room less plain."""

    LOST_CREATED = "created"
    LOST_JOINED = "joined"
    LOST_LEFT = "left"
    LOST_DESTROYED = "destroyed"
    LOST_SOME = "lost-some"
    RETRIED = "retried"
    RECEIVER_AWAY = "receiver-away"
    PROGRAM_AWAY = "program-away"
    NO_COUNTS = "no-counts"
    NO_LISTS = "no-lists"
    NO_BEATS = "no-beats"
    FEW_BEATS = "few-beats"
    KILLED = "killed"
    STOPPED = "stopped"
    MOVED = "moved"
    FAST_CLOCK = "fast-clock"
    RECORDER = "recorder"
    OBSERVER = "observer"
    SIDE_ROOM = "side-room"
    SECOND = "second-device"
    CUT = "cut"
    CUT_OFF = "cut-off"
    RELOADED = "reloaded"
    CLOSED = "page-closed"


@dataclass(slots=True, kw_only=True)
class Stay:
    """One connection in one room: really until `went`, in the bridge's eyes until `missed`."""

    site: int
    bridge: str
    side: str
    jid: str
    user: str
    nick: str
    came: float
    went: float
    missed: float
    told: bool = True


@dataclass(slots=True, kw_only=True)
class Venue:
    """Everything that happened; `down` is how a bridge was away, from when until when."""

    chance: Random
    troubles: frozenset[Trouble]
    stays: list[Stay] = field(default_factory=list)
    beats: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    down: tuple[Trouble, float, float] | None = None
    moved: float = NEVER
    skew: int = 0

    def truth(self, site: int) -> set[int]:
        """Return the seconds in which a hall was really in."""
        return seconds((one.came, one.went) for one in self.stays if one.site == site)

    def seen(self, site: int) -> set[int]:
        """Return the seconds in which a bridge took a hall to be in."""
        return seconds((one.came, one.missed) for one in self.stays if one.site == site)

    def carries(self, second: float) -> str:
        """Return which bridge has the room."""
        return "beta" if second >= self.moved else "alpha"

    def is_down(self, second: float) -> bool:
        """Tell whether the first bridge is away."""
        return self.down is not None and self.down[1] <= second < self.down[2]


def seconds(spans: Iterator[tuple[float, float]]) -> set[int]:
    """Return the whole seconds of some spans."""
    return {one for begins, ends in spans for one in range(int(begins), max(int(ends), 0))}


def a_venue(chance: Random, troubles: frozenset[Trouble]) -> Venue:
    """Return a venue by chance, with these troubles."""
    venue = Venue(chance=chance, troubles=troubles)
    away = {Trouble.KILLED, Trouble.STOPPED, Trouble.MOVED} & troubles
    if away:
        how, begins = min(away), chance.uniform(300, LENGTH - 900)
        ends = NEVER if how is Trouble.MOVED else begins + chance.choice((3, 10, 40, 120, 400))
        venue.down = (how, begins, ends)
        venue.moved = begins + chance.uniform(5, 9) if how is Trouble.MOVED else NEVER
    if Trouble.FAST_CLOCK in troubles:
        venue.skew = chance.choice((-25200, -300, -45, -8, 8, 45, 300, 25200))
    for site in range(1, chance.randint(3, 6)):
        visits(venue, site)
    first, last = (1, LENGTH) if chance.random() < 1 / 2 else (600, LENGTH // 2)
    for trouble in sorted({Trouble.RECORDER, Trouble.OBSERVER} & troubles):
        be_in(venue, 0, first, last, user="guest" if trouble is Trouble.OBSERVER else "")
    return venue


def visits(venue: Venue, site: int) -> None:
    """Let a hall come a few times, perhaps on two devices at once."""
    chance = venue.chance
    came = chance.uniform(OPENS + 100, 900)
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        until = min(came + chance.choice((60, 900, LENGTH)) * chance.random() + 5, CLOSES - 240)
        if until <= came:
            return
        be_in(venue, site, came, until)
        if Trouble.SECOND in venue.troubles and until - came > 60:
            be_in(venue, site, chance.uniform(came, until - 30), until)
        came = until + chance.uniform(20, 1500)


def be_in(venue: Venue, site: int, came: float, until: float, *, user: str | None = None) -> None:
    """Let a device be in until a moment, over as many connections as the trouble makes it."""
    while (came := back_at(venue, came)) < until - 1:
        how, went = parting(venue, site, came, until)
        crash = crash_after(venue, came)
        if crash <= went:
            how, went = venue.down[0] if venue.down else None, crash
        connect(venue, a_stay(venue, site, came, went, user), how)
        rest = rest_after(venue, how)
        if site:
            # A page whose own line is well goes on saying that it is in.
            speak(venue, site, came, min(went + rest, until) if how is Trouble.CUT_OFF else went)
        came = went + rest


def back_at(venue: Venue, second: float) -> float:
    """Return when somebody who wants to come in can."""
    if not venue.is_down(second) or venue.down is None:
        return second
    opens = venue.moved if venue.down[0] is Trouble.MOVED else venue.down[2]
    return max(second, opens + venue.chance.uniform(0.5, 12))


def crash_after(venue: Venue, second: float) -> float:
    """Return when the bridge that has the room then goes away."""
    is_ahead = venue.down is not None and second < venue.down[1]
    return venue.down[1] if is_ahead and venue.down else NEVER


def parting(venue: Venue, site: int, came: float, until: float) -> tuple[Trouble | None, float]:
    """Return how a connection ends, and when."""
    chance = venue.chance
    for how in (Trouble.CUT, Trouble.CUT_OFF, Trouble.RELOADED):
        if how in venue.troubles and site and chance.random() < 1 / 2 and until - came > 60:
            return how, chance.uniform(came + 30, until)
    return (Trouble.CLOSED if Trouble.CLOSED in venue.troubles and site else None), until


def rest_after(venue: Venue, how: Trouble | None) -> float:
    """Return how long it takes until the same device tries again."""
    chance = venue.chance
    if how in {Trouble.CUT, Trouble.CUT_OFF}:
        return chance.choice((chance.uniform(5, 50), chance.uniform(65, 900), NEVER))
    if how is Trouble.RELOADED:
        return chance.uniform(2, 25)
    return NEVER if how in {None, Trouble.CLOSED} else 0.1


def a_stay(venue: Venue, site: int, came: float, went: float, user: str | None) -> Stay:
    """Return a connection; a recorder's name on lists follows from nothing."""
    number = UUID(int=venue.chance.getrandbits(128), version=4)
    jid = f"{number}@meet.jitsi/x" if user != "" else f"recorder@hidden.meet.jitsi/{number}"
    return Stay(
        site=site,
        bridge=venue.carries(came),
        side="",
        jid=jid,
        user=f"site-{site}" if user is None else user,
        nick=f"{number}"[:8],
        came=came,
        went=went,
        missed=went,
    )


def connect(venue: Venue, stay: Stay, how: Trouble | None) -> None:
    """Add a connection, perhaps by way of a side room, and when the bridge misses it."""
    chance, went, late = venue.chance, stay.went, 0.0
    if how in {Trouble.CUT, Trouble.CUT_OFF}:
        late = chance.uniform(60, 180)
    elif how in {Trouble.CLOSED, Trouble.RELOADED}:
        late = chance.choice((0.1, 61))
    legs = [("", stay.came, went)]
    if Trouble.SIDE_ROOM in venue.troubles and stay.site and went - stay.came > 90:
        out = chance.uniform(stay.came + 10, went - 60)
        back = chance.uniform(out + 20, went - 10)
        legs = [("", stay.came, out), ("b1", out + 0.4, back), ("", back + 0.4, went)]
    crash = crash_after(venue, stay.came)
    for side, came, gone in legs:
        missed = gone + late if gone == went else gone
        leg = Stay(
            site=stay.site,
            bridge=stay.bridge,
            side=side,
            jid=stay.jid,
            user=stay.user,
            nick=stay.nick,
            came=came,
            went=gone,
            missed=min(missed, crash),
            told=missed < crash or (venue.down is not None and venue.down[0] is Trouble.STOPPED),
        )
        venue.stays.append(leg)


def speak(venue: Venue, site: int, came: float, until: float) -> None:
    """Let a hall's page beat every ten seconds."""
    if Trouble.NO_BEATS in venue.troubles:
        return
    second = came + 0.2
    while second < until:
        if Trouble.FEW_BEATS not in venue.troubles or venue.chance.random() < 1 / 2:
            venue.beats[site].append(second)
        second += 10.1
