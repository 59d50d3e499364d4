"""Units closed, renamed and merged from a day on: all of it or nothing, and nobody is lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.approval.approving import approve
from meetings.approval.asking import request
from meetings.approval.chaining import add_chain, chain_by_id
from meetings.approval.chains import Decider, Step
from meetings.attempts import attempt
from meetings.attendance.reports import report
from meetings.audit import list_audit
from meetings.content.templates import save_template, templates_of
from meetings.directory.corrections import approve as approve_correction
from meetings.directory.corrections import propose, refuse
from meetings.directory.errors import BadReformDate, CodeTaken, UnitHasBecome, UnitInUse
from meetings.directory.finding import (
    find_sites,
    list_units,
    sites_by_ids,
    unit_by_code,
    units_by_ids,
)
from meetings.directory.groupings import Grouping
from meetings.directory.groups import add_group
from meetings.directory.importing import SHIPPED, import_units, shipped_rows
from meetings.directory.officials import add_line, add_official, lines_by_ids, officials_by_ids
from meetings.directory.proposals import Corrected, Proposal
from meetings.directory.unit_rows import REFORM, UnitRow
from meetings.errors import SitesNotFound, UnitNotFound
from meetings.model import COMMUNE_KINDS, Changes, Period, Role, State, UnitId, UnitKind
from meetings.office.keeping import load_calendar
from meetings.people.grants import person_by_id
from meetings.reforms.lineage import lineage
from meetings.reforms.reforming import NewName, close_unit, merge_units, rename_unit
from meetings.reforms.succession import heirs
from meetings.scheduling.booking import amend, book
from meetings.scheduling.conferences import conference_by_id
from meetings.scheduling.defaults import change_defaults, defaults_of
from meetings.scheduling.judging import judge_many
from meetings.scheduling.policies import change_policy, policy_of
from meetings.series.plan import OnHolidays, SkipReason, schedule_of, wish_on
from meetings.series.writing import list_series, plan, series_by_id
from meetings.store.corrections import list_corrections, lock_correction
from meetings.store.directory import list_units_by_ids
from meetings.store.successions import list_successions
from tests.makers import MONDAY_EIGHT, a_conference, a_person, a_site, a_unit, a_wish, some_sites
from tests.repeating import repeat
from web.database import prepare

DAY = date(2026, 12, 1)
LONG_AGO = date(2020, 12, 1)
AFTER = datetime(2026, 12, 10, 1, tzinfo=UTC)
TODAY = datetime(2026, 11, 30, 1, tzinfo=UTC)
BY = "person:1"


@pytest.fixture
def directory(dien_bien):
    return dien_bien


async def test_closing_ends_the_unit_with_its_halls(conn, directory):
    unit, site = await a_unit(conn, "03158"), await a_site(conn, "Sín Thầu")

    await close_unit(conn, unit, since=DAY, by=BY)

    with pytest.raises(UnitNotFound):
        await unit_by_code(conn, "03158", DAY)
    assert (await unit_by_code(conn, "03158", DAY - timedelta(days=1))).id == unit.id
    assert await find_sites(conn, "Sín Thầu", on=DAY) == []
    assert await find_sites(conn, "Sín Thầu", on=DAY - timedelta(days=1)) == [site]
    [entry] = await list_audit(conn, subject="unit:03158")
    assert (entry.action, entry.detail) == ("unit.close", {"since": "2026-12-01"})


async def test_unit_that_holds_conferences_is_not_closed(conn, directory):
    site = await a_site(conn, "Sín Thầu")
    unit = await a_unit(conn, "03158")
    others = [one for one in await some_sites(conn, 3) if one != site.id]
    invited = await a_conference(conn, sites=[others[0], site.id], start=AFTER)
    hosted = await a_conference(
        conn, sites=[others[1]], start=AFTER + timedelta(days=1), host="03158"
    )
    await a_conference(conn, sites=[others[1], site.id])
    await a_conference(
        conn, sites=[others[1], site.id], start=AFTER + timedelta(days=3), state=State.CANCELLED
    )

    with pytest.raises(UnitInUse) as caught:
        await close_unit(conn, unit, since=DAY, by=BY)

    assert [(one.conference, one.hosts, one.halls) for one in caught.value.obligations] == [
        (invited.id, False, 1),
        (hosted.id, True, 0),
    ]
    assert (await unit_by_code(conn, "03158", DAY)).valid_to is None
    assert await list_audit(conn, subject="unit:03158") == []


async def test_a_merger_is_told_of_the_halls_in_its_way_not_of_the_host(conn, directory):
    site = await a_site(conn, "Sín Thầu")
    old, into = await a_unit(conn, "03158"), await a_unit(conn, "03160")
    await a_conference(conn, sites=[site.id], start=AFTER, host="03158")

    with pytest.raises(UnitInUse) as merging:
        await merge_units(conn, [old], into, since=DAY, today=DAY, by=BY)
    with pytest.raises(UnitInUse) as closing:
        await close_unit(conn, old, since=DAY, by=BY)

    told = [(one.todo, one.hosts) for one in merging.value.obligations]
    assert told == [("unit-invited", True)]
    assert [one.todo for one in closing.value.obligations] == ["unit-hosts"]


async def test_unit_with_units_below_is_not_closed(conn, directory):
    with pytest.raises(UnitInUse) as caught:
        await close_unit(conn, await a_unit(conn, "11"), since=DAY, by=BY)

    assert "03158" in caught.value.below


@pytest.mark.parametrize("day", [REFORM, REFORM - timedelta(days=1)])
async def test_unit_does_not_end_before_it_begins(conn, directory, day):
    with pytest.raises(BadReformDate):
        await close_unit(conn, await a_unit(conn, "03158"), since=day, by=BY)


@pytest.mark.parametrize(
    "reform",
    [
        lambda conn, old, _: close_unit(conn, old, since=LONG_AGO, by=BY),
        lambda conn, old, _: rename_unit(
            conn, old, NewName(name="x"), since=LONG_AGO, today=DAY, by=BY
        ),
        lambda conn, old, into: merge_units(
            conn, [old], into, since=LONG_AGO, today=LONG_AGO, by=BY
        ),
    ],
    ids=["closed", "renamed", "merged"],
)
async def test_what_a_unit_became_is_never_undone(conn, directory, reform):
    old, into = [
        await unit_by_code(conn, code, REFORM - timedelta(days=1)) for code in ("03158", "03160")
    ]

    with pytest.raises(UnitHasBecome):
        await reform(conn, old, into)

    assert await unit_by_code(conn, "03158", REFORM - timedelta(days=1)) == old


async def test_renamed_unit_keeps_halls_people_and_plans(conn, directory):
    unit, site = await a_unit(conn, "03158"), await a_site(conn, "Sín Thầu")
    person = await a_person(conn, Role.SECRETARY, "03158")
    planned = await a_conference(conn, sites=[site.id], start=AFTER, host="03158")

    new = await rename_unit(conn, unit, NewName(name="A Pa Chải"), since=DAY, today=DAY, by=BY)

    assert (new.code, new.full_name, new.valid_from) == ("03158", "Xã A Pa Chải", DAY)
    assert (await sites_by_ids(conn, [site.id]))[site.id].unit_id == new.id
    eve = await sites_by_ids(conn, [site.id], on=DAY - timedelta(days=1))
    since = await sites_by_ids(conn, [site.id], on=DAY)
    assert [eve[site.id].label, since[site.id].label] == ["Sín Thầu", "A Pa Chải"]
    assert {grant.unit for grant in (await person_by_id(conn, person.id)).grants} == {new.id}
    assert (await conference_by_id(conn, planned.id)).host == new.id
    found = await lineage(conn, "03158", DAY)
    assert [one.id for one in found.before if one.code == "03158"] == [unit.id]


async def test_renamed_unit_keeps_its_rules_people_in_office_lines_and_chains(conn, directory):
    unit = await a_unit(conn, "03158")
    await change_policy(conn, unit.id, {"horizon_days": 30}, version=0, by=BY, now=MONDAY_EIGHT)
    official = await add_official(conn, unit.id, title="Chủ tịch UBND xã", by=BY)
    line = await add_line(conn, unit.id, "Kênh chung", sites=(), by=BY)
    chain = await add_chain(conn, unit.id, None, [], by=BY)

    new = await rename_unit(conn, unit, NewName(name="A Pa Chải"), since=DAY, today=DAY, by=BY)

    assert (await policy_of(conn, new.id)).own.terms.horizon_days == 30
    assert (await officials_by_ids(conn, [official.id]))[official.id].unit_id == new.id
    assert (await lines_by_ids(conn, [line.id]))[line.id].unit_id == new.id
    assert (await chain_by_id(conn, chain.id)).unit == new.id


async def test_renamed_unit_keeps_what_it_starts_from_its_patterns_and_its_groups(conn, directory):
    unit, planned = await a_unit(conn, "03158"), await a_conference(conn, host="03158")
    await change_defaults(conn, unit.id, {"signed_for": "TM. UBND xã"}, version=0, by=BY)
    template = await save_template(conn, planned, "Giao ban", by=BY, now=AFTER)
    await add_group(conn, Grouping(code="cum", name="Cụm", below=unit.id), by=BY)

    new = await rename_unit(conn, unit, NewName(name="A Pa Chải"), since=DAY, today=DAY, by=BY)

    assert (await defaults_of(conn, new.id)).own.signed_for == "TM. UBND xã"
    assert [one.id for one in await templates_of(conn, [new.id], limit=9)] == [template.id]
    assert len(await find_sites(conn, on=DAY, group="cum")) == 1


async def test_renamed_unit_keeps_its_series_with_the_dates_to_come(conn, directory):
    unit, wish = await a_unit(conn, "03158"), await a_wish(conn, start=AFTER, host="03158")
    done = await repeat(
        conn, wish, "FREQ=WEEKLY;COUNT=3", on_holidays=OnHolidays.SKIP, by=BY, now=TODAY
    )

    new = await rename_unit(conn, unit, NewName(name="A Pa Chải"), since=DAY, today=DAY, by=BY)

    assert [one.id for one in await list_series(conn, [new.id])] == [done.id]
    assert (await series_by_id(conn, done.id)).wish.host == new.id


async def test_a_series_of_a_unit_that_closes_has_no_date_from_that_day_on(conn, directory):
    unit = await a_unit(conn, "03158")
    wish = await a_wish(conn, sites=await some_sites(conn, 2), start=TODAY, host=unit.code)
    await close_unit(conn, unit, since=DAY, by=BY)
    rule, zone, keep = "FREQ=DAILY;COUNT=3", "Asia/Ho_Chi_Minh", OnHolidays.KEEP
    schedule = schedule_of(rule, TODAY, wish.period.end, zone=zone, on_holidays=keep)

    found, _ = await plan(conn, wish, schedule, await load_calendar(conn), now=TODAY)
    later = wish_on(wish, schedule.period_on(DAY))
    judged = await judge_many(conn, [wish, later], own=(), now=TODAY)

    assert [one.date for one in found.booked] == [DAY - timedelta(days=1)]
    assert [one.reason for one in found.skipped] == [SkipReason.NO_SITES] * 2
    assert [one.retired for one in judged] == [False, True]


async def test_renamed_unit_still_answers_what_waits_for_it(conn, directory):
    unit = await a_unit(conn, "03158")
    leader = await a_person(conn, Role.LEADER, "03158")
    steps = [Step(role=Role.LEADER, unit=unit.id), Step(people=frozenset({leader.id}))]
    chain = await add_chain(conn, (await a_unit(conn)).id, None, steps, by=BY)
    wish, now = await a_wish(conn, start=AFTER), AFTER - timedelta(days=2)
    asked = await request(conn, wish, steps=steps[:1], bridge="", by=BY, now=now)

    new = await rename_unit(conn, unit, NewName(name="A Pa Chải"), since=DAY, today=DAY, by=BY)

    found = await chain_by_id(conn, chain.id)
    assert found.steps == (Step(role=Role.LEADER, unit=new.id), steps[1])
    grants = (await person_by_id(conn, leader.id)).grants
    decider = Decider(name=BY, person=leader.id, grants=grants)
    agreed = await approve(conn, asked.id, decider=decider, version=None, now=now)
    assert agreed.state is State.CONFIRMED


async def test_renamed_unit_keeps_what_it_asked_to_have_corrected(conn, directory):
    unit, site = await a_unit(conn, "03158"), await a_site(conn, "Sín Thầu")
    english = a_correction(Corrected.UNIT, unit.id, unit.id, name_en=("", "A Pa Chai"))
    phone = a_correction(Corrected.SITE, site.id, unit.id, phone=(site.phone, "0215 3000 111"))
    open_ones = [await propose(conn, new, by=BY, now=TODAY) for new in (english, phone)]
    done = await propose(conn, phone, by=BY, now=TODAY)
    await refuse(conn, done, remark="x", by=BY, now=TODAY)

    new = await rename_unit(conn, unit, NewName(name="A Pa Chải"), since=DAY, today=DAY, by=BY)

    found = await list_corrections(conn, [new.id], states=["open"], limit=9)
    assert sorted(one.id for one in found) == sorted(open_ones)
    assert (await lock_correction(conn, done)).unit == unit.id
    for one in open_ones:
        await approve_correction(conn, one, by=BY, now=AFTER)
    assert (await unit_by_code(conn, "03158", DAY)).name_en == "A Pa Chai"
    assert (await sites_by_ids(conn, [site.id]))[site.id].phone == "0215 3000 111"


def a_correction(kind: Corrected, record: int, unit: UnitId, **fields: tuple[str, str]) -> Proposal:
    before = {name: was for name, (was, _) in fields.items()}
    after = {name: new for name, (_, new) in fields.items()}
    return Proposal(kind=kind, record=record, unit=unit, before=before, after=after, reason="x")


async def test_renaming_waits_for_its_day(conn, directory):
    with pytest.raises(BadReformDate):
        await rename_unit(
            conn,
            await a_unit(conn, "03158"),
            NewName(name="A Pa Chải"),
            since=DAY,
            today=DAY - timedelta(days=1),
            by=BY,
        )


async def test_merged_units_go_on_in_a_new_one(conn, directory):
    old = [await a_unit(conn, "03158"), await a_unit(conn, "03160")]
    person = await a_person(conn, Role.SECRETARY, "03158")
    hosted = await a_conference(conn, start=AFTER, host="03160")
    row = UnitRow(line=0, code="03158", name="Mường Nhé Mới", kind=UnitKind.COMMUNE, parent="11")

    new = (await merge_units(conn, old, row, since=DAY, today=DAY, by=BY)).unit

    assert (new.code, new.name, new.valid_from) == ("03158", "Mường Nhé Mới", DAY)
    found = await lineage(conn, "03158", DAY)
    assert {unit.code for unit in found.before} == {"03158", "03160"}
    assert [site.label for site in found.sites] == ["Mường Nhé Mới"]
    assert new.id in {grant.unit for grant in (await person_by_id(conn, person.id)).grants}
    assert (await conference_by_id(conn, hosted.id)).host == new.id
    with pytest.raises(UnitNotFound):
        await unit_by_code(conn, "03160", DAY)


async def test_merging_into_a_neighbour_makes_no_new_unit(conn, directory):
    into = await a_unit(conn, "03160")

    new = await merge_units(conn, [await a_unit(conn, "03158")], into, since=DAY, today=DAY, by=BY)

    assert new.unit == into
    assert len(await list_units(conn, on=DAY, kinds=COMMUNE_KINDS)) == 44


async def test_merger_under_a_code_that_goes_on_is_refused_whole(conn, directory):
    old = await a_unit(conn, "03158")
    row = UnitRow(line=0, code="03160", name="Mới", kind=UnitKind.COMMUNE, parent="11")

    with pytest.raises(CodeTaken):
        async with conn.transaction():
            await merge_units(conn, [old], row, since=DAY, today=DAY, by=BY)

    assert (await unit_by_code(conn, "03158", DAY)).id == old.id


async def test_hall_is_booked_or_closed_but_never_both(conn, database, directory):
    unit, site = await a_unit(conn, "03158"), await a_site(conn, "Sín Thầu")
    wish = await a_wish(conn, sites=[site.id], start=AFTER)

    async def on_its_own(work):
        async def once():
            mine = await asyncpg.connect(database)
            await prepare(mine)
            try:
                async with mine.transaction():
                    return await work(mine)
            finally:
                await mine.close()

        try:
            return await attempt(once)
        except (UnitInUse, SitesNotFound) as error:
            return error

    async def close_now(mine):
        await close_unit(mine, unit, since=DAY, by=BY)

    async def book_now(mine):
        return await book(mine, wish, by=BY, now=AFTER - timedelta(days=5))

    closed, booked = await asyncio.gather(on_its_own(close_now), on_its_own(book_now))

    assert isinstance(closed, UnitInUse) != isinstance(booked, SitesNotFound)


WAITING = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


async def close_on_page(conn, unit):
    await close_unit(conn, unit, since=DAY, by=BY)


async def close_by_file(conn, unit):
    row = UnitRow(line=2, code=unit.code, name=unit.name, kind=unit.kind, parent="11", valid_to=DAY)
    await import_units(conn, [row], on=TODAY.date())


@pytest.mark.parametrize("close", [close_on_page, close_by_file])
@pytest.mark.parametrize(("hosting", "refusal"), [(True, UnitNotFound), (False, SitesNotFound)])
async def test_who_books_while_a_unit_closes_waits_and_is_refused(
    conn, pool, directory, hosting, refusal, close
):
    unit, [one, other] = await a_unit(conn, "03158"), await some_sites(conn, 2)
    own = (await a_site(conn, "Sín Thầu")).id
    wish = await a_wish(
        conn,
        sites=[one, other] if hosting else [own],
        host=unit.code if hosting else "11.vpubnd",
        start=AFTER,
    )

    async def once():
        async with pool.acquire() as mine, mine.transaction():
            return await book(mine, wish, by=BY, now=AFTER - timedelta(days=5))

    async with pool.acquire() as closer, closer.transaction():
        await close(closer, unit)
        booking = asyncio.create_task(attempt(once))
        while not booking.done() and not await conn.fetchval(WAITING):
            await asyncio.sleep(0)

    with pytest.raises(refusal):
        await booking


async def test_who_closes_a_unit_while_it_books_waits_and_is_refused(conn, pool, directory):
    unit = await a_unit(conn, "03158")
    wish = await a_wish(conn, sites=2, host=unit.code, start=AFTER)

    async def close_now():
        async with pool.acquire() as mine, mine.transaction():
            await close_unit(mine, unit, since=DAY, by=BY)

    async with pool.acquire() as booker, booker.transaction():
        held = await book(booker, wish, by=BY, now=AFTER - timedelta(days=5))
        closing = asyncio.create_task(close_now())
        while not closing.done() and not await conn.fetchval(WAITING):
            await asyncio.sleep(0)

    with pytest.raises(UnitInUse) as caught:
        await closing
    assert [one.conference for one in caught.value.obligations] == [held.id]


@pytest.mark.parametrize("close", [close_on_page, close_by_file])
@pytest.mark.parametrize(("hosting", "refusal"), [(True, UnitNotFound), (False, SitesNotFound)])
async def test_conference_is_not_moved_behind_the_end_of_its_host_or_hall(
    conn, pool, directory, hosting, refusal, close
):
    unit, others = await a_unit(conn, "03158"), await some_sites(conn, 2)
    held = await a_conference(
        conn,
        sites=others if hosting else [(await a_site(conn, "Sín Thầu")).id],
        host=unit.code if hosting else "11.vpubnd",
        start=AFTER - timedelta(days=14),
    )
    period = Period(AFTER, AFTER + timedelta(hours=1))

    async def once():
        async with pool.acquire() as mine, mine.transaction():
            changes = Changes(period=period)
            return await amend(
                mine, held.id, changes, version=None, by=BY, now=AFTER - timedelta(days=15)
            )

    async with pool.acquire() as closer, closer.transaction():
        await close(closer, unit)
        moving = asyncio.create_task(attempt(once))
        while not moving.done() and not await conn.fetchval(WAITING):
            await asyncio.sleep(0)

    with pytest.raises(refusal):
        await moving


async def test_conference_moves_to_a_day_on_which_its_new_hall_is_still_there(conn, directory):
    closing, other = await some_sites(conn, 2)
    held = await a_conference(conn, sites=[other], start=AFTER)
    await conn.execute(
        "UPDATE sites SET valid = daterange(lower(valid), $2) WHERE id = $1", closing, DAY
    )
    period = Period(MONDAY_EIGHT, MONDAY_EIGHT + timedelta(hours=1))
    changes = Changes(sites=frozenset({closing}), main_site=closing, period=period)

    moved = await amend(conn, held.id, changes, version=None, by=BY, now=TODAY - timedelta(days=1))

    assert (moved.sites, moved.period) == ((closing,), period)


async def test_all_129_communes_are_followed_to_one_of_the_45(conn, directory):
    before = await list_units(conn, on=REFORM - timedelta(days=1), kinds=COMMUNE_KINDS)
    after = {unit.id for unit in await list_units(conn, on=REFORM, kinds=COMMUNE_KINDS)}

    found = heirs(await list_successions(conn), after)

    assert (len(before), len(after)) == (129, 45)
    assert {found[unit.id] for unit in before} == after
    assert len(await list_units_by_ids(conn, list(found))) == 129


def test_shipped_data_maps_every_predecessor():
    rows = shipped_rows("dien-bien")
    standing = {row.code for row in rows if row.kind in COMMUNE_KINDS and row.valid_to is None}
    old = {code for row in rows if row.valid_to is None for code in row.old_codes}

    assert (len(standing), len(old)) == (45, 129)
    assert (SHIPPED / "dien-bien" / "predecessors.csv").is_file()


async def test_trends_follow_successors(conn, directory):
    [hall] = await find_sites(conn, "Noong Bua", on=date(2025, 6, 10))
    await a_conference(
        conn,
        sites=[hall.id],
        host="11",
        start=datetime(2025, 6, 10, 1, tzinfo=UTC),
        state=State.ENDED,
    )

    apart = await report(conn, first=date(2025, 6, 1), months=2)
    followed = await report(conn, first=date(2025, 6, 1), months=2, follow=True)

    assert [row.unit.name for row in apart.rows if row.total.invited] == ["Noong Bua"]
    assert [row.unit.name for row in followed.rows if row.total.invited] == ["Mường Thanh"]
    assert (len(followed.rows), followed.total) == (45, apart.total)


ids = st.integers(1, 12).map(UnitId)


@given(st.lists(st.tuples(ids, ids)), st.sets(ids))
def test_heirs_stand_and_follow_the_pairs(pairs, standing):
    found = heirs(pairs, standing)

    assert set(found.values()) <= standing
    first: dict[UnitId, UnitId] = {}
    for old, new in pairs:
        first.setdefault(old, new)
    for old, heir in found.items():
        assert old == heir or first[old] == heir or found[first[old]] == heir


async def test_units_by_ids_tell_their_dates(conn, directory):
    unit = await a_unit(conn, "03158")

    assert (await units_by_ids(conn, [unit.id]))[unit.id].valid_from == REFORM
