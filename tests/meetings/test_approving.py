"""Asking before booking: a request promises nothing, and asks again when it is confirmed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.errors import SiteBusy
from meetings.model import Changes, State, Urgency
from meetings.scheduling.booking import amend, book, claim
from meetings.store.conferences import get_conference, insert_conference
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_wish

NOW = MONDAY_EIGHT - timedelta(days=1)
LIST_HOLDS = "SELECT firm FROM holds WHERE conference_id = $1 ORDER BY site_id"


@pytest.fixture
async def directory(conn):
    await a_directory(conn)


async def a_request(conn, state=State.REQUESTED, **what):
    wish = await a_wish(conn, **what)
    identity = await insert_conference(conn, wish, by="person:1", now=NOW, state=state)
    return await get_conference(conn, identity)


@pytest.mark.parametrize(
    ("state", "holds"), [(State.DRAFT, []), (State.REQUESTED, [False] * 3)], ids=str
)
async def test_what_was_only_asked_for_blocks_nobody(conn, directory, state, holds):
    asked = await a_request(conn, state)

    booked = await book(conn, await a_wish(conn), by="person:2", now=NOW)

    assert [row["firm"] for row in await conn.fetch(LIST_HOLDS, asked.id)] == holds
    assert booked.state is State.CONFIRMED


async def test_claiming_makes_holds_firm_or_names_the_rival(conn, directory):
    first, second = await a_request(conn), await a_request(conn)
    await claim(conn, replace(first, state=State.CONFIRMED), now=NOW)

    with pytest.raises(SiteBusy) as caught:
        await claim(conn, second, now=NOW)

    assert {rival.conference for rival in caught.value.rivals} == {first.id}
    assert len(caught.value.alternatives) == 3


async def test_a_request_may_be_moved_onto_taken_halls(conn, directory):
    rival = await a_conference(conn)
    asked = await a_request(conn, start=MONDAY_EIGHT + timedelta(hours=5))
    changes = Changes(period=rival.period, urgency=Urgency.URGENT)

    moved = await amend(conn, asked.id, changes, version=1, by="person:1", now=NOW)

    assert (moved.state, moved.period, moved.urgency) == (
        State.REQUESTED,
        rival.period,
        Urgency.URGENT,
    )
    assert {row["firm"] for row in await conn.fetch(LIST_HOLDS, asked.id)} == {False}
