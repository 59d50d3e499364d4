from datetime import timedelta

import pytest

from bridges.trial.errors import PastRefused
from bridges.trial.past import Stay, past_events, replay
from tests.bridges.trial.stage import NOW, ROOM, a_config, a_recorder


def a_stay(number: int, start: int, end: int) -> Stay:
    return Stay(
        user_id=f"site-{number}",
        name=f"Điểm cầu {number}",
        joined_at=NOW + timedelta(minutes=start),
        left_at=NOW + timedelta(minutes=end),
    )


STAYS = (a_stay(1, 0, 90), a_stay(2, -5, 30), a_stay(2, 34, 90))


async def test_a_past_conference_reaches_the_receiver_as_a_live_one_would():
    async with a_recorder() as (recorder, address):
        count = await replay(a_config(event_prefix=address), ROOM, STAYS)

    stamp = int(NOW.timestamp())
    stays = {
        (one["occupant"]["id"], one["occupant"]["joined_at"], one["occupant"]["left_at"])
        for one in recorder.events("occupant/left")
    }
    (destroyed,) = recorder.events("room/destroyed")
    assert count == len(recorder.received) == 8
    assert stays == {
        ("site-1", stamp, stamp + 90 * 60),
        ("site-2", stamp - 300, stamp + 30 * 60),
        ("site-2", stamp + 34 * 60, stamp + 90 * 60),
    }
    assert (destroyed["created_at"], destroyed["destroyed_at"]) == (stamp - 300, stamp + 90 * 60)
    assert len(destroyed["all_occupants"]) == 3
    assert {one.headers for one in recorder.received if dict(one.headers).get("X")} == set()


def test_an_emptied_room_ends_and_opens_again():
    told = [
        one.path for one in past_events(a_config(), ROOM, (a_stay(1, 0, 10), a_stay(2, 20, 30)))
    ]

    life = ["room/created", "occupant/joined", "occupant/left", "room/destroyed"]
    assert told == [f"/events/{name}" for name in life * 2]


def test_a_stay_must_not_end_before_it_begins():
    with pytest.raises(ValueError, match="must not end"):
        a_stay(1, 10, 0)


async def test_a_receiver_that_refuses_is_told_of():
    async with a_recorder(answer=lambda _: (401, b"")) as (_, address):
        with pytest.raises(PastRefused) as caught:
            await replay(a_config(event_prefix=address), ROOM, STAYS)

    assert caught.value.status == 401
