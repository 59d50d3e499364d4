"""What Jicofo's debug page shows of a room, and what that proves; whatever else it answers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.control.actions import ONLY_INSIDE, Action
from bridges.jitsi.jicofo import Sight, is_so, read_sight

LOUD, MUTED = {"is_audio_muted": False}, {"is_audio_muted": True}


def told(*, lobby: object = False, **members: object) -> bytes:
    return json.dumps({"chat_room": {"members": members, "lobby_enabled": lobby}}).encode()


def test_people_are_told_apart_and_machines_are_left_out():
    seen = read_sight(
        told(
            Ab12Cd34={**LOUD, "jid": "ab12cd34-1@meet.lab/x"},
            # What Kotlin writes where there is no address.
            ef56={**MUTED, "jid": "null"},
            jibri={**LOUD, "is_jibri": True},
            odd={"role": "OWNER"},
        )
    )

    assert seen == Sight(
        inside=frozenset({"ab12cd34", "ef56", "odd"}),
        owners={"ab12cd34": "ab12cd34-1@meet.lab/x"},
        muted={"ab12cd34": False, "ef56": True},
        lobby=False,
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b'{"chat_room":[]}', b'{"chat_room":{"members":[1]}}', b"<html>"],
)
def test_what_is_no_such_page_shows_nothing(body: bytes):
    assert read_sight(body) is None


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda x: st.dictionaries(st.text(), x)))
def test_no_answer_breaks_the_reader(body: object):
    read_sight(json.dumps({"chat_room": {"members": body, "lobby_enabled": body}}).encode())


@pytest.mark.parametrize(
    ("action", "muted", "lobby", "whom", "so"),
    [
        (Action.MUTE, {"a": True, "b": False}, False, {"a"}, True),
        (Action.MUTE, {"a": True, "b": False}, False, {"b"}, False),
        (Action.MUTE, {"a": True, "b": False}, False, {"a", "b"}, False),
        (Action.MUTE, {"a": True}, False, {"gone"}, False),
        (Action.MUTE_ALL, {"a": True, "main": False}, False, {"main"}, True),
        (Action.MUTE_ALL, {"a": False, "main": False}, False, {"main"}, False),
        (Action.MUTE_ALL, {}, False, set(), True),
        (Action.LOBBY_ON, {}, True, set(), True),
        (Action.LOBBY_ON, {}, None, set(), False),
        (Action.LOBBY_OFF, {}, False, set(), True),
        (Action.LOBBY_OFF, {}, True, set(), False),
    ],
)
def test_only_what_is_seen_is_so(action, muted, lobby, whom, so):
    assert is_so(action, Sight(muted=muted, lobby=lobby), whom) is so


def test_whose_microphone_jicofo_says_nothing_of_is_not_seen_muted():
    sight = Sight(inside=frozenset({"a", "b"}), muted={"a": True}, lobby=None)

    seen = [is_so(Action.MUTE_ALL, sight, whom) for whom in ((), ("b",))]
    seen += [is_so(Action.MUTE, sight, whom) for whom in (("a", "b"), ("a", "gone"))]

    assert seen == [False, True, False, True]


@given(st.sampled_from(sorted(ONLY_INSIDE)), st.dictionaries(st.text(), st.booleans()))
def test_a_recorder_is_never_taken_for_running_by_what_jicofo_shows(action, muted):
    seen = is_so(action, Sight(muted=muted, lobby=True), set())

    assert not (seen and action.value.startswith(("record", "stream")))
