"""Where a room goes, and between which moments it is open."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from bridges.errors import BridgeExists, BridgeNotFound, NoBridgeFits
from bridges.model import BridgeKind, RoomState
from bridges.placement.placing import place
from bridges.placement.placing_series import place_all
from bridges.placement.rooms import forget_room, free_room, move_room_period, room_of
from bridges.registered.registry import all_secrets, bridge_by_name, ensure_trial, list_bridges
from meetings.errors import NoSeats
from meetings.model import Period
from meetings.store import Connection
from tests.bridges.makers import SECRETS, a_bridge, a_placed_conference, a_room, a_seal, before
from tests.makers import a_conference, a_directory
from web.database import transaction


async def test_a_bridge_keeps_its_secrets_sealed(conn: Connection):
    seal = a_seal()

    bridge = await a_bridge(conn, seal=seal)

    assert await all_secrets(conn, seal) == {"lab": SECRETS}
    stored = await conn.fetchrow("SELECT * FROM bridges")
    assert stored is not None
    assert all(b"lab-" not in value for value in stored.values() if isinstance(value, bytes))
    assert await list_bridges(conn) == [bridge]


async def test_a_name_is_taken_once(conn: Connection):
    await a_bridge(conn)

    with pytest.raises(BridgeExists):
        await a_bridge(conn)
    with pytest.raises(BridgeNotFound):
        await bridge_by_name(conn, "other")


async def test_the_trial_bridge_is_added_once_and_follows_its_address(conn: Connection):
    seal = a_seal()
    first, secrets = await ensure_trial(conn, seal, public_url="http://a/trial", prosody_url="")

    again, same = await ensure_trial(
        conn, seal, public_url="http://b/trial", prosody_url="http://b"
    )

    assert same == secrets
    assert again == replace(first, public_url="http://b/trial", prosody_url="http://b")
    assert again.kind is BridgeKind.TRIAL


async def test_rooms_of_a_series_may_be_extended_as_any_other(conn: Connection):
    """A bridge asks once how long a room may live; what is added later must fit in that."""
    await a_directory(conn)
    bridge, conference = await a_bridge(conn), await a_conference(conn)
    alone = await place(conn, conference, bridge=None, now=before(conference))
    await forget_room(conn, conference.id)
    await conn.execute("DELETE FROM seat_holds")

    dates = {conference.id: conference.period}
    await place_all(
        conn, dates, {conference.period: bridge}, kind=conference.kind, seats=len(conference.sites)
    )

    room = await room_of(conn, conference.id)
    assert room == replace(alone, name=room.name)


async def test_a_room_opens_half_an_hour_early_and_closes_half_an_hour_late(conn: Connection):
    conference, room = await a_placed_conference(conn)

    assert (room.opens_at, room.ends_at, room.closes_at) == (
        conference.period.start - timedelta(minutes=30),
        conference.period.end,
        conference.period.end + timedelta(minutes=30),
    )
    assert re.fullmatch(r"briefing-20261130-[a-z0-9]{10}", room.name)
    assert await room_of(conn, conference.id) == room


async def test_placing_again_returns_the_same_room(conn: Connection):
    conference, room = await a_placed_conference(conn)

    assert await place(conn, conference, bridge=None, now=before(conference)) == room


async def test_a_room_moves_with_its_conference(conn: Connection):
    conference, _ = await a_placed_conference(conn)
    start = datetime(2026, 12, 1, 1, tzinfo=UTC)
    later = replace(conference, period=Period(start, start + timedelta(hours=1)))

    await move_room_period(conn, later)

    assert (await room_of(conn, conference.id)).closes_at == start + timedelta(minutes=90)


async def test_a_freed_room_is_closed(conn: Connection):
    conference, _ = await a_placed_conference(conn)

    await free_room(conn, conference.id, now=before(conference))

    room = await room_of(conn, conference.id)
    assert (room.state, room.closed_at) == (RoomState.CLOSED, before(conference))


async def test_the_least_loaded_bridge_is_chosen_and_the_trial_one_last(conn: Connection):
    await a_directory(conn)
    await a_bridge(conn, "a", seats=100)
    await a_bridge(conn, "b", seats=100)
    await a_bridge(conn, "t", kind=BridgeKind.TRIAL)

    rooms = [await a_room(conn, await a_conference(conn, sites=[n])) for n in (1, 2, 3, 4)]

    assert [room.bridge_name for _, room in rooms] == ["a", "b", "a", "b"]


async def test_a_named_bridge_is_taken_or_refused(conn: Connection):
    await a_directory(conn)
    await a_bridge(conn, "a")
    await a_bridge(conn, "t", kind=BridgeKind.TRIAL, seats=2)
    conference = await a_conference(conn)

    with pytest.raises(BridgeNotFound):
        await a_room(conn, conference, bridge="x")
    with pytest.raises(NoSeats):
        await a_room(conn, conference, bridge="t")
    assert (await a_room(conn, conference, bridge="a"))[1].bridge_name == "a"


async def test_without_bridges_there_is_no_place(conn: Connection):
    await a_directory(conn)

    with pytest.raises(NoBridgeFits):
        await a_room(conn)


async def test_many_at_once_never_overfill_a_bridge(conn: Connection, pool: asyncpg.Pool):
    await a_directory(conn)
    await a_bridge(conn, seats=5)
    booked = [await a_conference(conn, sites=[site]) for site in range(1, 13)]

    async def attempt(number: int) -> bool:
        try:
            async with transaction(pool) as own:
                await a_room(own, booked[number])
        except NoSeats:
            return False
        return True

    placed = await asyncio.gather(*map(attempt, range(12)))

    assert sum(placed) == 5
