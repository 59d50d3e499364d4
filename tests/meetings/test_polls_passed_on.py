"""A poll of days asks who follows after a merger, and every link that was given out stays good."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from meetings.content.polls import Answer, answer, close_poll, open_poll, poll_by_id, poll_of_link
from meetings.content.templates import save_template
from meetings.directory.importing import import_units
from meetings.directory.unit_rows import UnitRow
from meetings.model import Period, UnitKind
from meetings.reforms.reforming import merge_units
from meetings.store.polls import lock_poll
from meetings.store.reforms import LOCK_UNITS
from tests.makers import MONDAY_EIGHT, a_conference, a_unit
from tests.meetings.test_reforming import WAITING

DAY = date(2026, 12, 1)
NEW_YEAR = date(2027, 1, 1)
AFTER = datetime(2026, 12, 10, 1, tzinfo=UTC)
BY = "person:1"
NEW = UnitRow(line=0, code="03158", name="Mường Nhé Mới", kind=UnitKind.COMMUNE, parent="11")


@pytest.fixture
async def two(conn, dien_bien):
    return [await a_unit(conn, "03158"), await a_unit(conn, "03160")]


async def asked(conn, units, start=MONDAY_EIGHT):
    """Open a poll that asks these units; return it and the secrets of their links."""
    held = await a_conference(conn, host="11", start=start)
    template = await save_template(conn, held, f"Mẫu {held.id}", by=BY, now=MONDAY_EIGHT)
    periods = [Period(AFTER, AFTER + timedelta(hours=2))]
    ids = [unit.id for unit in units]
    return await open_poll(conn, template, periods, ids, by=BY, now=MONDAY_EIGHT)


async def test_poll_asks_the_new_unit_in_place_of_both(conn, two):
    poll, links = await asked(conn, two)
    for unit in two:
        await answer(conn, poll.id, unit.id, [Answer.YES], by=BY)

    heir = (await merge_units(conn, two, NEW, since=DAY, today=DAY, by=BY)).unit

    assert (await poll_by_id(conn, poll.id)).answers == {heir.id: ("yes",)}
    found = {(await poll_of_link(conn, secret))[1] for secret in links.values()}
    assert found == {heir.id}


async def test_poll_asks_anew_where_the_old_ones_differ(conn, two):
    poll, _ = await asked(conn, two)
    for unit, said in zip(two, (Answer.YES, Answer.NO), strict=True):
        await answer(conn, poll.id, unit.id, [said], by=BY)

    heir = (await merge_units(conn, two, NEW, since=DAY, today=DAY, by=BY)).unit

    assert (await poll_by_id(conn, poll.id)).answers == {heir.id: ()}


@pytest.mark.parametrize(("own", "stands"), [(Answer.NO, ("no",)), (None, ("yes",))])
async def test_poll_lets_what_the_neighbour_answered_stand(conn, two, own, stands):
    goes, stays = two
    poll, links = await asked(conn, two)
    await answer(conn, poll.id, goes.id, [Answer.YES], by=BY)
    if own:
        await answer(conn, poll.id, stays.id, [own], by=BY)

    await merge_units(conn, [goes], stays, since=DAY, today=DAY, by=BY)

    assert (await poll_by_id(conn, poll.id)).answers == {stays.id: stands}
    assert (await poll_of_link(conn, links[goes.id]))[1] == stays.id


async def test_poll_follows_twice_and_leaves_what_is_over(conn, two):
    third = await a_unit(conn, "03162")
    poll, links = await asked(conn, two)
    over, _ = await asked(conn, two, AFTER)
    await close_poll(conn, over, third.id, by=BY, now=MONDAY_EIGHT)

    await merge_units(conn, [two[0]], two[1], since=DAY, today=DAY, by=BY)
    await merge_units(conn, [two[1]], third, since=NEW_YEAR, today=NEW_YEAR, by=BY)

    assert set((await poll_by_id(conn, poll.id)).answers) == {third.id}
    found = {(await poll_of_link(conn, secret))[1] for secret in links.values()}
    assert found == {third.id}
    assert set((await poll_by_id(conn, over.id)).answers) == {one.id for one in two}


async def test_file_waits_for_who_books_a_poll_before_it_keeps_others_from_units(conn, pool, two):
    poll, _ = await asked(conn, two)
    ends = UnitRow(
        line=2,
        code="03158",
        name="Sín Thầu",
        kind=UnitKind.COMMUNE,
        parent="11",
        valid_to=NEW_YEAR,
    )

    async def bring_in():
        async with pool.acquire() as mine, mine.transaction():
            return await import_units(mine, [ends], on=DAY)

    async with pool.acquire() as booker, booker.transaction():
        await lock_poll(booker, poll.id)
        importing = asyncio.create_task(bring_in())
        while not importing.done() and not await conn.fetchval(WAITING):
            await asyncio.sleep(0)
        free = await booker.fetch(f"{LOCK_UNITS} SKIP LOCKED", [two[0].id])

    assert [row["id"] for row in free] == [two[0].id]
    assert (await importing).counts()["closed"] == 1
