"""Who is in the rooms of a bridge: asked of all rooms at the same time, and what follows."""

import asyncio
from dataclasses import replace
from datetime import datetime

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridges.jitsi.census import Tally
from bridges.model import Event, EvidenceKind, Occupant, OccupantJid, RoomName
from bridges.polling import rows_of_rooms
from bridges.presence.attendance import attendance
from bridges.presence.evidence import Roster
from meetings.model import SiteId
from tests.bridges.histories import NAME, PERIOD, ROOM, START, moment, told_of
from tests.bridges.test_checking import known

ROOMS = [replace(ROOM, name=RoomName(f"briefing-20261130-{letter * 10}")) for letter in "abc"]


async def test_no_room_waits_for_the_answer_about_another():
    asked: set[str] = set()
    every = asyncio.Event()

    async def room(request: web.Request) -> web.Response:
        asked.add(request.query["room"])
        if len(asked) == len(ROOMS):
            every.set()
        await every.wait()
        return web.json_response([{"jid": f"{request.query['room']}@conference.meet.lab/a2cbada2"}])

    app = web.Application()
    app.router.add_get("/room", room)
    counted = Tally(rooms=dict.fromkeys((one.name for one in ROOMS), 1))
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        bridge = known(str(server.make_url("")).rstrip("/"))
        rows = await rows_of_rooms(http, bridge, ROOMS, counted, now=START)

    assert [(row.room, row.kind) for row in rows] == [
        (one.name, kind) for one in ROOMS for kind in (EvidenceKind.CENSUS, EvidenceKind.ROSTER)
    ]


def an_attendance(*lists: tuple[int, str]) -> list[tuple[datetime, datetime | None]]:
    """Return what is known of the hall of these lists, each a second and who is named then."""
    inside = (
        a_joining(1, "a2cbada2-c7ec-45c4-87d0-6d97a04dbe8b@meet.lab/x"),
        a_joining(2, "0badcafe-c7ec-45c4-87d0-6d97a04dbe8b@meet.lab/x"),
    )
    told = [
        Roster.naming(names.split(), at=moment(second), bridge="lab") for second, names in lists
    ]
    found = attendance([*inside, *told], ROOM, PERIOD, now=moment(100))
    return told_of(found.presences[SiteId(1)])


def a_joining(site: int, jid: str) -> Event:
    person = Occupant(jid=OccupantJid(jid), user=f"site-{site}", joined_at=moment(0))
    return Event(
        kind=EvidenceKind.JOINED, room=NAME, at=moment(0), occupants=(person,), bridge="lab"
    )


def test_who_is_on_no_list_under_his_own_name_may_be_there_under_another():
    """A room system's call has a name that follows from nothing that Jigasi's events tell."""
    assert an_attendance((20, "0badcafe 5e1f0a11"), (40, "0badcafe 5e1f0a11")) == [
        (moment(0), None)
    ]
    assert an_attendance(
        (20, "0badcafe 5e1f0a11"), (40, "0badcafe"), (60, "0badcafe"), (80, "0badcafe")
    ) == [(moment(0), moment(20))]


def test_who_was_on_a_list_is_gone_when_two_do_not_name_him_whoever_else_they_name():
    assert an_attendance(
        (20, "0badcafe a2cbada2"), (40, "0badcafe 5e1f0a11"), (60, "0badcafe 5e1f0a11")
    ) == [(moment(0), moment(20))]
    assert an_attendance((20, "0badcafe"), (40, "0badcafe")) == [(moment(0), moment(0))]
