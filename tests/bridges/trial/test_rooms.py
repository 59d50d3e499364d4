from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.trial.errors import OccupantMissing, RoomMissing, RoomOpen
from bridges.trial.model import Entrant, Media, Occupant, OccupantJid, Outgoing, RoomName
from bridges.trial.reservations import Approved
from bridges.trial.rooms import TrialRooms
from tests.bridges.trial.stage import NOW, ROOM

STAMP = int(NOW.timestamp())
OTHER = RoomName("training-20261123-aaaaaaaaaa")
LATER = NOW + timedelta(hours=1)


def an_occupant(number: int = 1, at: datetime = NOW, media: Media = Media.NONE) -> Occupant:
    jid = OccupantJid(f"{number:08x}-0000-4000-8000-000000000000@trial.diemcau/r{number}")
    entrant = Entrant(user={"id": f"site-{number}", "name": f"Điểm cầu {number}"})
    return Occupant(jid=jid, entrant=entrant, joined_at=at, media=media)


def rooms() -> TrialRooms:
    return TrialRooms(muc_domain="conference.trial.diemcau")


def names(told: tuple[Outgoing, ...]) -> list[str]:
    return [f"{request.method} {request.path}" for request in told]


def test_a_whole_life_is_told_with_the_fields_of_prosody():
    engine, site = rooms(), an_occupant()
    reservation = Approved(id="lab-42", ends_at=LATER)

    told = (
        *engine.open(ROOM, now=NOW, reservation=reservation),
        *engine.join(ROOM, site),
        *engine.leave(site.jid, now=NOW + timedelta(seconds=61)),
    )

    room = {
        "room_name": ROOM,
        "room_jid": f"{ROOM}@conference.trial.diemcau",
        "is_breakout": False,
    }
    came = {
        "occupant_jid": site.jid,
        "joined_at": STAMP,
        "id": "site-1",
        "name": "Điểm cầu 1",
    }
    went = {**came, "left_at": STAMP + 61, "total_dominant_speaker_time": 0}
    assert [request.body for request in told] == [
        {"event_name": "muc-room-created", "created_at": STAMP, **room},
        {
            "event_name": "muc-occupant-joined",
            "occupant": came,
            "active_occupants_count": 1,
            **room,
        },
        {"event_name": "muc-occupant-left", "occupant": went, "active_occupants_count": 0, **room},
        None,
        {
            "event_name": "muc-room-destroyed",
            "created_at": STAMP,
            "destroyed_at": STAMP + 61,
            "all_occupants": [went],
            **room,
        },
    ]
    assert names(told)[3] == "DELETE /conference/lab-42"
    assert (len(engine), engine.occupants) == (0, 0)


def test_a_room_that_nobody_entered_ends_without_occupants():
    engine = rooms()
    engine.open(ROOM, now=NOW, reservation=Approved(id="x", ends_at=LATER))

    told = engine.destroy(ROOM, now=LATER)

    assert names(told) == ["DELETE /conference/x", "POST /events/room/destroyed"]
    assert told[1].body is not None
    assert told[1].body["all_occupants"] == []


def test_stopping_tells_destroyed_before_left_and_without_its_time():
    engine, site = rooms(), an_occupant()
    engine.open(ROOM, now=NOW, reservation=Approved(id="x", ends_at=LATER))
    engine.join(ROOM, site)

    told = engine.stop(now=LATER)

    assert names(told) == [
        "DELETE /conference/x",
        "POST /events/room/destroyed",
        "POST /events/occupant/left",
    ]
    assert told[1].body is not None
    assert "left_at" not in told[1].body["all_occupants"][0]


def test_expired_rooms_are_named_from_their_last_instant_on():
    engine = rooms()
    engine.open(ROOM, now=NOW, reservation=Approved(id="x", ends_at=LATER))
    engine.open(OTHER, now=NOW)

    assert engine.expired(LATER - timedelta(seconds=1)) == ()
    assert engine.expired(LATER) == (ROOM,)


def test_impossible_moves_are_refused():
    engine = rooms()
    engine.open(ROOM, now=NOW)

    with pytest.raises(RoomOpen):
        engine.open(ROOM, now=NOW)
    with pytest.raises(RoomMissing):
        engine.join(OTHER, an_occupant())
    with pytest.raises(OccupantMissing):
        engine.leave(an_occupant().jid, now=NOW)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["come", "go", "end", "wait"]), st.integers(0, 5), st.integers(0, 90)
    ),
    max_size=60,
)


def play(moves: list[tuple[str, int, int]]) -> list[dict[str, Any]]:
    """Return the event bodies of a random day in one room, ended at its end."""
    engine, at = rooms(), NOW
    told: list[Outgoing] = []
    inside: dict[int, Occupant] = {}
    for serial, (move, who, pause) in enumerate(moves):
        at += timedelta(seconds=pause)
        if move == "come" and who not in inside:
            if engine.find(ROOM) is None:
                told += engine.open(ROOM, now=at)
            inside[who] = an_occupant(serial * 10 + who, at)
            told += engine.join(ROOM, inside[who])
        elif move == "go" and who in inside:
            told += engine.leave(inside.pop(who).jid, now=at)
        elif move == "end" and engine.find(ROOM) is not None:
            told += engine.destroy(ROOM, now=at)
            inside.clear()
    told += engine.stop(now=at)
    assert (len(engine), engine.occupants) == (0, 0)
    return [dict(one.body) for one in told if one.body is not None]


@given(MOVES)
def test_every_room_and_occupant_that_begins_also_ends_once(moves):
    bodies = play(moves)

    def jids(name: str) -> list[str]:
        return [b["occupant"]["occupant_jid"] for b in bodies if b["event_name"] == name]

    def instances(name: str) -> list[int]:
        return sorted(b["created_at"] for b in bodies if b["event_name"] == name)

    assert sorted(jids("muc-occupant-joined")) == sorted(jids("muc-occupant-left"))
    assert len(set(jids("muc-occupant-joined"))) == len(jids("muc-occupant-joined"))
    assert instances("muc-room-created") == instances("muc-room-destroyed")


@given(MOVES)
def test_destroyed_repeats_exactly_the_joins_of_its_instance(moves):
    bodies = play(moves)

    joined: list[dict[str, Any]] = []
    for body in bodies:
        if body["event_name"] == "muc-occupant-joined":
            joined.append(body["occupant"])
        elif body["event_name"] == "muc-room-destroyed":
            told = {one["occupant_jid"]: one["joined_at"] for one in body["all_occupants"]}
            assert told == {one["occupant_jid"]: one["joined_at"] for one in joined}
            joined.clear()


@given(MOVES)
def test_active_count_is_always_the_number_inside(moves):
    inside: set[str] = set()
    for body in play(moves):
        if body["event_name"] == "muc-occupant-joined":
            inside.add(body["occupant"]["occupant_jid"])
            assert body["active_occupants_count"] == len(inside)
        elif body["event_name"] == "muc-occupant-left":
            inside.discard(body["occupant"]["occupant_jid"])
            assert body["active_occupants_count"] == len(inside)
            assert body["occupant"]["left_at"] >= body["occupant"]["joined_at"]
