"""Facts 9 to 13 of the captures: what event_sync posts, read as values."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.errors import BadNews
from bridges.jitsi.events import as_body, content_key, parse, read_event
from bridges.model import Event, EvidenceKind, Occupant, OccupantJid, RoomName
from tests.bridges.recorded import Recorded, events, mutated, scene

AN = OccupantJid("a2cbada2-c7ec-45c4-87d0-6d97a04dbe8b@meet.lab/ch8P9XphlIFL")


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_one_odd_entry_takes_nobody_elses_record_along():
    known = {"occupant_jid": AN, "joined_at": 1795462682, "left_at": 1795462690}
    fields = {"room_name": "r", "created_at": 1795462682, "destroyed_at": 1795462698}
    body = json.dumps(fields | {"all_occupants": [{"joined_at": 1}, known, None, 7]}).encode()

    told = parse("room/destroyed", body)

    assert [one.jid for one in told.occupants] == [AN]


def test_one_person_is_read_from_created_to_destroyed():
    told = [
        parse(one.event_path, one.body)
        for one in scene("01-one-person-accepted")
        if one in events()
    ]

    stay = Occupant(jid=AN, user="an", name="An", joined_at=at(1795462682), left_at=at(1795462683))
    joined = Occupant(jid=AN, user="an", name="An", joined_at=at(1795462682))
    room, begun, over = RoomName("hop-giao-ban"), at(1795462682), at(1795462683)
    assert told == [
        Event(kind=EvidenceKind.CREATED, room=room, at=begun, created_at=begun),
        Event(kind=EvidenceKind.JOINED, room=room, at=begun, occupants=(joined,)),
        Event(kind=EvidenceKind.LEFT, room=room, at=over, occupants=(stay,)),
        Event(kind=EvidenceKind.DESTROYED, room=room, at=over, created_at=begun, occupants=(stay,)),
    ]


@pytest.mark.parametrize("one", events(), ids=lambda one: f"{one.scene} {one.event_path}")
def test_every_recorded_event_is_understood_and_read_back(one: Recorded):
    event = parse(one.event_path, one.body)

    assert read_event(event.kind, json.loads(json.dumps(as_body(event)))) == event


def test_an_empty_list_comes_as_an_object():
    body = b'{"all_occupants":{},"room_name":"r","created_at":1795462683,"destroyed_at":1795462698}'

    assert parse("room/destroyed", body).occupants == ()


def test_a_last_person_of_a_dying_room_has_no_end():
    destroyed = next(
        one for one in scene("32-sigterm-with-one-inside") if one.event_path == "room/destroyed"
    )

    (occupant,) = parse(destroyed.event_path, destroyed.body).occupants

    assert occupant.left_at is None


def test_a_number_as_user_is_nobody_of_ours():
    (one,) = scene("34-event-body-for-an-odd-user-context-id-7-email-null")

    assert parse(one.event_path, one.body).occupants[0].user == ""


def test_news_of_a_breakout_room_names_the_main_room():
    body = {
        "is_breakout": True,
        "breakout_room_id": "b-1",
        "room_name": "[tinh]briefing-20261123-abcdefghij",
        "created_at": 1795462683,
    }

    event = parse("room/created", json.dumps(body).encode())

    assert (event.room, event.breakout) == ("[tinh]briefing-20261123-abcdefghij", "b-1")


def test_the_same_news_in_another_order_has_the_same_key():
    first, again = (
        read_event(EvidenceKind.CREATED, fields)
        for fields in (
            {"room_name": "r-1234567", "created_at": 1795462683},
            {"created_at": 1795462683, "is_breakout": False, "room_name": "R-1234567"},
        )
    )

    assert content_key("a", first.kind, as_body(first)) == content_key(
        "a", again.kind, as_body(again)
    )
    assert content_key("a", first.kind, as_body(first)) != content_key(
        "b", again.kind, as_body(again)
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{",
        b"\xff\xfe",
        b"{}",
        b'{"room_name":"r"}',
        b'{"room_name":"r","created_at":"1795462683"}',
        b'{"room_name":"r","created_at":true}',
        b'{"room_name":"r","created_at":NaN}',
        b'{"room_name":"r","created_at":1e400}',
        b'{"room_name":"r","created_at":99999999999999}',
        b'{"room_name":7,"created_at":1795462683}',
        b"[" * 60_000,
        b'{"room_name":"r","created_at":' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_event_is_refused(body: bytes):
    with pytest.raises(BadNews):
        parse("room/created", body)


def test_an_unknown_path_is_refused():
    with pytest.raises(BadNews):
        parse("room/painted", b"{}")


def test_letters_that_no_database_holds_are_replaced():
    body = (
        b'{"room_name":"r-1","occupant":{"occupant_jid":"a\\u0000b\\ud800","joined_at":1795462683}}'
    )

    assert parse("occupant/joined", body).occupants[0].jid == "a?b?"


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("room_name", "created_at", "destroyed_at", "all_occupants", "occupant", "is_breakout")


@given(
    st.sampled_from(["room/created", "room/destroyed", "occupant/joined", "occupant/left"]),
    st.dictionaries(st.sampled_from(FIELDS), json_values),
)
def test_any_object_is_an_event_or_refused(path: str, fields: dict[str, Any]):
    try:
        event = parse(path, json.dumps(fields).encode())
    except BadNews:
        return
    assert read_event(event.kind, as_body(event)) == event


@given(mutated(events()))
def test_a_recorded_event_that_was_spoilt_is_an_event_or_refused(spoilt: tuple[Recorded, bytes]):
    one, body = spoilt
    try:
        event = parse(one.event_path, body)
    except BadNews:
        return
    assert read_event(event.kind, as_body(event)) == event
