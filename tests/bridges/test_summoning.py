"""Room systems that are called by the program when a conference starts: whom, when, and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridges.control.controlling import carry_out
from bridges.control.summoning import summon_due
from bridges.control.summons import SUMMONED_WITHIN, Scene, whom_to_summon
from bridges.model import BridgeKind, Room, RoomState
from bridges.registered.registry import Seal, bridge_by_name
from bridges.store.actions import list_actions
from meetings.model import Changes, Conference, Period, State
from meetings.scheduling.booking import amend, begin, cancel, end
from meetings.store import Connection
from meetings.store.conferences import lock_conference
from meetings.store.gateways import save_gateway
from tests.bridges.makers import a_bridge, a_room, a_seal
from tests.makers import a_conference, a_directory
from tests.waiting import until_waited_for
from web.database import transaction

SOON, SECOND = timedelta(minutes=1), timedelta(seconds=1)
WANTED = "UPDATE conferences SET call_systems = TRUE WHERE id = $1"
INSIDE = """
    INSERT INTO presences (conference_id, site_id, starts_at, evidence, start_evidence)
    VALUES ($1, $2, $3, 'events', 'events')
"""
AUDITED = "SELECT actor, detail ->> 'subject' FROM audit WHERE action = 'room.dial-out' ORDER BY id"


def address(place: int) -> str:
    return f"sip:hall{place}@gw.example.vn"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A conference of three halls with SIP addresses, on a Jitsi whose Jigasi writes down calls."""

    conn: Connection
    conference: Conference
    room: Room
    seal: Seal
    called: list[str] = field(default_factory=list)

    @property
    def start(self) -> datetime:
        return self.conference.period.start

    def lend(self) -> AbstractAsyncContextManager[Connection]:
        """Lend the connection, inside whatever transaction a test has begun."""
        return nullcontext(self.conn)

    async def turn(self, at: datetime) -> None:
        @asynccontextmanager
        async def lend() -> AsyncIterator[Connection]:
            async with self.conn.transaction():
                yield self.conn

        await summon_due(lend, at)
        async with aiohttp.ClientSession() as http:
            await carry_out(lend, http, self.seal, at)

    async def became(self) -> list[tuple[str, str]]:
        asked = await list_actions(self.conn, self.conference.id)
        return sorted((one.subject, one.state.value) for one in asked)

    async def scene(self) -> Scene:
        return Scene(
            conference=replace(self.conference, call_systems=True),
            room=self.room,
            bridge=await bridge_by_name(self.conn, "lab"),
            addresses={hall: address(place) for place, hall in enumerate(self.conference.sites)},
            inside=(),
            called=(),
        )


@pytest.fixture
async def stage(conn: Connection) -> AsyncIterator[Stage]:
    called: list[str] = []
    seal = a_seal()

    async def invite(request: web.Request) -> web.Response:
        called.append((await request.json())["phoneNo"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/invite-jigasi", invite)
    async with TestServer(app) as server:
        await a_directory(conn)
        jigasi = str(server.make_url("")).rstrip("/")
        await a_bridge(conn, seal=seal, prosody_url=jigasi)
        conference, room = await a_room(conn)
        await conn.execute(WANTED, conference.id)
        for place, hall in enumerate(conference.sites):
            await save_gateway(conn, hall, address(place))
        yield Stage(conn=conn, conference=conference, room=room, seal=seal, called=called)


async def test_whom_it_calls_and_when(stage: Stage):
    scene, start = await stage.scene(), stage.start
    held = scene.conference
    everybody = tuple(map(address, range(3)))
    short = replace(held, period=Period(start, start + SOON))
    moved = replace(held, period=Period(start + timedelta(hours=1), start + timedelta(hours=2)))
    h323 = dict.fromkeys(held.sites, "h323:10.20.3.4")
    unwanted = [
        replace(scene, conference=replace(held, call_systems=False)),
        replace(scene, conference=moved),
        replace(scene, conference=short),
        replace(scene, room=replace(scene.room, state=RoomState.CLOSED)),
        replace(scene, bridge=replace(scene.bridge, kind=BridgeKind.TRIAL)),
        replace(scene, addresses=h323),
        *(
            replace(scene, conference=replace(held, state=one))
            for one in set(State) - {State.CONFIRMED, State.LIVE}
        ),
    ]

    at = [-SECOND, timedelta(0), SUMMONED_WITHIN - SECOND, SUMMONED_WITHIN]
    assert [whom_to_summon(scene, start + one) for one in at] == [(), everybody, everybody, ()]
    assert {whom_to_summon(one, start + SOON) for one in unwanted} == {()}


async def test_who_is_in_or_was_called_is_left_alone_and_each_address_is_called_once(stage: Stage):
    scene = await stage.scene()
    halls, shared = scene.conference.sites, dict.fromkeys(scene.conference.sites, address(7))
    parts = [set(part) for size in range(4) for part in combinations(range(3), size)]

    for inside in parts:
        for called in parts:
            seen = replace(
                scene,
                inside={halls[place] for place in inside},
                called={address(place) for place in called},
            )
            left = tuple(map(address, sorted({0, 1, 2} - inside - called)))
            assert whom_to_summon(seen, stage.start) == left
    assert whom_to_summon(replace(scene, addresses=shared), stage.start) == (address(7),)


async def test_absent_room_systems_are_called_once_by_the_program(stage: Stage):
    conn, number = stage.conn, stage.conference.id
    await conn.execute(INSIDE, number, stage.conference.sites[0], stage.start)

    await stage.turn(stage.start - SECOND)
    before = list(stage.called)
    for after in (timedelta(0), SOON, 2 * SOON, SUMMONED_WITHIN, timedelta(hours=1)):
        await stage.turn(stage.start + after)

    assert (before, sorted(stage.called)) == ([], [address(1), address(2)])
    assert await stage.became() == [(address(1), "unconfirmed"), (address(2), "unconfirmed")]
    audited = [tuple(row) for row in await conn.fetch(AUDITED)]
    assert audited == [("program:summons", address(1)), ("program:summons", address(2))]


async def test_two_programs_at_once_call_each_hall_once(stage: Stage, pool):
    async def other() -> None:
        await summon_due(lambda: transaction(pool), stage.start + SECOND)

    async with stage.conn.transaction():
        await summon_due(stage.lend, stage.start)
        second = asyncio.create_task(other())
        await until_waited_for(stage.conn)
    await second

    assert await stage.became() == [(address(place), "asked") for place in range(3)]


async def test_whose_halls_are_called_is_not_locked_again(stage: Stage, pool):
    """As somebody may count its halls, or extend it, in every second of these five minutes."""

    @asynccontextmanager
    async def impatient() -> AsyncIterator[Connection]:
        async with transaction(pool) as other:
            await other.execute("SET LOCAL lock_timeout = 1")
            yield other

    await stage.turn(stage.start)
    async with stage.conn.transaction():
        await lock_conference(stage.conn, stage.conference.id)
        await summon_due(impatient, stage.start + SECOND)

    assert len(stage.called) == len(stage.conference.sites)


async def test_a_program_that_dies_over_it_leaves_all_or_nothing(stage: Stage):
    dies = stage.conn.transaction()
    await dies.start()
    await summon_due(stage.lend, stage.start)
    await dies.rollback()
    undone = await stage.became()
    await summon_due(
        stage.lend, stage.start + SECOND
    )  # asked for, and dead before a bridge was told
    for after in (SOON / 4, SOON / 2, SOON):
        await stage.turn(stage.start + after)

    assert (undone, sorted(stage.called)) == ([], [address(place) for place in range(3)])


@pytest.mark.parametrize(
    "what", ["cancelled", "moved", "ended", "not wanted", "on the trial bridge"]
)
async def test_nobody_is_called_where_nobody_waits(stage: Stage, what: str):
    conn, number, start = stage.conn, stage.conference.id, stage.start
    if what == "cancelled":
        await cancel(conn, number, reason="", version=None, by="program:test", now=start - SOON)
    elif what == "moved":
        later = Changes(period=Period(start + timedelta(hours=3), start + timedelta(hours=4)))
        await amend(conn, number, later, version=None, by="program:test", now=start - SOON)
    elif what == "ended":
        await begin(conn, number, start)
        await end(conn, number, by="program:test", now=start + SECOND)
    elif what == "not wanted":
        await conn.execute("UPDATE conferences SET call_systems = FALSE")
    else:
        await conn.execute("UPDATE bridges SET kind = 'trial'")

    await stage.turn(start + SOON)

    assert (stage.called, await stage.became()) == ([], [])


async def test_without_a_room_nobody_is_called(conn: Connection):
    await a_directory(conn)
    conference = await a_conference(conn)
    await conn.execute(WANTED, conference.id)
    await save_gateway(conn, conference.sites[0], address(0))

    await summon_due(lambda: nullcontext(conn), conference.period.start)

    assert await list_actions(conn, conference.id) == []
