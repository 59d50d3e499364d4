"""Officials and lines are in one conference at a time; halls keep their time before and after."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest

from meetings.audit import list_audit
from meetings.directory.errors import OfficialInUse
from meetings.directory.officials import (
    add_line,
    add_official,
    change_line,
    list_lines,
    list_officials,
    officials_by_ids,
    remove_line,
    remove_official,
)
from meetings.errors import AlreadyThere, OfficialsNotFound
from meetings.model import Changes, OfficialId, Period, State
from meetings.scheduling.black_outs import (
    add_black_out,
    count_touched,
    end_black_out,
    list_black_outs,
)
from meetings.scheduling.booking import amend, book, cancel, end
from meetings.scheduling.conferences import conference_by_id
from meetings.scheduling.resources import Subject, SubjectKind
from tests.makers import (
    MONDAY_EIGHT,
    a_conference,
    a_directory,
    a_unit,
    a_wish,
    an_official,
    some_sites,
)
from web.database import prepare

HOUR = timedelta(hours=1)
NOW = MONDAY_EIGHT - 24 * HOUR
TODAY = date(2026, 11, 24)
HELD = """
    SELECT official_id, lower(during), upper(during) FROM official_holds WHERE conference_id = $1
"""
WAITING = "SELECT cardinality(pg_blocking_pids($1)) > 0"
REACH = "SELECT lower(during), upper(during) FROM holds WHERE conference_id = $1"


async def test_officials_are_listed_in_order_of_precedence(conn):
    await a_directory(conn)

    found = await list_officials(conn, "ubnd tinh", on=TODAY, limit=2)

    assert [one.title for one in found] == [
        "Chủ tịch UBND tỉnh",
        "Phó Chủ tịch Thường trực UBND tỉnh",
    ]
    assert (await list_officials(conn, "ubnd tinh", on=TODAY, after=found[0].id))[0] == found[1]


async def test_an_official_is_added_once_and_can_come_back(conn):
    await a_directory(conn)
    unit = (await a_unit(conn, "11.stc")).id
    added = await add_official(conn, unit, title="Phó Giám đốc", by="person:1")
    with pytest.raises(AlreadyThere):
        await add_official(conn, unit, title="Phó Giám đốc", by="person:1")

    await remove_official(conn, added, on=TODAY, by="person:1")

    assert await list_officials(conn, "pho giam doc", on=TODAY) == []
    again = await add_official(conn, unit, title="Phó Giám đốc", by="person:1")
    assert again.id != added.id
    assert [entry.action for entry in await list_audit(conn, subject=f"official:{added.id}")] == [
        "official.remove",
        "official.add",
    ]


async def test_an_official_who_has_not_begun_is_taken_out_after_the_first_day(conn):
    await a_directory(conn)
    unit, first = (await a_unit(conn, "11.stc")).id, TODAY + timedelta(days=7)
    added = await add_official(conn, unit, title="Phó Giám đốc", since=first, by="person:1")

    await remove_official(conn, added, on=TODAY, by="person:1")
    removed = (await officials_by_ids(conn, [added.id]))[added.id]
    await remove_official(conn, removed, on=TODAY, by="person:1")

    assert (removed.valid_from, removed.valid_to) == (first, first + timedelta(days=1))
    assert (await officials_by_ids(conn, [added.id]))[added.id] == removed


async def test_a_booking_holds_chair_and_delegates(conn):
    await a_directory(conn)
    chair, guest = await an_official(conn), await an_official(conn, "Giám đốc Sở Y tế")

    booked = await a_conference(conn, chair_id=chair, delegates=[guest, chair])

    assert await conference_by_id(conn, booked.id) == booked
    assert (booked.chair_id, booked.delegates) == (chair, tuple(sorted([chair, guest])))
    assert {tuple(row) for row in await conn.fetch(HELD, booked.id)} == {
        (one, booked.period.start, booked.period.end) for one in (chair, guest)
    }


async def test_changing_who_attends_changes_who_is_held(conn):
    await a_directory(conn)
    chair, guest = await an_official(conn), await an_official(conn, "Giám đốc Sở Y tế")
    booked = await a_conference(conn, chair_id=chair)

    after = await amend(
        conn,
        booked.id,
        Changes(no_chair=True, delegates=frozenset({guest})),
        version=1,
        by="person:1",
        now=NOW,
    )

    assert await conference_by_id(conn, booked.id) == after
    assert (after.chair_id, after.delegates) == (None, (guest,))
    assert [row[0] for row in await conn.fetch(HELD, booked.id)] == [guest]
    [changed, _] = await list_audit(conn, subject=f"conference:{booked.id}")
    assert changed.detail == {
        "chair_id": [str(chair), "None"],
        "delegates": [[], [guest]],
        "overridden": ["short-notice"],
    }


async def test_cancelling_frees_officials_and_lines(conn):
    await a_directory(conn)
    chair = await an_official(conn)
    sites = await some_sites(conn, 2)
    await add_line(conn, (await a_unit(conn)).id, "Kênh Mường Nhé", sites=sites, by="person:1")
    booked = await a_conference(conn, sites=sites, chair_id=chair)

    await cancel(conn, booked.id, reason="mưa", version=None, by="person:1", now=NOW)

    assert await conn.fetch(HELD, booked.id) == []
    assert await conn.fetchval("SELECT count(*) FROM line_holds") == 0


async def test_officials_out_of_office_are_named(conn):
    await a_directory(conn)
    chair = await an_official(conn)
    [gone] = await list_officials(conn, "giam doc so y te", on=TODAY)
    await remove_official(conn, gone, on=TODAY, by="person:1")

    with pytest.raises(OfficialsNotFound) as caught:
        await a_conference(conn, chair_id=chair, delegates=[gone.id, OfficialId(999)])

    assert caught.value.officials == {gone.id, 999}


@pytest.mark.parametrize("table", ["official_holds", "line_holds", "holds"])
async def test_the_store_itself_refuses_an_overlap(conn, table):
    await a_directory(conn)
    sites = await some_sites(conn, 2)
    await add_line(conn, (await a_unit(conn)).id, "Kênh", sites=sites, by="person:1")
    await a_conference(conn, sites=sites, chair_id=await an_official(conn))
    other = await a_conference(conn, sites=(await some_sites(conn, 3))[2:])
    column = {"official_holds": "official_id", "line_holds": "line_id", "holds": "site_id"}[table]

    with pytest.raises(asyncpg.ExclusionViolationError):
        await conn.execute(
            f"INSERT INTO {table} (conference_id, {column}, during, firm)"
            f" SELECT $1, {column}, during, TRUE FROM {table} WHERE conference_id <> $1",
            other.id,
        )


async def test_two_halls_of_a_line_can_be_in_one_conference(conn):
    await a_directory(conn)
    sites = await some_sites(conn, 3)
    line = await add_line(
        conn, (await a_unit(conn)).id, "Kênh Mường Nhé", sites=sites[:2], by="person:1"
    )

    await a_conference(conn, sites=sites)

    assert await list_lines(conn) == [line]
    assert await conn.fetchval("SELECT count(*) FROM line_holds") == 1
    await remove_line(conn, line, by="person:1")
    assert await list_lines(conn) == []


async def test_a_hall_is_held_from_its_set_up_to_its_tear_down(conn, owner):
    await a_directory(conn)
    [site] = await some_sites(conn, 1)
    await owner.execute(
        "UPDATE sites SET set_up_minutes = 30, tear_down_minutes = 15 WHERE id = $1", site
    )
    booked = await a_conference(conn, sites=[site], chair_id=await an_official(conn))

    [reach] = await conn.fetch(REACH, booked.id)
    [person] = await conn.fetch(HELD, booked.id)

    assert tuple(reach) == (booked.period.start - HOUR / 2, booked.period.end + HOUR / 4)
    assert tuple(person)[1:] == (booked.period.start, booked.period.end)


async def test_the_policy_of_the_nearest_unit_gives_the_buffers(conn, owner):
    await a_directory(conn)
    [site, other] = await some_sites(conn, 2)
    await owner.execute(
        "INSERT INTO booking_policies (unit_id, set_up_minutes, tear_down_minutes)"
        " SELECT id, 60, 10 FROM units WHERE code = '11' AND upper_inf(valid)"
        " UNION ALL SELECT unit_id, 20, NULL FROM sites WHERE id = $1",
        site,
    )
    booked = await a_conference(conn, sites=[site, other])

    reaches = {tuple(row) for row in await conn.fetch(REACH, booked.id)}

    assert reaches == {
        (booked.period.start - HOUR / 3, booked.period.end + HOUR / 6),
        (booked.period.start - HOUR, booked.period.end + HOUR / 6),
    }


async def test_ending_early_leaves_time_for_tear_down(conn, owner):
    await a_directory(conn)
    await owner.execute("UPDATE sites SET tear_down_minutes = 30")
    live = await a_conference(conn, sites=1, state=State.LIVE)

    await end(conn, live.id, by="person:1", now=MONDAY_EIGHT + HOUR)

    [reach] = await conn.fetch(REACH, live.id)
    assert tuple(reach) == (MONDAY_EIGHT, MONDAY_EIGHT + 1.5 * HOUR)


async def test_a_black_out_tells_what_stands_in_it_until_it_is_lifted(conn):
    await a_directory(conn)
    booked = await a_conference(conn)
    subject = Subject(SubjectKind.SITE, booked.sites[0])
    whole = Period(MONDAY_EIGHT - HOUR, MONDAY_EIGHT + HOUR)

    added = await add_black_out(
        conn, subject, whole, reason="Sửa hội trường", unit=booked.host, by="person:1"
    )

    assert await list_black_outs(conn, since=NOW, subject=subject) == [added]
    assert await list_black_outs(conn, since=whole.end) == []
    assert await count_touched(conn, [added]) == {added.id: 1}
    await end_black_out(conn, added, unit=booked.host, by="person:1", now=MONDAY_EIGHT)
    assert await list_black_outs(conn, since=MONDAY_EIGHT) == []
    [kept] = await list_black_outs(conn, since=NOW)
    assert kept.period == Period(whole.start, MONDAY_EIGHT)
    actions = [entry.action for entry in await list_audit(conn, subject=f"black-out:{added.id}")]
    assert actions == ["black-out.remove", "black-out.add"]


async def test_booking_tells_nothing_of_officials_when_none_is_named(conn):
    await a_directory(conn)

    booked = await book(conn, await a_wish(conn), by="person:1", now=NOW)

    assert (booked.chair_id, booked.delegates) == (None, ())


async def test_an_official_is_booked_or_leaves_but_never_both(conn, database):
    await a_directory(conn)
    chair = await an_official(conn)
    official = (await officials_by_ids(conn, [chair]))[chair]
    wish = await a_wish(conn, chair_id=chair)

    async def on_its_own(work):
        mine = await asyncpg.connect(database)
        try:
            await prepare(mine)
            async with mine.transaction():
                return await work(mine)
        except (OfficialInUse, OfficialsNotFound) as error:
            return error
        finally:
            await mine.close()

    async def book_now(mine):
        return await book(mine, wish, by="person:1", now=NOW)

    async def leave_now(mine):
        return await remove_official(mine, official, on=TODAY, by="person:1")

    booked, left = await asyncio.gather(on_its_own(book_now), on_its_own(leave_now))

    assert isinstance(booked, OfficialsNotFound) != isinstance(left, OfficialInUse)


async def test_a_booking_waits_for_an_official_who_is_leaving(conn, database):
    await a_directory(conn)
    chair = await an_official(conn)
    official = (await officials_by_ids(conn, [chair]))[chair]
    wish = await a_wish(conn, chair_id=chair)
    other = await asyncpg.connect(database)
    await prepare(other)
    try:
        leaving = conn.transaction()
        await leaving.start()
        await remove_official(conn, official, on=TODAY, by="person:1")
        asked = asyncio.create_task(book(other, wish, by="person:1", now=NOW))
        while not await conn.fetchval(WAITING, other.get_server_pid()):
            await asyncio.sleep(0)
        await leaving.commit()
        with pytest.raises(OfficialsNotFound):
            await asked
    finally:
        await other.close()


async def test_a_line_is_not_called_what_another_is_called_meanwhile(conn, database):
    await a_directory(conn)
    unit = (await a_unit(conn)).id
    line = await add_line(conn, unit, "Kênh Mường Nhé", sites=(), by="person:1")
    named = replace(line, name="Kênh Tủa Chùa")
    other = await asyncpg.connect(database)
    await prepare(other)
    try:
        adding = conn.transaction()
        await adding.start()
        await add_line(conn, unit, named.name, sites=(), by="person:1")
        asked = asyncio.create_task(change_line(other, line, named, by="person:1"))
        while not await conn.fetchval(WAITING, other.get_server_pid()):
            await asyncio.sleep(0)
        await adding.commit()
        with pytest.raises(AlreadyThere):
            await asked
    finally:
        await other.close()
