"""Histories of a room, told by a small world of its own that knows nothing of the rule it tries.

Halls come and go on devices, walk into side rooms and back, join twice at once; lines are cut.  The
world keeps the truth in seconds, and writes down what a bridge, our polls and halls' pages would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from bridges.jitsi.events import parse
from bridges.model import BridgeId, Event, Room, RoomName
from bridges.presence.evidence import Beats, Census, Evidence, Roster
from bridges.presence.seconds import Seconds
from bridges.trial.wire import encode_cjson
from meetings.model import ConferenceId, Interval, Period, SiteId

START = datetime(2026, 11, 30, 1, tzinfo=UTC)
LENGTH = 7200
NAME = RoomName("briefing-20261130-abcdefghij")
ROOM = Room(
    conference=ConferenceId(1),
    bridge=BridgeId(1),
    bridge_name="lab",
    name=NAME,
    opens_at=START - timedelta(minutes=30),
    ends_at=START + timedelta(seconds=LENGTH),
    closes_at=START + timedelta(seconds=LENGTH + 1800),
    grant_ends_at=START + timedelta(hours=12),
)
PERIOD = Period(START, START + timedelta(seconds=LENGTH))
LATER = START + timedelta(days=2)
BORN = -600
DIES = LENGTH + 600
POLL = 20
BEAT = 10


def moment(second: float) -> datetime:
    return START + timedelta(seconds=second)


@dataclass(slots=True, kw_only=True)
class Device:
    """One connection's time in a room: really until `out`, in the bridge's eyes until `noticed`."""

    site: int
    jid: str
    room: str
    came: int
    out: int
    noticed: int

    @property
    def record(self) -> dict[str, object]:
        return {
            "occupant_jid": self.jid,
            "id": f"site-{self.site}",
            "name": "x",
            "joined_at": int(moment(self.came).timestamp()),
        }

    @property
    def record_after(self) -> dict[str, object]:
        return self.record | {"left_at": int(moment(self.noticed).timestamp())}


def a_device(site: int, came: int, out: int) -> Device:
    """Return the one device of a hall, whose leaving the bridge notices at once."""
    return Device(site=site, jid=f"{site:08x}@x/y", room="", came=came, out=out, noticed=out)


@dataclass(slots=True, kw_only=True)
class World:
    """Everything that happened."""

    devices: list[Device] = field(default_factory=list)
    beats: dict[int, set[int]] = field(default_factory=dict)

    def truth(self, *, noticed: bool = False) -> dict[SiteId, list[tuple[datetime, datetime]]]:
        """Return when each hall really was in, as stretches that do not touch."""
        seconds: dict[int, set[int]] = {}
        for one in self.devices:
            end = one.noticed if noticed else one.out
            seconds.setdefault(one.site, set()).update(range(one.came, end))
        return {
            SiteId(site): stretches(inside) for site, inside in sorted(seconds.items()) if inside
        }

    def events(self) -> list[Event]:
        """Return what the bridge tells, each once, in the words of the wire."""
        born, dies = int(moment(BORN).timestamp()), int(moment(DIES).timestamp())
        told = [event("room/created", created_at=born)]
        for one in self.devices:
            side = {"is_breakout": True, "breakout_room_id": one.room} if one.room else {}
            told.append(event("occupant/joined", occupant=one.record, **side))
            told.append(event("occupant/left", occupant=one.record_after, **side))
        for room in sorted({one.room for one in self.devices} | {""}):
            last = {one.jid: one for one in self.devices if one.room == room}
            everybody = [one.record_after for one in last.values()]
            side = {"is_breakout": True, "breakout_room_id": room} if room else {}
            told.append(
                event(
                    "room/destroyed",
                    created_at=born,
                    destroyed_at=dies,
                    all_occupants=everybody or {},
                    **side,
                )
            )
        return told

    def polls(self) -> list[Evidence]:
        """Return what our own questions brought."""
        found: list[Evidence] = []
        for second in range(BORN, DIES + 120, POLL):
            inside = [
                one for one in self.devices if one.came <= second < one.noticed and not one.room
            ]
            found.append(Census(at=moment(second), participants=len(inside)))
            if inside:
                names = (one.jid[:8] for one in inside)
                found.append(Roster.naming(names, at=moment(second)))
        return found

    def heartbeats(self) -> list[Evidence]:
        """Return what halls' pages said while their lines were up."""
        return [
            Beats(site=SiteId(site), seconds=Seconds.of([moment(second)]))
            for site, seconds in self.beats.items()
            for second in seconds
        ]


def event(path: str, **fields: object) -> Event:
    body = {"room_name": NAME, "room_jid": f"{NAME}@conference.meet.lab", **fields}
    return parse(path, encode_cjson(body))


def stretches(seconds: Iterable[int]) -> list[tuple[datetime, datetime]]:
    """Return the seconds as stretches."""
    found: list[list[int]] = []
    for second in sorted(seconds):
        if found and found[-1][1] == second:
            found[-1][1] = second + 1
        else:
            found.append([second, second + 1])
    return [(moment(begins), moment(ends)) for begins, ends in found]


def a_world(chance: Random, *, halls: int = 6, cuts: bool = False, sides: bool = True) -> World:
    """Return a world by chance; with `cuts` lines break, and the bridge notices late."""
    world = World()
    for site in range(1, halls + 1):
        second = chance.randrange(BORN + 1, LENGTH // 2)
        for visit in range(chance.randint(0, 3)):
            for _ in range(chance.choice((1, 1, 1, 2))):
                stay(world, chance, site, second + chance.randrange(30), cuts=cuts, sides=sides)
            second += chance.randrange(600, 2400) + visit
    return world


def stay(world: World, chance: Random, site: int, second: int, *, cuts: bool, sides: bool) -> None:
    """Let a device in for a while; it may walk through a side room and come back."""
    jid = f"{chance.getrandbits(32):08x}-{len(world.devices)}@meet.lab/x"
    rooms = chance.choice(([""], [""], ["", "b1", ""])) if sides else [""]
    for number, room in enumerate(rooms):
        length = chance.randrange(40, 1500)
        out = min(second + length, DIES - 200)
        if out <= second:
            return
        cut = cuts and number == len(rooms) - 1 and chance.random() < 0.5
        late = chance.randrange(60, 181) if cut else 0
        world.devices.append(
            Device(site=site, jid=jid, room=room, came=second, out=out, noticed=out + late)
        )
        world.beats.setdefault(site, set()).update(range(second, out, BEAT))
        second = out


def on_a_clock(
    one: Event, skew: Callable[[datetime], timedelta], post: timedelta = timedelta()
) -> Event:
    """Return an event as a bridge tells it whose clock was off by so much at each moment."""

    def shown(at: datetime | None) -> datetime | None:
        return at and at + skew(at)

    return replace(
        one,
        at=one.at + skew(one.at),
        created_at=shown(one.created_at),
        occupants=tuple(
            replace(who, joined_at=who.joined_at + skew(who.joined_at), left_at=shown(who.left_at))
            for who in one.occupants
        ),
        received_at=one.at + post,
    )


def told_of(presences: tuple[Interval, ...]) -> list[tuple[datetime, datetime | None]]:
    """Return the stretches of a record."""
    return [(one.start, one.end) for one in presences]
