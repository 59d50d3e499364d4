"""What reaches us of a venue: posts in the words of the wire, answers to our polls, beats."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from bridges.jitsi.census import read_census
from bridges.jitsi.prosody import read_roster
from bridges.model import EvidenceKind, Move, MoveReason
from bridges.presence.evidence import (
    Beats,
    Census,
    Evidence,
    Roster,
    Row,
    read,
    row_of_census,
    row_of_event,
    row_of_roster,
    row_of_sighting,
)
from bridges.presence.seconds import Seconds
from bridges.presence.strips import strips_of
from bridges.receiving.posts import judge_event
from bridges.spooling.envelopes import Envelope, seal
from tests.bridges.histories import NAME, moment
from tests.bridges.venue import CLOSES, OPENS, Stay, Trouble, Venue

POLL = 20
MUC = f"{NAME}@muc.meet.jitsi"
LOST = {Trouble.LOST_CREATED, Trouble.LOST_JOINED, Trouble.LOST_LEFT, Trouble.LOST_DESTROYED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One life of the room on a bridge, with everybody in it; `crash` is how it ended before."""

    bridge: str
    born: float
    dies: float
    stays: Sequence[Stay]
    crash: Trouble | None = None


def lives_of(venue: Venue) -> list[Life]:
    """Return the lives of the room: it goes with the last one of it and of its side rooms."""
    found: list[Life] = []
    for stay in sorted(venue.stays, key=lambda one: (one.bridge, one.came)):
        crash = venue.down if venue.down and stay.bridge == "alpha" else None
        ends_by = crash[1] if crash and stay.came < crash[1] else None
        last = found[-1] if found else None
        rest = 5 if last and any(one.side for one in last.stays) else 0.1
        is_same = last and last.bridge == stay.bridge and stay.came <= last.dies + rest
        if last and is_same and (last.crash is None or ends_by is not None):
            found.pop()
            born, stays, dies = last.born, [*last.stays, stay], max(last.dies, stay.missed)
        else:
            born, stays, dies = stay.came - 0.1, [stay], stay.missed
        broke = crash[0] if crash and ends_by is not None and dies >= ends_by else None
        found.append(Life(bridge=stay.bridge, born=born, dies=dies, stays=stays, crash=broke))
    return found


Post = tuple[float, str, str, bytes]
"""When, by which bridge, under which path, what."""


def posts_of(venue: Venue) -> Iterator[Post]:
    """Give what bridges post; one that is killed says no more, one that is stopped an odd end."""
    for life in lives_of(venue):
        bridge, skew = life.bridge, venue.skew if life.bridge == "alpha" else 0
        sides = sorted({one.side for one in life.stays if one.side})
        born = {"": life.born} | {
            side: min(one.came for one in life.stays if one.side == side) - 0.05 for side in sides
        }
        for side, second in born.items():
            yield second, bridge, *post("room/created", side, created_at=by_clock(second, skew))
        listed: dict[str, dict[str, object]] = {side: {} for side in born}
        for one in life.stays:
            came = occupant(one, skew)
            gone = came | {"left_at": by_clock(one.missed, skew), "total_dominant_speaker_time": 0}
            yield one.came, bridge, *post("occupant/joined", one.side, occupant=came)
            if one.told:
                yield one.missed, bridge, *post("occupant/left", one.side, occupant=gone)
            is_last = life.crash is not None and one.missed >= life.dies
            listed[one.side][one.jid] = came if is_last else gone
        if life.crash in {None, Trouble.STOPPED}:
            for side, people in reversed(listed.items()):
                yield (
                    life.dies,
                    bridge,
                    *post(
                        "room/destroyed",
                        side,
                        created_at=by_clock(born[side], skew),
                        destroyed_at=by_clock(life.dies, skew),
                        all_occupants=list(people.values()) or {},
                    ),
                )


def by_clock(second: float, skew: int) -> int:
    """Return a moment as a bridge writes it."""
    return int((moment(second) + timedelta(seconds=skew)).timestamp())


def occupant(one: Stay, skew: int) -> dict[str, object]:
    """Return somebody as a bridge writes them."""
    named = {"id": one.user, "name": "x", "email": ""} if one.user else {}
    return {"occupant_jid": one.jid, "joined_at": by_clock(one.came, skew), **named}


def post(path: str, side: str, **fields: object) -> tuple[str, bytes]:
    """Return a path with what is posted to it."""
    aside = {"breakout_room_id": side} if side else {}
    named = {"event_name": f"muc-{path.replace('/', '-')}", "is_breakout": bool(side)}
    return path, json.dumps(
        {**named, "room_name": NAME, "room_jid": MUC, **aside, **fields}
    ).encode()


def news_of(venue: Venue) -> Iterator[Row]:
    """Give what of it reaches our receiver, some of it late or twice."""
    chance, troubles = venue.chance, venue.troubles
    away = chance.uniform(-600, 6000) if Trouble.RECEIVER_AWAY in troubles else None
    for second, bridge, path, told in posts_of(venue):
        is_lost = any(path.endswith(one) for one in LOST & troubles)
        if is_lost or (Trouble.LOST_SOME in troubles and chance.random() < 1 / 20):
            continue
        assert judge_event(path, told) is HTTPStatus.OK
        comes = second + chance.uniform(0.01, 0.4)
        if Trouble.RETRIED in troubles and chance.random() < 1 / 6:
            comes += 15 * chance.randint(1, 3)
        while away is not None and away <= comes < away + 200:
            comes += 15
        for after in (0, 9)[: chance.choice((1, 1, 1, 2))]:
            received = moment(comes + after)
            yield row_of_event(
                seal(Envelope(bridge=bridge, path=path, received_at=received, body=told))
            )


def answers_of(venue: Venue, hidden: tuple[float, float]) -> Iterator[Row]:
    """Give what our polls bring, but for while we were away."""
    lives = lives_of(venue)
    for second in range(OPENS, CLOSES, POLL):
        bridge = venue.carries(second)
        if hidden[0] <= second < hidden[1] or (bridge == "alpha" and venue.is_down(second)):
            continue
        inside = [
            one
            for one in venue.stays
            if one.bridge == bridge and not one.side and one.came <= second < one.missed
        ]
        lives_now = any(one.bridge == bridge and one.born <= second < one.dies for one in lives)
        rows = [{"room_name": MUC, "participants": len(inside), "created_time": "1"}]
        counted = read_census(json.dumps({"room_census": rows if lives_now else {}}).encode())
        count = counted.inside(NAME)
        assert count is not None
        yield row_of_census(bridge, NAME, Census(at=moment(second), participants=count))
        if count and Trouble.NO_LISTS not in venue.troubles:
            named = read_roster(
                json.dumps([{"jid": f"{MUC}/{one.nick}"} for one in inside]).encode()
            )
            yield row_of_roster(bridge, NAME, Roster.naming(named, at=moment(second)))


def beats_of(venue: Venue, hidden: tuple[float, float]) -> list[Row]:
    """Return the beats of all pages, as the admissions' spool holds them."""
    told = [
        {
            "kind": EvidenceKind.HEARTBEAT,
            "bridge": venue.carries(second),
            "room": NAME,
            "site": site,
            "generation": 1,
            "at": moment(second).isoformat(),
            "nonce": "x",
        }
        for site, own in venue.beats.items()
        for second in own
        if not hidden[0] <= second < hidden[1]
    ]
    return [row_of_sighting(json.dumps(one).encode()) for one in told]


def evidence_of(venue: Venue) -> list[Evidence]:
    """Return what we hold in the end; the same news is kept once, as it came first."""
    chance, hidden = venue.chance, (0.0, 0.0)
    if Trouble.PROGRAM_AWAY in venue.troubles:
        since = chance.uniform(-600, 6000)
        hidden = (since, since + chance.choice((60, 300, 1800)))
    rows = [*news_of(venue)]
    if Trouble.NO_COUNTS not in venue.troubles:
        rows += answers_of(venue, hidden)
    kept: dict[bytes, Row] = {}
    for row in rows:
        kept.setdefault(row.key, row)
    read_back = (
        read(row.kind, row.body, bridge=row.bridge, received_at=row.received_at)
        for row in kept.values()
    )
    pages = [
        Beats(site=one.place.site, seconds=Seconds.from_bits(one.place.begins, one.bits))
        for one in strips_of(beats_of(venue, hidden))
    ]
    return [*(one for one in read_back if one is not None), *pages]


def moves_of(venue: Venue) -> list[Move]:
    """Return where the room went when its bridge died."""
    if venue.down is None or venue.down[0] is not Trouble.MOVED:
        return []
    heard, moved = moment(venue.down[1] - 1), moment(venue.moved)
    failover = MoveReason.FAILOVER
    return [Move(source="alpha", target="beta", reason=failover, heard_at=heard, moved_at=moved)]
