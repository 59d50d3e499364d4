"""Facts 1 to 8 and 17 of the captures: what mod_reservations sends, and what it can read."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.errors import BadNews
from bridges.jitsi.names import read_room
from bridges.jitsi.reservations import Asked, granted, parse_form, read_id, refused
from bridges.model import RoomName
from tests.bridges.recorded import Recorded, mutated, reservations

OPENS = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("one", reservations(), ids=lambda one: one.scene)
def test_every_recorded_form_is_understood(one: Recorded):
    asked = parse_form(one.body)

    assert asked.name == asked.room
    assert asked.owner.endswith("@meet.lab")


@pytest.mark.parametrize(
    ("body", "name", "room"),
    [
        (b"mail_owner=a%40b&name=hopchuhoa", "hopchuhoa", "hopchuhoa"),
        (b"name=HopChuHoa", "HopChuHoa", "hopchuhoa"),
        (b"name=%5btinh%5dbriefing-1", "[tinh]briefing-1", "[tinh]briefing-1"),
        (b"name=h%e1%bb%8dp", "họp", "họp"),
        (b"name=h%25e1%25bb%258dp", "h%e1%bb%8dp", "họp"),
        (b"name=hop+co+cach", "hop co cach", "hop co cach"),
        (b"name=hop%2bcong%26bang%3d1", "hop+cong&bang=1", "hop+cong&bang=1"),
    ],
)
def test_a_name_is_kept_and_its_room_found(body: bytes, name: str, room: str):
    asked = parse_form(body)

    assert (asked.name, asked.room) == (name, room)


def test_order_of_fields_does_not_matter():
    assert parse_form(b"start_time=x&mail_owner=u%40d&name=r-1") == Asked(
        name="r-1", room=RoomName("r-1"), owner="u@d"
    )


@pytest.mark.parametrize(
    "body", [b"", b"name=", b"{}", b"\xff", b"name=%ff", b"&".join([b"name=a"] * 99)]
)
def test_what_names_no_room_is_refused(body: bytes):
    with pytest.raises(BadNews):
        parse_form(body)


@given(mutated(reservations()))
def test_a_recorded_form_that_was_spoilt_names_a_room_or_is_refused(
    spoilt: tuple[Recorded, bytes],
):
    try:
        asked = parse_form(spoilt[1])
    except BadNews:
        return
    assert asked.room == read_room(asked.name)
    assert asked.name


def test_the_answer_holds_what_prosody_demands():
    answer = granted(
        RoomName("briefing-1"),
        name="[tinh]briefing-1",
        owner="u@d",
        opens_at=OPENS,
        closes_at=OPENS + timedelta(hours=3),
    )

    assert json.loads(answer) == {
        "id": "briefing-1",
        "name": "[tinh]briefing-1",
        "mail_owner": "u@d",
        "start_time": "2026-11-23T00:30:00.000Z",
        "duration": 10800,
    }


def test_twice_the_halls_and_a_few_others_may_be_in():
    answer = granted(RoomName("r"), name="r", owner="", opens_at=OPENS, closes_at=OPENS, sites=45)

    assert json.loads(answer)["max_occupants"] == 100


ASKED = st.builds(
    Asked,
    name=st.text(min_size=1, max_size=60).filter(lambda name: "\0" not in name),
    room=st.just(RoomName("briefing-20261123-abcdefghij")),
    owner=st.text(max_size=60),
)


@given(
    asked=ASKED,
    opens=st.integers(1_767_225_600, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC)),
    lasts=st.timedeltas(timedelta(minutes=1), timedelta(days=2)),
    sites=st.none() | st.integers(0, 3321),
    retried=st.integers(1, 4),
)
def test_whatever_is_granted_prosody_can_read(asked, opens, lasts, sites, retried):
    answers = {
        granted(
            asked.room,
            name=asked.name,
            owner=asked.owner,
            opens_at=opens,
            closes_at=opens + lasts,
            sites=sites,
        )
        for _ in range(retried)
    }

    (answer,) = answers
    id_, ends = module_reads(answer, asked.name)
    assert id_ == asked.room
    assert abs(ends - (opens + lasts).timestamp()) <= 1


def module_reads(answer: bytes, node: str) -> tuple[str, float]:
    """Read an answer as mod_reservations does, and fail where it would refuse or die.

    Source: jitsi-meet mod_reservations.lua `validateApiResponse` and util.datetime (0e53bd87).
    """
    told = json.loads(answer)
    assert isinstance(told, dict)
    assert None not in told.values()
    assert isinstance(told["id"], str)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", told["id"])
    assert isinstance(told["mail_owner"], str)
    assert ascii_lower(told["name"]) == ascii_lower(node)
    assert isinstance(told["duration"], int)
    assert told["duration"] > 0
    assert isinstance(told.get("max_occupants", 1), int)
    assert told.get("max_occupants", 1) >= 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", told["start_time"])
    begins = datetime.fromisoformat(told["start_time"].removesuffix("Z")).replace(tzinfo=UTC)
    return told["id"], begins.timestamp() + told["duration"]


def ascii_lower(text: str) -> str:
    """Lower-case as Lua does: bytes of ASCII only."""
    return "".join(one.lower() if "A" <= one <= "Z" else one for one in text)


def test_start_and_duration_end_at_the_hard_end_to_the_second():
    opens, closes = OPENS.replace(microsecond=999_999), OPENS + timedelta(hours=1)

    answer = json.loads(
        granted(RoomName("r"), name="r", owner="", opens_at=opens, closes_at=closes)
    )

    assert answer["duration"] == 3600


def test_a_refusal_carries_the_words_as_they_are():
    assert json.loads(refused("Chưa đến giờ")) == {"message": "Chưa đến giờ"}
    assert "Chưa" in refused("Chưa đến giờ").decode()


def test_our_own_names_pass_unchanged():
    assert read_room("briefing-20261123-abcdefghij") == "briefing-20261123-abcdefghij"
    assert read_id("briefing-20261123-abcdefghij") == "briefing-20261123-abcdefghij"
