"""Who gives way takes its line test along: it holds no hall for a conference that has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.content.line_tests import find_line_test, rehearsal_wish, tie
from meetings.model import Period, State, Urgency
from meetings.scheduling.booking import begin, book
from meetings.scheduling.displacing import confirm_over, plan_for
from meetings.store.conferences import get_conference, insert_conference
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_wish

NOW = MONDAY_EIGHT - timedelta(days=7)
FRIDAY, EARLY = MONDAY_EIGHT - timedelta(days=3), MONDAY_EIGHT - timedelta(hours=1)
HALF_AN_HOUR = timedelta(minutes=30)
FIRM = "SELECT DISTINCT conference_id FROM holds WHERE firm ORDER BY 1"
DISPLACED = "SELECT subject FROM audit WHERE action = 'conference.displace'"


@pytest.fixture
async def directory(conn):
    await a_directory(conn)


async def a_tested(conn, start):
    main = await a_conference(conn, now=NOW)
    wish = await rehearsal_wish(conn, main.id, Period(start, start + HALF_AN_HOUR))
    rehearsal = await book(conn, wish, by="person:1", now=NOW)
    await tie(conn, main, rehearsal, by="person:1")
    return main, rehearsal


async def over(conn, start=MONDAY_EIGHT, *, now=NOW):
    wish = await a_wish(conn, start=start, length=MONDAY_EIGHT - start + HALF_AN_HOUR)
    wish = replace(wish, urgency=Urgency.FLASH)
    number = await insert_conference(conn, wish, by="person:2", now=NOW, state=State.REQUESTED)
    asked = await get_conference(conn, number)
    digest = (await plan_for(conn, asked, now=now)).digest
    return await confirm_over(conn, asked, digest=digest, by="person:2", now=now)


@pytest.mark.parametrize(
    ("test", "wanted"),
    [(FRIDAY, MONDAY_EIGHT), (EARLY, MONDAY_EIGHT), (EARLY, EARLY)],
    ids=["days-before", "that-morning", "in-the-way-too"],
)
async def test_line_test_is_called_off_with_who_gives_way(conn, directory, test, wanted):
    main, rehearsal = await a_tested(conn, test)

    outcome = await over(conn, wanted)

    gone = await get_conference(conn, rehearsal.id)
    assert (gone.state, gone.cancel_reason) == (State.CANCELLED, "Hội nghị chính đã nhường lịch")
    assert ([one.id for one in outcome.displaced], outcome.called_off) == (
        [main.id],
        (rehearsal.id,),
    )
    assert [row[0] for row in await conn.fetch(FIRM)] == [outcome.conference.id]
    assert [row[0] for row in await conn.fetch(DISPLACED)] == [f"conference:{main.id}"]
    assert await find_line_test(conn, main.id) is None


async def test_line_test_that_goes_on_is_left_alone(conn, directory):
    _, rehearsal = await a_tested(conn, FRIDAY)
    await begin(conn, rehearsal.id, FRIDAY)

    outcome = await over(conn, now=FRIDAY)

    assert (await get_conference(conn, rehearsal.id)).state is State.LIVE
    assert outcome.called_off == ()


async def test_line_test_that_alone_is_in_the_way_gives_way_itself(conn, directory):
    main, rehearsal = await a_tested(conn, EARLY - timedelta(hours=1))
    short = await a_wish(conn, start=rehearsal.period.start, length=HALF_AN_HOUR)
    wish = replace(short, urgency=Urgency.FLASH)
    number = await insert_conference(conn, wish, by="person:2", now=NOW, state=State.REQUESTED)
    asked = await get_conference(conn, number)
    digest = (await plan_for(conn, asked, now=NOW)).digest

    outcome = await confirm_over(conn, asked, digest=digest, by="person:2", now=NOW)

    assert [one.id for one in outcome.displaced] == [rehearsal.id]
    assert outcome.called_off == ()
    assert (await get_conference(conn, main.id)).state is State.CONFIRMED
