"""The reservation calls over a real socket, as Prosody makes them."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bridges.entry.snapshot import Snapshot
from bridges.inspection.inspecting import NO_ROOM
from bridges.inspection.listening import news_of, write_calls
from bridges.receiving.calls import Calls, Heard
from meetings.scheduling.booking import cancel
from meetings.store import Connection
from tests.bridges.makers import a_bridge, a_placed_conference, a_room, a_seal
from tests.bridges.recorded import reservations
from tests.makers import a_conference
from web.keys import CALLS, CLOCK, METRICS, POLICIES, POOL, SETTINGS, SNAPSHOT
from web.metrics import Metrics
from web.rooms.reservations import ELSEWHERE, TENANT, routes
from web.routes import add_routes
from web.settings import Settings

HEADERS = {
    "Authorization": "Bearer lab-reservation",
    "Content-Type": "application/x-www-form-urlencoded",
}


Client: TypeAlias = "TestClient[web.Request, web.Application]"


class Stage:
    """An application with one room, and a clock that a test sets."""

    def __init__(self, client: Client, room, conference, snapshot: Snapshot):
        self.client = client
        self.room = room
        self.conference = conference
        self.snapshot = snapshot
        self.now = room.opens_at
        self.calls = Calls()

    async def ask(self, name: str | None = None, *, bridge: str = "lab", **headers: str):
        """POST as Prosody does; return status and object."""
        asked = name or self.room.name
        body = f"start_time=2026-11-30T00%3a30%3a00.000Z&mail_owner=u%40d&name={asked}"
        async with self.client.post(
            f"/bridges/{bridge}/reservations/conference",
            data=body.encode(),
            headers={**HEADERS, **headers},
        ) as answer:
            told = await answer.read()
            return answer.status, json.loads(told) if answer.content_type.endswith("json") else {}

    async def call(self, method: str, id_: str) -> tuple[int, bytes]:
        path = f"/bridges/lab/reservations/conference/{id_}"
        async with self.client.request(method, path, headers=HEADERS) as answer:
            return answer.status, await answer.read()


@pytest.fixture
async def stage(conn: Connection, pool: asyncpg.Pool, tmp_path: Path):
    seal = a_seal()
    conference, room = await a_placed_conference(conn, seal)
    snapshot = Snapshot(tmp_path, seal)
    await snapshot.refresh(conn, room.opens_at)
    app = web.Application()
    made = Stage(TestClient(TestServer(app)), room, conference, snapshot)
    app[POLICIES], app[SNAPSHOT], app[POOL] = {}, snapshot, pool
    app[METRICS] = Metrics()
    app[CALLS], app[SETTINGS] = made.calls, Settings()
    app[CLOCK] = lambda: made.now
    add_routes(app, [routes])
    async with made.client:
        yield made


async def test_a_booked_room_is_granted_with_what_prosody_demands(stage: Stage):
    assert await stage.ask() == (
        200,
        {
            "id": stage.room.name,
            "name": stage.room.name,
            "mail_owner": "u@d",
            "start_time": "2026-11-30T00:30:00.000Z",
            "duration": (3 + 12) * 3600,
        },
    )


async def test_the_name_is_echoed_as_it_came(stage: Stage):
    name = stage.room.name.upper()
    status, told = await stage.ask(name)

    assert (status, told["name"], told["id"]) == (200, name, stage.room.name)


async def test_a_room_of_a_tenant_is_another_room_and_none_of_ours(stage: Stage):
    status, told = await stage.ask(f"%5btinh%5d{stage.room.name}")

    assert (status, told) == (403, {"message": TENANT})


async def test_asking_and_deleting_again_changes_nothing(stage: Stage):
    first = await stage.ask()
    deleted = [await stage.call("DELETE", stage.room.name) for _ in range(5)]

    assert deleted == [(200, b"{}")] * 5
    assert await stage.call("DELETE", "42.0") == (200, b"{}")
    assert await stage.ask() == first
    status, told = await stage.call("GET", stage.room.name)
    assert (status, json.loads(told)["id"]) == (200, stage.room.name)


@pytest.mark.parametrize(
    ("moment", "message"),
    [(-1, "Phòng họp chưa mở"), (3 * 3600, "Cuộc họp đã kết thúc")],
)
async def test_outside_its_times_a_room_is_refused_with_a_reason(
    stage: Stage, moment: int, message: str
):
    stage.now = stage.room.opens_at + timedelta(seconds=moment)

    status, told = await stage.ask()

    assert (status, told["message"][: len(message)]) == (403, message)


async def test_a_cancelled_room_is_refused(stage: Stage, conn: Connection):
    now = stage.room.opens_at
    await cancel(conn, stage.conference.id, reason="", version=None, by="person:1", now=now)
    await stage.snapshot.refresh(conn, now)

    status, told = await stage.ask()

    assert (status, told["message"][:20]) == (403, "Cuộc họp đã bị hủy. ")


async def test_every_recorded_room_is_unknown_to_us_and_refused(stage: Stage):
    for one in reservations()[:20]:
        async with stage.client.post(
            "/bridges/lab/reservations/conference", data=one.body, headers=HEADERS
        ) as answer:
            assert answer.status == 403


async def test_a_room_booked_this_instant_is_found(stage: Stage, conn: Connection):
    start = stage.room.opens_at + timedelta(hours=5)
    conference = await a_conference(conn, start=start, now=stage.room.opens_at)
    await stage.snapshot.refresh(conn, stage.now)

    _, room = await a_room(conn, conference)
    stage.now = room.opens_at

    assert (await stage.ask(room.name))[0] == 200


async def test_another_secret_or_bridge_is_turned_away(stage: Stage):
    assert (await stage.ask(Authorization="Bearer other"))[0] == 401
    assert (await stage.ask(Authorization="bearer lab-reservation"))[0] == 200
    assert (await stage.ask(Authorization=""))[0] == 401
    assert (await stage.ask(bridge="other"))[0] == 404


async def test_when_a_bridge_asked_and_with_which_secret_is_remembered(
    stage: Stage, conn: Connection
):
    @asynccontextmanager
    async def lend():
        yield conn

    await stage.ask(NO_ROOM, Authorization="Bearer wrong")
    await write_calls(lend, stage.calls)
    assert (await news_of(conn, "lab", stage.now)).heard == Heard()

    await stage.ask(Authorization="Bearer other")
    await write_calls(lend, stage.calls)
    refused = (await news_of(conn, "lab", stage.now)).heard
    assert refused == Heard(refused_at=stage.now, refused_from="127.0.0.1")

    stage.now += timedelta(minutes=1)
    await stage.ask()
    await write_calls(lend, stage.calls)
    assert (await news_of(conn, "lab", stage.now)).heard == replace(refused, asked_at=stage.now)
    assert stage.calls.unwritten() == {}


@pytest.mark.parametrize("name", ["", "%ff", "%00", "a" * 5000, "hop%2bcong%26bang%3d1"])
async def test_an_odd_name_is_refused_and_never_a_5xx(stage: Stage, name: str):
    body = f"name={name}".encode()
    async with stage.client.post(
        "/bridges/lab/reservations/conference", data=body, headers=HEADERS
    ) as answer:
        assert answer.status in {400, 403}
        assert json.loads(await answer.read()).keys() == {"message"}


async def test_without_a_database_booked_rooms_are_granted_and_others_refused(
    stage: Stage, pool: asyncpg.Pool
):
    await pool.close()

    assert (await stage.ask())[0] == 200
    assert (await stage.ask("briefing-20261130-abcdefghij"))[0] == 403


async def test_of_two_bridges_that_claim_a_room_only_its_own_is_granted(
    stage: Stage, conn: Connection
):
    await a_bridge(conn, "beta", seal=stage.snapshot.seal)
    await stage.snapshot.refresh(conn, stage.now)

    claims = await asyncio.gather(*(stage.ask(bridge=name) for name in ("lab", "beta") * 10))

    assert [status for status, _ in claims] == [200, 403] * 10
    assert {told["message"] for status, told in claims if status == 403} == {ELSEWHERE}
