"""What we ask of bridges and make them do, against a Prosody of a few lines on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import asyncpg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from bridges.control.reconciling import (
    close_rooms,
    empty_left_behind,
    end_conferences,
    send_out,
)
from bridges.errors import BridgeSilent
from bridges.jitsi import events
from bridges.jitsi import prosody as asking
from bridges.jitsi.census import read_census
from bridges.jitsi.names import user_id
from bridges.jitsi.tokens import read
from bridges.model import Event, EvidenceKind, Occupant, OccupantJid, Room, RoomName, RoomState
from bridges.placement.moving import fail_over
from bridges.placement.rooms import free_room, move_room_period, room_of
from bridges.polling import poll_bridges
from bridges.presence.evidence import Roster, Row, row_of_roster
from bridges.receiving.draining import record_evidence
from bridges.registered.registry import bridge_by_name, change_bridge, note_answer, note_name
from bridges.rules import DEAD_AFTER, may_take_over
from bridges.store.rooms import EMPTY_FOR, note_counted
from bridges.store.unwanted import AGAIN_AFTER, LIST_UNWANTED, MOST_DEVICES, MOST_TIMES
from meetings.attendance.rollcall import sheet_of
from meetings.links.invitations import make_links, revoke_link
from meetings.model import Conference, Means, Period, SiteId, State
from meetings.scheduling.booking import cancel, end
from meetings.scheduling.conferences import conference_by_id
from meetings.store import Connection
from meetings.store.conferences import lock_conference
from meetings.store.presences import list_blind_spots, list_presences
from tests.bridges.makers import SECRETS, a_bridge, a_room, a_seal
from tests.makers import a_directory
from tests.waiting import until_waited_for
from web.database import transaction

JID = "a2cbada2-c7ec-45c4-87d0-6d97a04dbe8b@meet.lab/x"

EXTEND = "UPDATE conferences SET period = tstzrange(lower(period), $2) WHERE id = $1"


class FakeProsody:
    """Rooms with numbers of people, and what it was told to do."""

    def __init__(self) -> None:
        self.rooms: dict[str, int] = {}
        self.obeys = True
        self.census_body = ""
        self.census_status = 200
        self.only_host = ""
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)
        self.tells_rosters = True
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self.kicked: list[tuple[str, str]] = []
        self.app = web.Application(middlewares=[self.as_debian])
        self.app.router.add_get("/room-census", self.census)
        self.members: set[str] = set()
        self.app.router.add_get("/room", self.room)
        self.app.router.add_get("/debug/conference/{jid}", self.conference)
        self.app.router.add_post("/end-meeting", self.end_meeting)
        self.app.router.add_put("/kick-participant", self.kick)

    @web.middleware
    async def as_debian(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer as Prosody 0.12.3 does to a Host that is none of its domains, lower case."""
        self.asked.append(f"{request.path} {request.headers['Host']}")
        if self.only_host and request.headers["Host"].partition(":")[0] != self.only_host:
            return web.Response(status=404, text="<!DOCTYPE html>", content_type="text/html")
        return await handler(request)

    async def census(self, _request: web.Request) -> web.Response:
        rows = [
            {"room_name": f"{name}@conference.meet.lab", "participants": count}
            for name, count in self.rooms.items()
        ]
        text = self.census_body or json.dumps({"room_census": rows or {}})
        return web.Response(text=text, status=self.census_status)

    async def room(self, request: web.Request) -> web.Response:
        """Tell who is in a room to a token for it, as enable_roomsize_token_verification asks."""
        room = request.query["room"]
        told = read(request.query.get("token", ""), SECRETS.jwt, app_id="diemcau", now=self.moment)
        if (
            not self.tells_rosters
            or told is None
            or (told["sub"], told["room"])
            != (
                request.query["domain"],
                room,
            )
        ):
            return web.Response(status=403)
        people = [{"jid": f"{room}@conference.meet.lab/{one}"} for one in sorted(self.members)]
        return web.Response(text=json.dumps(people or {}))

    async def conference(self, request: web.Request) -> web.Response:
        """Tell the same as Jicofo's debug page does; a recorder is among them."""
        members: dict[str, object] = {one.upper(): {"role": "MEMBER"} for one in self.members}
        members["jibri"] = {"is_jibri": True}
        return web.json_response({"chat_room": {"members": members, "lobby_enabled": False}})

    async def end_meeting(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        room = request.query["conference"].partition("@")[0]
        if room not in self.rooms:
            return web.Response(status=404)
        if self.obeys:
            del self.rooms[room]
        return web.Response()

    async def kick(self, request: web.Request) -> web.Response:
        told = json.loads(await request.read())
        self.kicked.append((request.query["room"], told["participantId"]))
        return web.Response()


@pytest.fixture
def prosody() -> FakeProsody:
    return FakeProsody()


class Stage:
    """A conference placed on a bridge that answers, and what the jobs are given."""

    def __init__(
        self, pool: asyncpg.Pool, http: aiohttp.ClientSession, placed: tuple[Conference, Room]
    ) -> None:
        self.pool = pool
        self.http = http
        self.conference, self.room = placed
        self.seal = a_seal()

    def lend(self) -> AbstractAsyncContextManager[Connection]:
        return transaction(self.pool)


@pytest.fixture
async def stage(conn: Connection, pool: asyncpg.Pool, prosody: FakeProsody) -> AsyncIterator[Stage]:
    seal = a_seal()
    async with TestServer(prosody.app) as server, aiohttp.ClientSession() as http:
        await a_directory(conn)
        await a_bridge(conn, seal=seal, prosody_url=str(server.make_url("")).rstrip("/"))
        made = Stage(pool, http, await a_room(conn))
        made.seal = seal
        yield made


async def tell(conn: Connection, stage: Stage, *told: Event) -> None:
    """Put events into evidence, as the receiver's drain does."""
    rows = [
        Row(
            key=events.content_key("lab", event.kind, events.as_body(event)),
            bridge="lab",
            kind=event.kind,
            room=event.room,
            body=events.as_body(event),
            received_at=event.at,
        )
        for event in told
    ]
    async with conn.transaction():
        await record_evidence(conn, rows, now=max(event.at for event in told))


def joined(
    stage: Stage,
    moment: datetime,
    left_at: datetime | None = None,
    means: Means = Means.LINK,
) -> Event:
    site = stage.conference.main_site
    kind = EvidenceKind.JOINED if left_at is None else EvidenceKind.LEFT
    occupant = Occupant(
        jid=OccupantJid(JID), user=user_id(site, means), joined_at=moment, left_at=left_at
    )
    return Event(kind=kind, room=stage.room.name, at=left_at or moment, occupants=(occupant,))


async def test_a_bridge_that_answers_is_healthy_and_its_rooms_are_counted(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    prosody.rooms = {stage.room.name: 3, "other": 1}

    await poll_bridges(stage.lend, stage.http, stage.seal, stage.conference.period.start)

    bridge = await bridge_by_name(conn, "lab")
    assert (bridge.healthy, bridge.health_at) == (True, stage.conference.period.start)
    rows = await conn.fetch("SELECT kind, room, body ->> 'participants' AS n FROM evidence")
    assert [tuple(row) for row in rows] == [("census", stage.room.name, "3")]


@pytest.mark.parametrize("teller", ["prosody", "jicofo", "nobody"])
async def test_who_is_in_a_room_is_asked_with_a_token_for_it(
    conn: Connection, stage: Stage, prosody: FakeProsody, teller: str
):
    start = prosody.moment = stage.conference.period.start
    prosody.rooms, prosody.members = {stage.room.name: 2}, {"a2cbada2", "0badcafe"}
    prosody.tells_rosters = teller == "prosody"
    if teller == "jicofo":
        await conn.execute("UPDATE bridges SET jicofo_url = prosody_url")

    await poll_bridges(stage.lend, stage.http, stage.seal, start)

    told = await conn.fetch("SELECT body -> 'endpoints' AS who FROM evidence WHERE kind = 'roster'")
    expected = [] if teller == "nobody" else [["0badcafe", "a2cbada2"]]
    assert [row["who"] for row in told] == expected


async def test_a_silent_bridge_is_unhealthy_and_says_nothing_of_its_rooms(
    conn: Connection, stage: Stage
):
    await conn.execute("UPDATE bridges SET prosody_url = 'http://127.0.0.1:9'")

    await poll_bridges(stage.lend, stage.http, stage.seal, stage.conference.period.start)

    bridge = await bridge_by_name(conn, "lab")
    assert (bridge.healthy, bridge.health) == (False, "no connection")
    assert await conn.fetchval("SELECT count(*) FROM evidence") == 0


async def test_polled_all_the_time_and_never_seen_is_absent(conn: Connection, stage: Stage):
    period = stage.conference.period
    moment = period.start - timedelta(minutes=1)
    while moment <= period.end + timedelta(minutes=1):
        await poll_bridges(stage.lend, stage.http, stage.seal, moment)
        moment += timedelta(minutes=1)

    await end_conferences(stage.lend, stage.room.closes_at)

    assert await list_blind_spots(conn, stage.conference.id) == []
    rows = await sheet_of(conn, stage.conference.id, stage.room.closes_at)
    assert {row.state for row in rows} == {"absent"}


async def test_never_heard_of_is_unknown(conn: Connection, stage: Stage):
    await end_conferences(stage.lend, stage.room.closes_at)

    rows = await sheet_of(conn, stage.conference.id, stage.room.closes_at)
    assert {row.state for row in rows} == {"unknown"}


async def test_at_the_hard_end_a_room_is_emptied_and_closed(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    prosody.rooms = {stage.room.name: 3}
    now = stage.room.closes_at

    await end_conferences(stage.lend, now)
    await close_rooms(stage.lend, stage.http, stage.seal, now)

    room = await room_of(conn, stage.conference.id)
    assert (room.state, room.closed_at) == (RoomState.CLOSED, now)
    assert prosody.rooms == {}
    (token,) = prosody.tokens
    assert read(token, SECRETS.jwt, app_id="diemcau", now=now) is not None


async def test_closing_waits_for_who_counts_and_neither_dies_of_it(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    """Who holds a conference may still write to its room: locks are taken in this order only."""
    prosody.rooms, now = {}, stage.room.closes_at
    await end_conferences(stage.lend, now)
    async with conn.transaction():
        await lock_conference(conn, stage.conference.id)
        closing = asyncio.create_task(close_rooms(stage.lend, stage.http, stage.seal, now))
        await until_waited_for(conn)
        await note_counted(conn, stage.conference.id, now)
    await closing

    assert (await room_of(conn, stage.conference.id)).state is RoomState.CLOSED


async def test_who_is_in_when_a_conference_is_called_off_is_sent_out(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    """Halls come early; the room is closed at once, so that nobody enters it any more."""
    prosody.rooms, now = {stage.room.name: 3, RoomName("another"): 2}, stage.room.opens_at
    await poll_bridges(stage.lend, stage.http, stage.seal, now)
    await cancel(conn, stage.conference.id, reason="", version=None, by="person:1", now=now)
    await free_room(conn, stage.conference.id, now=now)

    await close_rooms(stage.lend, stage.http, stage.seal, now)
    await empty_left_behind(stage.lend, stage.http, stage.seal, now)

    assert prosody.rooms == {RoomName("another"): 2}


async def test_before_the_hard_end_nothing_is_closed(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    prosody.rooms = {stage.room.name: 3}

    await close_rooms(
        stage.lend, stage.http, stage.seal, stage.room.closes_at - timedelta(seconds=1)
    )

    assert (await room_of(conn, stage.conference.id)).state is RoomState.BOOKED
    assert prosody.rooms == {stage.room.name: 3}


async def test_a_conference_ended_by_hand_has_its_room_emptied(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    prosody.rooms = {stage.room.name: 3}
    now = stage.conference.period.start + timedelta(minutes=20)
    await end(conn, stage.conference.id, by="person:1", now=now)

    await close_rooms(stage.lend, stage.http, stage.seal, now)

    assert prosody.rooms == {}
    assert (await room_of(conn, stage.conference.id)).state is RoomState.CLOSED


async def test_a_bridge_that_does_not_obey_is_asked_again_for_ten_minutes(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    prosody.rooms, prosody.obeys = {stage.room.name: 3}, False
    await end_conferences(stage.lend, stage.room.closes_at)
    states = []
    for minutes in (0, 9, 10):
        now = stage.room.closes_at + timedelta(minutes=minutes)
        await close_rooms(stage.lend, stage.http, stage.seal, now)
        states.append((await room_of(conn, stage.conference.id)).state)

    assert states == [RoomState.BOOKED, RoomState.BOOKED, RoomState.CLOSED]


async def test_what_is_extended_at_the_very_second_of_its_end_goes_on(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    """The jobs looked when it was over; whoever holds it then lets it go on."""
    prosody.rooms, now = {stage.room.name: 3}, stage.room.closes_at
    longer = Period(stage.conference.period.start, now + timedelta(minutes=30))
    async with conn.transaction():
        await lock_conference(conn, stage.conference.id)
        ending = asyncio.create_task(end_conferences(stage.lend, now))
        await close_rooms(stage.lend, stage.http, stage.seal, now)
        await until_waited_for(conn)
        await conn.execute(EXTEND, stage.conference.id, longer.end)
        await move_room_period(conn, replace(stage.conference, period=longer))
    await ending

    assert (await conference_by_id(conn, stage.conference.id)).state is State.CONFIRMED
    assert (await room_of(conn, stage.conference.id)).state is RoomState.BOOKED
    assert prosody.rooms == {stage.room.name: 3}


async def test_a_conference_ends_at_the_hard_end_and_open_stays_with_it(
    conn: Connection, stage: Stage
):
    start = stage.conference.period.start
    await tell(conn, stage, joined(stage, start))

    await end_conferences(stage.lend, stage.room.closes_at + timedelta(hours=1))

    conference = await conference_by_id(conn, stage.conference.id)
    assert (conference.state, conference.ended_at) == (State.ENDED, stage.room.closes_at)
    (stay,) = (await list_presences(conn, conference.id))[stage.conference.main_site]
    assert (stay.start, stay.end, stay.evidence) == (start, stage.room.closes_at, "estimated")


async def test_a_conference_ends_when_all_have_left_after_its_end(conn: Connection, stage: Stage):
    period, now = stage.conference.period, stage.conference.period.end + timedelta(minutes=5)
    gone = joined(stage, period.start, left_at=now)
    over = Event(kind=EvidenceKind.DESTROYED, room=stage.room.name, at=now, created_at=period.start)
    await tell(conn, stage, gone)
    await end_conferences(stage.lend, now)
    before = (await conference_by_id(conn, stage.conference.id)).state

    await tell(conn, stage, over)
    await end_conferences(stage.lend, now + EMPTY_FOR - timedelta(seconds=1))
    between = (await conference_by_id(conn, stage.conference.id)).state
    await end_conferences(stage.lend, now + EMPTY_FOR + timedelta(seconds=9))

    after = await conference_by_id(conn, stage.conference.id)
    assert (before, between) == (State.LIVE, State.LIVE)
    assert (after.state, after.ended_at) == (State.ENDED, now)


@pytest.mark.parametrize("somebody", ["a hall", "a guest"])
async def test_a_bridge_that_restarts_after_the_end_ends_nothing(
    conn: Connection, stage: Stage, somebody: str
):
    period = stage.conference.period
    out, back = period.end + timedelta(minutes=5), period.end + timedelta(minutes=6)
    room = stage.room.name
    await tell(
        conn,
        stage,
        joined(stage, period.start, left_at=out),
        Event(kind=EvidenceKind.DESTROYED, room=room, at=out, created_at=period.start),
        Event(kind=EvidenceKind.CREATED, room=room, at=back, created_at=back),
    )
    if somebody == "a hall":
        await tell(conn, stage, joined(stage, back))

    await end_conferences(stage.lend, back + EMPTY_FOR * 2)

    assert (await conference_by_id(conn, stage.conference.id)).state is State.LIVE


@pytest.mark.parametrize("means", [Means.LINK, Means.SIP])
async def test_who_is_in_with_a_revoked_link_is_sent_out(
    conn: Connection, stage: Stage, prosody: FakeProsody, means: Means
):
    start = stage.conference.period.start
    await make_links(conn, stage.conference, b"k" * 32)
    await tell(conn, stage, joined(stage, start, means=means))
    await send_out(stage.lend, stage.http, stage.seal, start)
    kicked_before = list(prosody.kicked)

    site: SiteId = stage.conference.main_site
    await revoke_link(conn, stage.conference.id, site, by="person:1", now=start)
    await send_out(stage.lend, stage.http, stage.seal, start)
    await tell(conn, stage, joined(stage, start, left_at=start + timedelta(minutes=1)))
    await send_out(stage.lend, stage.http, stage.seal, start)

    assert kicked_before == []
    assert prosody.kicked == [(stage.room.name, "a2cbada2")]
    assert await conn.fetchval("SELECT at FROM denials") == start


async def test_every_device_of_a_hall_is_sent_out_and_none_that_left(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    start, site = stage.conference.period.start, stage.conference.main_site
    await make_links(conn, stage.conference, b"k" * 32)
    for number in range(6):
        jid = OccupantJid(f"{number:08x}-c7ec-45c4-87d0-6d97a04dbe8b@meet.lab/x")
        one = Occupant(jid=jid, user=user_id(site), joined_at=start)
        await tell(conn, stage, replace(joined(stage, start), occupants=(one,)))
        if number > 3:
            later = start + timedelta(minutes=1)
            gone = replace(joined(stage, start, later), occupants=(replace(one, left_at=later),))
            await tell(conn, stage, gone)
    await revoke_link(conn, stage.conference.id, site, by="person:1", now=start)

    await send_out(stage.lend, stage.http, stage.seal, start)

    assert sorted(prosody.kicked) == [(stage.room.name, f"{number:08x}") for number in range(4)]


async def all_are_unwanted(conn: Connection, stage: Stage) -> None:
    """Let every hall come in, and take all links back."""
    start = stage.conference.period.start
    await make_links(conn, stage.conference, b"k" * 32)
    for number, site in enumerate(stage.conference.sites):
        jid = OccupantJid(f"{number:08x}-c7ec-45c4-87d0-6d97a04dbe8b@meet.lab/x")
        one = Occupant(jid=jid, user=user_id(site), joined_at=start)
        await tell(conn, stage, replace(joined(stage, start), occupants=(one,)))
        await revoke_link(conn, stage.conference.id, site, by="x", now=start)


async def test_jicofo_is_asked_once_for_all_who_are_sent_out_of_a_room(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    """Its answer is about everybody in the room: megabytes, where that is the whole country."""
    await conn.execute("UPDATE bridges SET jicofo_url = prosody_url")
    await all_are_unwanted(conn, stage)

    await send_out(stage.lend, stage.http, stage.seal, stage.conference.period.start)

    assert len(prosody.kicked) == len(stage.conference.sites) > 1
    assert [one.split()[0] for one in prosody.asked].count(
        f"/debug/conference/{stage.room.name}@conference.meet.lab"
    ) == 1


async def test_evidence_is_read_once_for_all_who_are_sent_out_of_a_room(
    conn: Connection, stage: Stage
):
    """Once for each, 200 of the country's halls took the five seconds that a query may take."""
    await all_are_unwanted(conn, stage)
    now = stage.conference.period.start

    told = await conn.fetchval(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {LIST_UNWANTED}",
        now,
        MOST_TIMES,
        AGAIN_AFTER,
        MOST_DEVICES,
    )

    (plan,) = told if isinstance(told, list) else json.loads(told)
    assert sum(times_read(plan["Plan"], "evidence")) <= 2


def times_read(node: dict[str, Any], table: str) -> Iterator[int]:
    """Give how often each part of a plan reads a table."""
    if node.get("Relation Name") == table:
        yield node["Actual Loops"]
    for one in node.get("Plans", ()):
        yield from times_read(one, table)


async def test_whoever_was_sent_out_is_not_sent_out_for_ever(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    start = stage.conference.period.start
    await make_links(conn, stage.conference, b"k" * 32)
    await tell(conn, stage, joined(stage, start))
    await revoke_link(conn, stage.conference.id, stage.conference.main_site, by="x", now=start)

    async def kicks_at(*seconds: int) -> int:
        prosody.kicked.clear()
        for moment in seconds:
            now = start + timedelta(seconds=moment)
            await send_out(stage.lend, stage.http, stage.seal, now)
        return len(prosody.kicked)

    async def roster_at(second: int, *endpoints: str) -> None:
        told = Roster.naming(endpoints, at=start + timedelta(seconds=second))
        async with conn.transaction():
            await record_evidence(conn, [row_of_roster("lab", stage.room.name, told)], now=told.at)

    unseen = await kicks_at(*range(0, 300, 2))
    await roster_at(300, "0badcafe")
    out = await kicks_at(302, 304)
    await roster_at(320, "a2cbada2", "0badcafe")
    seen_again = await kicks_at(322, 324)

    assert (unseen, out, seen_again) == (MOST_TIMES, 0, 1)


@pytest.mark.parametrize(
    ("body", "rooms"),
    [
        (b'{"room_census":{}}', {}),
        (b'{"room_census":[{"room_name":"r-1@c","participants":-1}]}', {"r-1": 0}),
        (
            b'{"room_census":[{"room_name":"[t]r-1@c","participants":2,"leaked":true}]}',
            {"[t]r-1": 2},
        ),
    ],
)
def test_a_census_is_read_as_lua_writes_it(body: bytes, rooms: dict[str, int]):
    assert read_census(body).rooms == rooms


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"<html>", b'{"room_census":7}'])
def test_what_is_no_census_is_set_wrongly(body: bytes):
    with pytest.raises(BridgeSilent) as raised:
        read_census(body)

    assert raised.value.lives


@pytest.mark.parametrize(
    "row", ["{}", "null", '{"room_name":null,"participants":null}', '{"room_name":"r@c"}']
)
def test_a_row_that_is_none_is_left_out_and_counted(row: str):
    tally = read_census(b'{"room_census":[%s,{"room_name":"a@c","participants":2}]}' % row.encode())

    assert (tally.rooms, tally.unread) == ({"a": 2}, 1)
    assert (tally.inside(RoomName("a")), tally.inside(RoomName("b"))) == (2, None)


async def poll_until_dead(stage: Stage, now: datetime) -> datetime:
    """Ask as often as makes a silent bridge dead; return the moment of the last question."""
    for number in range(DEAD_AFTER + 1):
        await poll_bridges(stage.lend, stage.http, stage.seal, now + number * timedelta(seconds=2))
    return now + DEAD_AFTER * timedelta(seconds=2)


async def poll_beside_another(conn: Connection, stage: Stage) -> datetime:
    """Ask so beside a bridge that could take over, and let rooms move; return the moment."""
    start = stage.conference.period.start
    other = await a_bridge(conn, "other", seal=stage.seal)
    await note_answer(conn, other.id, health="ok", stress=None, at=start)
    now = await poll_until_dead(stage, start)
    await fail_over(stage.lend, now)
    return now


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, "", "census answered 404"),
        (302, "", "census answered 302"),
        (200, "<html>login</html>", "no census"),
        (200, "[]", "no census"),
    ],
)
async def test_a_bridge_that_is_set_wrongly_lives_and_keeps_its_rooms(
    conn: Connection, stage: Stage, prosody: FakeProsody, status: int, body: str, reason: str
):
    prosody.census_status, prosody.census_body = status, body

    now = await poll_beside_another(conn, stage)

    bridge = await bridge_by_name(conn, "lab")
    assert (bridge.misset, bridge.misses, bridge.health) == (True, 0, reason)
    assert (await room_of(conn, stage.conference.id)).bridge_name == "lab"
    assert not may_take_over(bridge, now)
    assert await conn.fetchval("SELECT count(*) FROM evidence") == 0


async def test_a_prosody_that_answers_only_to_its_domain_is_asked_by_it(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    prosody.only_host, prosody.rooms = "meet.lab", {stage.room.name: 3}
    start = stage.conference.period.start

    await poll_bridges(stage.lend, stage.http, stage.seal, start)
    first = await bridge_by_name(conn, "lab")
    prosody.asked.clear()
    await poll_bridges(stage.lend, stage.http, stage.seal, start + timedelta(seconds=2))
    await end_conferences(stage.lend, stage.room.closes_at)
    await close_rooms(stage.lend, stage.http, stage.seal, stage.room.closes_at)

    assert (first.healthy, first.http_host) == (True, "meet.lab")
    assert prosody.asked == [
        "/room-census meet.lab",
        "/end-meeting meet.lab",
        "/room-census meet.lab",
    ]
    assert (await room_of(conn, stage.conference.id)).state is RoomState.CLOSED


async def test_the_name_is_looked_for_again_when_the_address_changes(
    conn: Connection, stage: Stage
):
    bridge = replace(await bridge_by_name(conn, "lab"), http_host="meet.lab")
    await note_name(conn, bridge)
    same = await change_bridge(conn, "lab", replace(bridge, seats=9), version=None, by="person:1")

    moved = replace(bridge, prosody_url="http://10.1.0.4:5280")
    after = await change_bridge(conn, "lab", moved, version=None, by="person:1")

    assert (same.http_host, after.http_host) == ("meet.lab", "")


async def test_one_bad_row_hides_nothing_but_itself(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    prosody.census_body = '{"room_census":[{"room_name":null}]}'

    await poll_bridges(stage.lend, stage.http, stage.seal, stage.conference.period.start)

    assert (await bridge_by_name(conn, "lab")).healthy is True
    assert await conn.fetchval("SELECT count(*) FROM evidence") == 0


async def is_dead(conn: Connection) -> bool:
    """Tell whether so many answers in a row were missed that the rooms go elsewhere."""
    return (await bridge_by_name(conn, "lab")).misses >= DEAD_AFTER


@pytest.mark.parametrize("status", [500, 503])
async def test_what_no_server_ought_to_answer_counts_as_silence(
    conn: Connection, stage: Stage, prosody: FakeProsody, status: int
):
    prosody.census_status = status

    await poll_until_dead(stage, stage.conference.period.start)

    assert await is_dead(conn)


async def test_a_jicofo_we_cannot_reach_moves_nobody_who_is_in(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    await conn.execute("UPDATE bridges SET jicofo_url = 'http://127.0.0.1:9' WHERE name = 'lab'")
    prosody.rooms = {stage.room.name: 3}

    now = await poll_beside_another(conn, stage)

    bridge = await bridge_by_name(conn, "lab")
    assert (bridge.misset, bridge.health) == (True, "jicofo: no connection")
    assert (await room_of(conn, stage.conference.id)).bridge_name == "lab"
    assert await conn.fetchval("SELECT count(*) FROM evidence WHERE kind = 'census'") == 1

    # One that died took them along: nobody can come in again.
    prosody.rooms = {}
    await poll_until_dead(stage, now + timedelta(seconds=2))

    assert await is_dead(conn)


async def test_a_bridge_that_posts_events_is_not_dead(conn: Connection, stage: Stage):
    start = stage.conference.period.start
    await conn.execute("UPDATE bridges SET prosody_url = 'http://127.0.0.1:9'")
    seen = []
    for number in range(DEAD_AFTER + 1):
        moment = start + number * timedelta(seconds=2)
        await poll_bridges(stage.lend, stage.http, stage.seal, moment)
        await tell(conn, stage, joined(stage, moment + timedelta(seconds=1)))
        seen.append((await bridge_by_name(conn, "lab")).misses)
    alive = not await is_dead(conn)
    await poll_until_dead(stage, start + timedelta(minutes=1))

    assert (max(seen), alive) == (1, True)
    assert await is_dead(conn)


async def test_a_room_that_is_not_there_is_as_good_as_ended(conn: Connection, stage: Stage):
    bridge = await bridge_by_name(conn, "lab")

    await asking.end_meeting(stage.http, bridge, stage.room.name, "token")


async def test_news_of_a_tenants_room_is_kept_and_counts_for_nobody(
    conn: Connection, stage: Stage, prosody: FakeProsody
):
    start, theirs = stage.conference.period.start, RoomName(f"[x]{stage.room.name}")
    prosody.rooms = {theirs: 2}

    await tell(conn, stage, replace(joined(stage, start), room=theirs))
    await poll_bridges(stage.lend, stage.http, stage.seal, start)
    await end_conferences(stage.lend, stage.room.closes_at)
    await close_rooms(stage.lend, stage.http, stage.seal, stage.room.closes_at)

    rows = await conn.fetch("SELECT kind, room, conference_id, body FROM evidence ORDER BY id")
    assert [(row["kind"], row["room"], row["conference_id"]) for row in rows] == [
        ("joined", theirs, None),
        ("census", stage.room.name, stage.conference.id),
    ]
    assert rows[1]["body"]["participants"] == 0
    assert await list_presences(conn, stage.conference.id) == {}
    assert (await room_of(conn, stage.conference.id)).state is RoomState.CLOSED
