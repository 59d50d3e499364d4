"""What is asked of a live room: never cut by an extension, carried out, looked at afterwards."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.control.actions import (
    GIVE_UP_INSIDE,
    TAKE_UP_WITHIN,
    Action,
    ActionId,
    ActionState,
    Asked,
    check_extension,
    is_overdue,
    latest_end,
)
from bridges.errors import ExtensionTooLong, NothingToExtend
from bridges.jitsi.reservations import granted
from bridges.model import BridgeId, Room, RoomName, RoomState
from bridges.rules import room_times
from bridges.trial import model as trial
from bridges.trial.reservations import Approved, read_reservation
from meetings.model import ConferenceId, Period

START = datetime(2026, 11, 30, 1, tzinfo=UTC)
NAME = RoomName("briefing-20261130-abcdefghij")


def a_live_room(period: Period) -> Room:
    times = room_times(period)
    return Room(
        conference=ConferenceId(1),
        bridge=BridgeId(1),
        bridge_name="lab",
        name=NAME,
        opens_at=times.opens_at,
        ends_at=times.ends_at,
        closes_at=times.closes_at,
        state=RoomState.OPEN,
        grant_ends_at=times.grant_ends_at,
    )


def bridge_ends_at(room: Room) -> datetime:
    """Return when a bridge that asked at the beginning would end the room by itself."""
    body = granted(
        NAME, name=NAME, owner="x@y", opens_at=room.opens_at, closes_at=room.grant_ends_at
    )
    answer = read_reservation(trial.RoomName(NAME), 200, body, room.opens_at)
    assert isinstance(answer, Approved)
    return answer.ends_at


@settings(max_examples=1000, deadline=None)
@given(
    st.integers(10, 600),
    st.lists(st.integers(1, 240), max_size=16),
)
def test_no_history_of_extensions_cuts_anybody_off(length: int, extensions: list[int]):
    period = Period(START, START + timedelta(minutes=length))
    room = a_live_room(period)
    own_end = bridge_ends_at(room)

    for minutes in extensions:
        with suppress(ExtensionTooLong):
            longer = period.end + timedelta(minutes=minutes)
            period = check_extension(room, period, longer, now=period.end)

    assert room_times(period).closes_at <= own_end


def test_an_extension_leads_to_a_later_end_of_a_room_that_is_not_closed():
    period = Period(START, START + timedelta(hours=1))
    room, end = a_live_room(period), period.end

    with pytest.raises(NothingToExtend):
        check_extension(room, period, end, now=START)
    with pytest.raises(NothingToExtend):
        check_extension(room, period, end + timedelta(minutes=15), now=end + timedelta(minutes=20))
    longest = end + timedelta(hours=12)
    assert check_extension(room, period, longest, now=START).end == latest_end(room)
    with pytest.raises(ExtensionTooLong):
        check_extension(room, period, longest + timedelta(seconds=1), now=START)


@pytest.mark.parametrize("action", [Action.MUTE_ALL, Action.RECORD_START])
def test_what_no_page_took_up_is_not_waited_for_as_if_one_had(action: Action):
    left = Asked(
        id=ActionId(1),
        conference=ConferenceId(1),
        action=action,
        subject="",
        state=ActionState.ASKED,
        detail="",
        asked_by="program:x",
        asked_at=START,
        settled_at=None,
    )
    taken = replace(left, carried_by="person:1")
    late = START + GIVE_UP_INSIDE + timedelta(seconds=1)

    assert is_overdue(left, late)
    assert is_overdue(taken, late) is (action is Action.MUTE_ALL)
    assert not is_overdue(left, START + TAKE_UP_WITHIN)
