"""Who books halls that others are booking queues for them, and is told when it takes too long."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from meetings.model import Period
from meetings.scheduling.conferences import list_conferences
from tests.web.api.conftest import a_body, booked
from web.input.forms import WishBody
from web.input.once import GATES
from web.scheduling.queueing import places_of

PATH = "/api/v1/conferences"


def places(body):
    wish = WishBody.model_validate(body)
    return places_of(wish.sites, Period(wish.start, wish.end))


async def test_long_queue_for_a_hall_is_told_before_a_connection_is_taken(
    program, sites, app, conn
):
    admin, body = await program("admin"), a_body(sites)
    halls = app[GATES].halls
    halls.longest = timedelta(milliseconds=20)

    async with halls.passing(places(body)[:1]):
        answer = await admin.post(PATH, json=body)
        elsewhere = await booked(
            admin, sites[:2], start="2026-11-26T08:00:00+07:00", end="2026-11-26T09:00:00+07:00"
        )

    assert (answer.status, (await answer.json())["code"]) == (503, "contended")
    assert int(answer.headers["Retry-After"]) > 0
    assert [one.id for one in await list_conferences(conn)] == [elsewhere["id"]]
    assert (await admin.post(PATH, json=body)).status == 201


async def test_change_of_halls_queues_too(program, sites, app):
    admin, body = await program("admin"), a_body(sites)
    made = await booked(admin, sites)
    halls = app[GATES].halls
    halls.longest = timedelta(milliseconds=20)
    address, headers = f"{PATH}/{made['id']}", {"If-Match": '"1"'}
    changed = {"sites": sites[:2], "start": body["start"], "end": body["end"]}

    async with halls.passing(places(body)):
        kept_out = await admin.patch(address, json=changed, headers=headers)
        renamed = await admin.patch(address, json={"title": "Họp khác"}, headers=headers)

    assert (kept_out.status, renamed.status) == (503, 200)


async def test_rush_for_shared_halls_ends_with_one_holder_each(program, sites, conn):
    admin = await program("admin")
    pairs = [[sites[0], sites[1]], [sites[1], sites[2]], [sites[2], sites[0]]] * 8

    async def book(pair):
        return (await admin.post(PATH, json=a_body(pair))).status

    told = await asyncio.gather(*map(book, pairs))

    assert sorted(told) == [201, *[409] * 23]
    assert len(await list_conferences(conn)) == 1
