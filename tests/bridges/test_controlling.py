"""Actions carried out on a trial bridge on a real socket, and on bridges that refuse or hang."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import asyncpg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridges.control.actions import GIVE_UP, Action, ActionState, Asked
from bridges.control.controlling import ask, carry_out, settle
from bridges.jitsi import events, prosody
from bridges.jitsi.names import short_name, user_id
from bridges.model import Room
from bridges.presence.evidence import Row
from bridges.receiving.draining import record_evidence
from bridges.registered.registry import Seal, bridge_by_name
from bridges.store.actions import list_actions, list_everybody, list_occupants, note_order
from bridges.trial.config import TrialConfig
from bridges.trial.simulate import SimulatedHall
from meetings.model import Conference, Means, SiteId
from meetings.store import Connection
from tests.bridges.makers import SECRETS, a_room, a_seal
from tests.bridges.makers import a_bridge as registered
from tests.bridges.trial.stage import Recorder, a_pair, a_token, room_url
from tests.makers import a_conference, a_directory
from tests.waiting import until_waited_for
from web.database import transaction

ADDRESS = "UPDATE bridges SET prosody_url = $1"
JICOFO = "UPDATE bridges SET jicofo_url = $1"
TELL_LEFT = """
    INSERT INTO evidence (key, bridge_id, conference_id, room, kind, body, received_at)
    SELECT 'left', bridge_id, conference_id, room, 'left', body, received_at FROM evidence
     WHERE kind = 'joined' AND body -> 'occupant' ->> 'id' = 'site-' || $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A conference on a trial bridge, its three halls inside, and what the job is given."""

    conn: Connection
    pool: asyncpg.Pool
    http: aiohttp.ClientSession
    seal: Seal
    conference: Conference
    room: Room
    now: datetime

    async def asks(self, action: Action, subject: str = "") -> Asked:
        return await ask(
            self.conn, self.conference, action, subject=subject, by="person:1", now=self.now
        )

    async def turn(self, *, after: timedelta = timedelta(0)) -> None:
        await carry_out(lambda: transaction(self.pool), self.http, self.seal, self.now + after)

    async def became(self) -> list[tuple[str, str, str]]:
        found = await list_actions(self.conn, self.conference.id)
        return [(one.action.value, one.state.value, one.detail) for one in found]

    async def inside(self) -> int:
        bridge = await bridge_by_name(self.conn, "lab")
        return (await prosody.census(self.http, bridge)).rooms.get(self.room.name, 0)


def ticket(room: Room, site: int) -> str:
    """Return what lets a hall into the room."""
    means = Means.LINK if site % 2 else Means.SIP
    user = {"id": user_id(SiteId(site), means), "name": f"Điểm cầu {site}"}
    return a_token(key=SECRETS.jwt, sub="meet.lab", room=room.name, context={"user": user})


async def heard(conn: Connection, recorder: Recorder, now: datetime) -> None:
    """Put into evidence what the trial bridge told."""
    told = [
        events.parse(one.path.removeprefix("/events/"), one.body)
        for one in recorder.received
        if one.path == "/events/occupant/joined"
    ]
    rows = [
        Row(
            key=events.content_key("lab", one.kind, events.as_body(one)),
            bridge="lab",
            kind=one.kind,
            room=one.room,
            body=events.as_body(one),
            received_at=one.at,
        )
        for one in told
    ]
    async with conn.transaction():
        await record_evidence(conn, rows, now=now)


def is_all_told(paths: list[str]) -> bool:
    return paths.count("POST /events/occupant/joined") == 3


@pytest.fixture
async def trial() -> AsyncIterator[tuple[Recorder, TrialConfig]]:
    async with a_pair(
        jwt_secret=SECRETS.jwt, xmpp_domain="meet.lab", muc_domain="conference.meet.lab"
    ) as pair:
        yield pair


@pytest.fixture
async def stage(
    conn: Connection, pool: asyncpg.Pool, trial: tuple[Recorder, TrialConfig]
) -> AsyncIterator[Stage]:
    (recorder, config), seal, now = trial, a_seal(), datetime.now(UTC)
    await a_directory(conn)
    await registered(conn, seal=seal, prosody_url=config.public_url)
    conference, room = await a_room(conn)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        for site in conference.sites:
            hall = SimulatedHall(room_url(config, room.name), ticket(room, site))
            await stack.enter_async_context(hall)
        await recorder.until(is_all_told)
        await heard(conn, recorder, now)
        yield Stage(
            conn=conn,
            pool=pool,
            http=http,
            seal=seal,
            conference=conference,
            room=room,
            now=now,
        )


async def test_ending_sends_everybody_out_and_is_seen_done(stage: Stage):
    before = await stage.inside()
    await stage.asks(Action.END)

    await stage.turn()

    assert (before, await stage.inside()) == (3, 0)
    assert await stage.became() == [("end", "done", "")]


async def test_a_hall_sent_out_is_seen_gone_and_the_others_stay(stage: Stage):
    await stage.asks(Action.REMOVE, str(stage.conference.sites[1]))

    await stage.turn()
    asked = await stage.became()
    await stage.turn()

    assert asked == [("remove", "asked", "")]
    assert await stage.became() == [("remove", "done", "")]
    assert await stage.inside() == 2


@dataclass(kw_only=True)
class OfRoomSystems:
    """A bridge in whose room a hall has a place that does not follow from its address."""

    places: dict[str, str]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/room", self.tell)
        app.router.add_put("/kick-participant", self.kick)
        app.router.add_get("/debug/conference/{jid}", self.debug)
        return app

    async def tell(self, request: web.Request) -> web.Response:
        return web.json_response([{"jid": f"x@conference/{place}"} for place in self.places])

    async def kick(self, request: web.Request) -> web.Response:
        gone = self.places.pop((await request.json())["participantId"], None)
        return web.Response(status=200 if gone else 404)

    async def debug(self, request: web.Request) -> web.Response:
        members = {place: {"jid": jid} for place, jid in self.places.items()}
        return web.json_response({"chat_room": {"members": members}})


async def by_room_system(stage: Stage, site: SiteId) -> OfRoomSystems:
    """Let a hall be in by Jigasi, the others as ever."""
    [jid] = await list_occupants(stage.conn, stage.conference.id, site)
    others = await list_everybody(stage.conn, stage.conference.id)
    return OfRoomSystems(
        places={"0123abcd" if one == jid else short_name(one): one for one in others}
    )


async def test_a_hall_that_is_in_by_its_room_system_is_found_by_jicofo(stage: Stage):
    site = stage.conference.sites[1]
    rooms = await by_room_system(stage, site)
    async with TestServer(rooms.app()) as server:
        for address in (ADDRESS, JICOFO):
            await stage.conn.execute(address, str(server.make_url("")).rstrip("/"))
        await stage.asks(Action.REMOVE, str(site))
        await stage.turn()
        asked = await stage.became()
        await stage.turn()

    assert (asked, len(rooms.places)) == ([("remove", "asked", "")], 2)
    assert "0123abcd" not in rooms.places
    assert await stage.became() == [("remove", "done", "")]


async def test_a_hall_whose_place_nobody_tells_is_not_called_gone_before_its_leaving_is_told(
    stage: Stage,
):
    site = stage.conference.sites[1]
    rooms = await by_room_system(stage, site)
    async with TestServer(rooms.app()) as server:
        await stage.conn.execute(ADDRESS, str(server.make_url("")).rstrip("/"))
        await stage.asks(Action.REMOVE, str(site))
        await stage.turn()
        before = await stage.became()
        await stage.conn.execute(TELL_LEFT, str(site))
        await stage.turn()

    assert before == [("remove", "asked", "")]
    assert len(rooms.places) == 3
    assert await stage.became() == [("remove", "done", "")]


async def test_twice_is_once_and_what_is_settled_is_left_alone(stage: Stage):
    first, again = [await stage.asks(Action.END) for _ in range(2)]
    await stage.turn()
    [settled] = await list_actions(stage.conn, stage.conference.id)

    await stage.turn(after=GIVE_UP * 2)

    assert first == again
    assert await list_actions(stage.conn, stage.conference.id) == [settled]


async def test_a_bridge_without_jigasi_refuses_to_call(stage: Stage):
    await stage.asks(Action.DIAL_OUT, "+84215000111")

    await stage.turn()

    assert await stage.became() == [("dial-out", "refused", "HTTP 405")]


async def test_an_invitation_that_jigasi_took_is_not_called_a_call(stage: Stage):
    told: list[object] = []

    async def invite(request: web.Request) -> web.Response:
        told.append(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/invite-jigasi", invite)
    async with TestServer(app) as server:
        await stage.conn.execute(ADDRESS, str(server.make_url("")).rstrip("/"))
        await stage.asks(Action.DIAL_OUT, "+84215000111")
        await stage.turn()
        await stage.turn()

    assert await stage.became() == [("dial-out", "unconfirmed", "invited")]
    jid = f"{stage.room.name}@conference.meet.lab"
    assert told == [{"conference": jid, "phoneNo": "+84215000111"}]


async def test_a_call_is_ordered_once_whatever_the_bridge_answers(stage: Stage):
    told: list[object] = []

    async def invite_and_hang_up(request: web.Request) -> web.Response:
        told.append(await request.json())
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    app = web.Application()
    app.router.add_post("/invite-jigasi", invite_and_hang_up)
    async with TestServer(app) as server:
        await stage.conn.execute(ADDRESS, "http://127.0.0.1:9")
        await stage.asks(Action.DIAL_OUT, "113")
        await stage.turn()  # not reached: it is tried again
        await stage.conn.execute(ADDRESS, str(server.make_url("")).rstrip("/"))
        await stage.turn()
        await stage.turn()

    assert await stage.became() == [("dial-out", "unconfirmed", "no-answer")]
    assert len(told) == 1


async def test_a_call_of_a_program_that_died_over_it_is_not_ordered_again(stage: Stage):
    asked = await stage.asks(Action.DIAL_OUT, "113")
    assert await note_order(stage.conn, asked.id, stage.now)

    await stage.turn()
    before = await stage.became()
    await stage.turn(after=GIVE_UP + timedelta(seconds=1))

    assert before == [("dial-out", "asked", "")]
    assert await stage.became() == [("dial-out", "unconfirmed", "")]


async def test_two_who_ask_the_same_at_once_ask_it_once(stage: Stage):
    async def ask_too() -> Asked:
        async with transaction(stage.pool) as other:
            return await ask(
                other,
                stage.conference,
                Action.DIAL_OUT,
                subject="113",
                by="person:2",
                now=stage.now,
            )

    async with stage.conn.transaction():
        first = await stage.asks(Action.DIAL_OUT, "113")
        again = asyncio.create_task(ask_too())
        await until_waited_for(stage.conn)

    assert await again == first


async def test_a_call_that_may_ring_is_not_ordered_beside_itself(stage: Stage):
    first = await stage.asks(Action.DIAL_OUT, "113")
    await settle(stage.conn, first, ActionState.UNCONFIRMED, "invited", now=stage.now)

    again = await stage.asks(Action.DIAL_OUT, "113")
    later = await ask(
        stage.conn,
        stage.conference,
        Action.DIAL_OUT,
        subject="113",
        by="person:1",
        now=stage.now + GIVE_UP,
    )

    assert (again.id, later.id == first.id) == (first.id, False)


@pytest.mark.parametrize("action", [Action.END, Action.REMOVE, Action.DIAL_OUT])
async def test_a_silent_bridge_is_tried_until_it_is_given_up(stage: Stage, action: Action):
    await stage.conn.execute(ADDRESS, "http://127.0.0.1:9")
    subject = {Action.REMOVE: str(stage.conference.sites[1]), Action.DIAL_OUT: "113"}
    await stage.asks(action, subject.get(action, ""))

    await stage.turn(after=GIVE_UP)
    asked = await stage.became()
    await stage.turn(after=GIVE_UP + timedelta(seconds=1))

    assert asked == [(action.value, "asked", "")]
    assert await stage.became() == [(action.value, "unconfirmed", "")]


async def test_a_token_that_the_bridge_refuses_ends_nothing_and_is_not_called_done(stage: Stage):
    await stage.asks(Action.END)

    await stage.turn(after=-timedelta(days=1))

    assert await stage.became() == [("end", "asked", "")]
    assert await stage.inside() == 3


async def test_an_end_that_was_done_and_not_answered_is_seen_done(stage: Stage):
    async def end_and_hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async def census(_request: web.Request) -> web.Response:
        return web.Response(text='{"room_census": {}}')

    app = web.Application()
    app.router.add_post("/end-meeting", end_and_hang_up)
    app.router.add_get("/room-census", census)
    async with TestServer(app) as server:
        await stage.conn.execute(ADDRESS, str(server.make_url("")).rstrip("/"))
        await stage.asks(Action.END)
        await stage.turn()

    assert await stage.became() == [("end", "done", "")]


async def test_a_bridge_that_has_no_call_to_end_is_not_waited_for(stage: Stage):
    async def count(request: web.Request) -> web.Response:
        row = {"room_name": f"{stage.room.name}@conference.meet.lab", "participants": 3}
        return web.json_response({"room_census": [row]})

    app = web.Application()
    app.router.add_get("/room-census", count)
    async with TestServer(app) as server:
        await stage.conn.execute(ADDRESS, str(server.make_url("")).rstrip("/"))
        await stage.asks(Action.END)
        await stage.turn()

    assert await stage.became() == [("end", "refused", "no-call")]


async def test_a_room_is_looked_at_once_for_all_that_was_asked_of_it(stage: Stage):
    asked: list[str] = []

    async def show(request: web.Request) -> web.Response:
        asked.append(request.match_info["jid"])
        members = {"ab12cd34": {"is_audio_muted": True}}
        return web.json_response({"chat_room": {"members": members, "lobby_enabled": True}})

    app = web.Application()
    app.router.add_get("/debug/conference/{jid}", show)
    async with TestServer(app) as server:
        await stage.conn.execute(JICOFO, str(server.make_url("")).rstrip("/"))
        for action in (Action.MUTE_ALL, Action.LOBBY_ON, Action.LOBBY_OFF, Action.END):
            await stage.asks(action)
        await stage.turn()

    assert asked == [f"{stage.room.name}@conference.meet.lab"]
    assert sorted(await stage.became()) == [
        ("end", "done", ""),
        ("lobby-off", "asked", ""),
        ("lobby-on", "done", "seen-by-bridge"),
        ("mute-all", "done", "seen-by-bridge"),
    ]


async def test_a_bridge_that_hangs_keeps_no_other_room_waiting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    patient = {**(prosody.call.__kwdefaults__ or {}), "patience": timedelta(hours=1)}
    monkeypatch.setattr(prosody.call, "__kwdefaults__", patient)
    released = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await released.wait()
        return web.Response(status=404)

    app = web.Application()
    app.router.add_post("/end-meeting", hang)
    app.router.add_get("/room-census", hang)
    async with TestServer(app) as server:
        await registered(
            stage.conn, "slow", seal=stage.seal, prosody_url=str(server.make_url("")).rstrip("/")
        )
        later = await a_conference(
            stage.conn, start=stage.conference.period.end + timedelta(days=1)
        )
        await a_room(stage.conn, later, bridge="slow")
        await ask(stage.conn, later, Action.END, by="person:1", now=stage.now)
        await stage.asks(Action.END)

        turn = asyncio.create_task(stage.turn())
        async with asyncio.timeout(60):
            while await stage.became() != [("end", "done", "")]:
                await asyncio.sleep(0.01)
        waits = turn.done()
        released.set()
        await turn

    assert not waits
