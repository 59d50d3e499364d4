"""Units merged and split: what belongs to them goes on, and what contradicts itself is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from meetings.approval.asking import steps_for
from meetings.approval.chaining import add_chain, chain_by_id
from meetings.approval.chains import Step
from meetings.content.templates import save_template, templates_of
from meetings.directory.contacts import add_contact
from meetings.directory.duties import Duty, NewContact
from meetings.directory.finding import (
    count_sites,
    find_sites,
    list_groups,
    predecessors,
    resolve_groups,
    unit_by_code,
)
from meetings.directory.groupings import Grouping
from meetings.directory.groups import add_group
from meetings.directory.importing import import_units, preview_import
from meetings.directory.officials import add_line, add_official, list_officials, officials_by_ids
from meetings.directory.unit_rows import UnitRow, parse_units
from meetings.errors import BadRows
from meetings.kinds import Kind, Visibility
from meetings.model import Role, UnitKind
from meetings.office.workdays import midnight
from meetings.people.deputies import lend
from meetings.people.grants import person_by_id, withdraw
from meetings.reforms.inheritance import Outcome
from meetings.reforms.passing_on import pass_on_due
from meetings.reforms.reforming import merge_units
from meetings.scheduling.conferences import conference_by_id
from meetings.scheduling.defaults import change_defaults, defaults_of
from meetings.scheduling.policies import change_policy, policy_of
from meetings.store.chains import list_own
from meetings.store.contacts import list_of_units
from meetings.store.deputies import Days
from meetings.store.groups import get_group
from meetings.store.lines import list_lines
from tests.makers import MONDAY_EIGHT, a_conference, a_person, a_unit

POLICY = partial(change_policy, now=MONDAY_EIGHT)
DAY = date(2026, 12, 1)
NEW_YEAR = date(2027, 1, 1)
AFTER = datetime(2026, 12, 10, 1, tzinfo=UTC)
BY = "person:1"
NEW = UnitRow(line=0, code="03158", name="Mường Nhé Mới", kind=UnitKind.COMMUNE, parent="11")
HEADER = "code,name,kind,parent,valid_from,valid_to,old_codes\n"


@pytest.fixture
async def two(conn, dien_bien):
    return [await a_unit(conn, "03158"), await a_unit(conn, "03160")]


async def both(conn, units, change, *values):
    for unit, value in zip(units, values, strict=True):
        await change(conn, unit.id, value, version=0, by=BY)


async def test_merged_units_go_on_by_what_one_or_all_of_them_say(conn, two):
    await both(conn, two, POLICY, {"horizon_days": 30, "most_open": 5}, {"most_open": 5})
    await both(conn, two, change_defaults, {"signed_for": "TM. UBND xã"}, {"line_test_days": 2})

    merged = await merge_units(conn, two, NEW, since=DAY, today=DAY, by=BY)

    terms = (await policy_of(conn, merged.unit.id)).own.terms
    own = (await defaults_of(conn, merged.unit.id)).own
    assert (terms.horizon_days, terms.most_open, terms.invite_lead_days) == (30, 5, None)
    assert (own.signed_for, own.line_test_days) == ("TM. UBND xã", 2)
    assert merged.unsettled == ()


async def test_contradictions_are_told_and_set_again(conn, two):
    await both(conn, two, POLICY, {"horizon_days": 30}, {"horizon_days": 60})
    visible = [{"visibility": one} for one in (Visibility.OPEN, Visibility.INTERNAL)]
    await both(conn, two, change_defaults, *visible)
    for unit, role in zip(two, (Role.LEADER, Role.ADMIN), strict=True):
        await add_chain(conn, unit.id, Kind.REVIEW, [Step(role=role, unit=unit.id)], by=BY)

    merged = await merge_units(conn, two, NEW, since=DAY, today=DAY, by=BY)

    assert [(one.what, one.outcome) for one in merged.unsettled] == [
        ("chain.review", Outcome.SET_AGAIN),
        ("defaults.visibility", Outcome.SET_AGAIN),
        ("policy.horizon_days", Outcome.SET_AGAIN),
    ]
    assert merged.unsettled[2].said == (("03158", 30), ("03160", 60))
    assert (await policy_of(conn, merged.unit.id)).own.version == 0
    assert (await defaults_of(conn, merged.unit.id)).own.visibility is None
    assert await list_own(conn, [merged.unit.id]) == []


async def test_unit_that_goes_on_keeps_its_own_word(conn, two):
    goes, stays = two
    terms = {"horizon_days": 60, "most_open": 9}
    await both(conn, two, POLICY, {"horizon_days": 30, "invite_lead_days": 3}, terms)

    merged = await merge_units(conn, [goes], stays, since=DAY, today=DAY, by=BY)

    found = (await policy_of(conn, stays.id)).own.terms
    assert (found.horizon_days, found.most_open, found.invite_lead_days) == (60, 9, 3)
    [told] = merged.unsettled
    assert (told.what, told.outcome) == ("policy.horizon_days", Outcome.KEPT)
    assert told.said == (("03160", 60), ("03158", 30))


async def test_chains_that_are_alike_go_on_with_the_heir_in_their_steps(conn, two):
    top = await a_unit(conn)
    leaders = [Step(role=Role.LEADER, unit=one.id) for one in (*two, top)]
    for own in leaders[:2]:
        await add_chain(conn, two[own is leaders[1]].id, None, [own, leaders[2]], by=BY)
    elsewhere = await add_chain(conn, top.id, Kind.TRAINING, leaders, by=BY)

    new = (await merge_units(conn, two, NEW, since=DAY, today=DAY, by=BY)).unit

    expected = (Step(role=Role.LEADER, unit=new.id), leaders[2])
    assert tuple(await steps_for(conn, new.id, Kind.BRIEFING)) == expected
    assert (await chain_by_id(conn, elsewhere.id)).steps == expected


async def test_officials_go_on_and_whoever_is_there_twice_ends(conn, two):
    first, second = two
    kept = await add_official(conn, first.id, title="Chủ tịch UBND xã", by=BY)
    twin = await add_official(conn, second.id, title="Chủ tịch UBND xã", by=BY)
    an = await add_official(conn, first.id, title="Bí thư", name="An", by=BY)
    ba = await add_official(conn, second.id, title="Bí thư", name="Ba", by=BY)
    await a_conference(conn, start=AFTER, chair_id=twin.id)

    merged = await merge_units(conn, two, NEW, since=DAY, today=DAY, by=BY)

    found = await officials_by_ids(conn, [kept.id, twin.id, an.id, ba.id])
    assert [found[one.id].unit_id for one in (kept, an, ba)] == [merged.unit.id] * 3
    assert found[twin.id].valid_to == date(2026, 12, 11)
    assert [(one.what, one.outcome) for one in merged.unsettled] == [
        ("official.Bí thư", Outcome.ALL_GO_ON)
    ]
    there = await list_officials(conn, on=NEW_YEAR, units=[merged.unit.id])
    assert {one.id for one in there} == {kept.id, an.id, ba.id}


async def test_names_that_come_together_are_told_apart(conn, two):
    for unit, day in zip(two, (2, 9), strict=True):
        planned = await a_conference(conn, host=unit.code, start=AFTER.replace(day=day))
        await save_template(conn, planned, "Giao ban", by=BY, now=AFTER)
        await add_line(conn, unit.id, "Kênh chung", sites=(), by=BY)

    new = (await merge_units(conn, two, NEW, since=DAY, today=DAY, by=BY)).unit

    names = sorted(one.name for one in await templates_of(conn, [new.id], limit=9))
    lines = sorted(one.name for one in await list_lines(conn) if one.unit_id == new.id)
    assert [name.split(" (")[0] for name in names] == ["Giao ban"] * 2
    assert [name.split("/")[0] for name in lines] == ["Kênh chung", "Kênh chung (03160"]


async def test_group_below_a_unit_follows_it_on_each_day(conn, two):
    goes, stays = two
    await add_group(conn, Grouping(code="cum", name="Cụm", below=goes.id), by=BY)
    before = await halls_of_group(conn, DAY - timedelta(days=1))

    await merge_units(conn, [goes], stays, since=DAY, today=DAY - timedelta(days=9), by=BY)
    await pass_on_due(conn, midnight(DAY))

    [hall] = [one.id for one in await find_sites(conn, on=DAY, limit=9, below=stays.id)]
    assert await halls_of_group(conn, DAY - timedelta(days=1)) == before
    assert await halls_of_group(conn, DAY) == {hall}
    assert len(before - {hall}) == 1
    assert (await get_group(conn, "cum", on=DAY)).below == stays.id


async def halls_of_group(conn, day):
    found = await find_sites(conn, on=day, group="cum", limit=9)
    sizes = {one.code: one.size for one in await list_groups(conn, on=day)}
    assert await resolve_groups(conn, ["cum"], day) == {one.id for one in found}
    assert (len(found), await count_sites(conn, on=day, group="cum")) == (sizes["cum"],) * 2
    return {one.id for one in found}


async def left_by(conn, units):
    """Return how much of what has no days of its own each unit has, and by what it books."""
    found = {}
    for unit in units:
        templates = await templates_of(conn, [unit.id], limit=9)
        lines = [one for one in await list_lines(conn) if one.unit_id == unit.id]
        staff = await conn.fetchval("SELECT count(*) FROM people WHERE unit_id = $1", unit.id)
        officials = await list_officials(conn, on=DAY, units=[unit.id], limit=9)
        policy = (await policy_of(conn, unit.id)).own.terms.horizon_days
        found[unit.code] = (len(templates), len(lines), staff, len(officials), policy)
    return found


async def test_merger_ahead_leaves_all_where_it_is_until_its_day(conn, two):
    goes, stays = two
    planned = await a_conference(conn, host=goes.code, start=AFTER)
    await save_template(conn, planned, "Giao ban", by=BY, now=AFTER)
    await add_line(conn, goes.id, "Kênh chung", sites=(), by=BY)
    await add_official(conn, goes.id, title="Chủ tịch UBND xã", by=BY)
    secretary = await a_person(conn, Role.SECRETARY, goes.code)
    await POLICY(conn, goes.id, {"horizon_days": 30}, version=0, by=BY)
    elsewhere = await add_chain(
        conn, goes.path[0], Kind.TRAINING, [Step(role=Role.LEADER, unit=goes.id)], by=BY
    )
    before = {"03158": (1, 1, 1, 1, 30), "03160": (0, 0, 0, 0, None)}
    assert await left_by(conn, two) == before

    await merge_units(conn, [goes], stays, since=DAY, today=DAY - timedelta(days=9), by=BY)
    early = await pass_on_due(conn, midnight(DAY) - timedelta(seconds=1))

    assert (early, await left_by(conn, two)) == (0, before)
    assert (await chain_by_id(conn, elsewhere.id)).steps[0].unit == goes.id
    assert (await conference_by_id(conn, planned.id)).host == stays.id
    grants = {grant.unit for grant in (await person_by_id(conn, secretary.id)).grants}
    assert grants == {goes.id, stays.id}

    done = [await pass_on_due(conn, midnight(DAY)) for _ in range(2)]

    [chair] = await list_officials(conn, on=DAY - timedelta(days=1), units=[goes.id])
    assert (chair.title, chair.unit_id) == ("Chủ tịch UBND xã", goes.id)
    assert await list_officials(conn, on=DAY - timedelta(days=1), units=[stays.id]) == []
    assert done == [1, 0]
    assert await left_by(conn, two) == {"03158": (0, 0, 0, 0, 30), "03160": (1, 1, 1, 1, 30)}
    assert (await chain_by_id(conn, elsewhere.id)).steps[0].unit == stays.id
    audited = await conn.fetch("SELECT subject, detail FROM audit WHERE action = 'unit.inherit'")
    assert [tuple(row) for row in audited] == [
        ("unit:03160", {"since": "2026-12-01", "units": ["03158"]})
    ]


async def test_whom_to_call_and_who_stands_in_go_on_from_the_day(conn, two):
    unit = two[0]
    called = NewContact(unit=unit.id, duty=Duty.ON_CALL, name="An", phone="0215 3000 111")
    await add_contact(conn, called, by=BY)
    giver = await a_person(conn, Role.SECRETARY, "03158")
    deputy = await a_person(conn, Role.HALL, "03160")
    days = Days(first=DAY, last=NEW_YEAR)
    await lend(conn, giver.id, deputy.id, role=Role.SECRETARY, unit=unit, days=days, by=BY)

    new = (await merge_units(conn, two, NEW, since=DAY, today=DAY, by=BY)).unit

    found = await list_of_units(conn, [unit.id, new.id])
    assert [(one.unit, one.valid_from, one.valid_to) for one in found] == [
        (unit.id, None, DAY),
        (new.id, DAY, None),
    ]
    lent = await conn.fetch("SELECT unit_id FROM deputies ORDER BY id")
    assert [row[0] for row in lent] == [unit.id, new.id]


async def test_power_that_is_taken_back_before_the_day_does_not_return_on_it(conn, two):
    goes, stays = two
    giver = await a_person(conn, Role.SECRETARY, "03158")
    deputy = await a_person(conn, Role.HALL, "11")
    days = Days(first=DAY, last=NEW_YEAR)
    await lend(conn, giver.id, deputy.id, role=Role.SECRETARY, unit=goes, days=days, by=BY)

    await merge_units(conn, [goes], stays, since=DAY, today=DAY - timedelta(days=9), by=BY)
    given = await conn.fetch("SELECT unit_id FROM deputies ORDER BY id")
    await conn.execute("UPDATE deputies SET ended_at = now() WHERE unit_id = $1", stays.id)
    await withdraw(conn, giver.id, Role.SECRETARY, stays.id, by=BY)
    await pass_on_due(conn, midnight(DAY))

    assert [row[0] for row in given] == [goes.id, stays.id]
    assert await conn.fetchval("SELECT count(*) FROM deputies WHERE ended_at IS NULL") == 1
    assert {one.unit for one in (await person_by_id(conn, giver.id)).grants} == {goes.id}


async def test_file_merges_and_splits_like_the_page(conn, two):
    secretary = await a_person(conn, Role.SECRETARY, "03160")
    later = datetime(2027, 1, 5, 1, tzinfo=UTC)
    hosted = await a_conference(conn, host="03160", start=later)
    await both(conn, two, POLICY, {"horizon_days": 30}, {"horizon_days": 60})
    rows, problems = parse_units(
        HEADER
        + "03158,Sín Thầu,xã,11,,2027-01-01,\n"
        + "03160,Mường Nhé,xã,11,,2027-01-01,\n"
        + "99001,Mường Mới,xã,11,2027-01-01,,03158;03160\n"
        + "99002,Nhé Mới,xã,11,2027-01-01,,03160\n"
    )
    assert problems == ()

    looked = await preview_import(conn, rows, on=DAY)
    done = await import_units(conn, rows, on=DAY)

    assert looked == done
    [told] = done.unsettled
    assert (told.unit, told.what) == ("99001", "policy.horizon_days")
    heir, part = [await unit_by_code(conn, code, NEW_YEAR) for code in ("99001", "99002")]
    assert (await conference_by_id(conn, hosted.id)).host == heir.id
    grants = {grant.unit for grant in (await person_by_id(conn, secretary.id)).grants}
    assert grants >= {heir.id, part.id}
    assert (await policy_of(conn, part.id)).own.terms.horizon_days == 60
    assert (await preview_import(conn, rows, on=DAY)).is_empty


async def test_file_lets_a_renamed_unit_take_its_neighbour_in(conn, two):
    await change_policy(conn, two[1].id, {"horizon_days": 60}, version=0, by=BY, now=MONDAY_EIGHT)
    rows, _ = parse_units(
        HEADER
        + "03160,Mường Nhé,xã,11,,2027-01-01,\n"
        + "03158,A Pa Chải,xã,11,2027-01-01,,03158;03160\n"
    )

    await import_units(conn, rows, on=NEW_YEAR)

    new = await unit_by_code(conn, "03158", NEW_YEAR)
    assert (await policy_of(conn, new.id)).own.terms.horizon_days == 60


TAKEN = "03160,Mường Nhé,xã,11,,2027-01-01,\n03158,Sín Thầu,xã,11,,,03160\n"
"""Mường Nhé ends, and its neighbour goes on as it is and takes it in."""


async def test_file_lets_a_unit_that_does_not_change_take_its_neighbour_in(conn, two):
    later = datetime(2027, 1, 5, 1, tzinfo=UTC)
    hosted = await a_conference(conn, host="03160", start=later)
    secretary = await a_person(conn, Role.SECRETARY, "03160")
    await both(conn, two, POLICY, {"horizon_days": 30}, {"horizon_days": 60, "most_open": 5})
    rows, problems = parse_units(HEADER + TAKEN)
    assert problems == ()

    done = await import_units(conn, rows, on=DAY)

    taker, gone = two
    [told] = done.unsettled
    assert (told.unit, told.what, told.outcome) == ("03158", "policy.horizon_days", Outcome.KEPT)
    assert (await unit_by_code(conn, "03158", NEW_YEAR)).id == taker.id
    assert [one.id for one in await predecessors(conn, taker.id) if one.id == gone.id] == [gone.id]
    assert (await conference_by_id(conn, hosted.id)).host == taker.id
    grants = {grant.unit for grant in (await person_by_id(conn, secretary.id)).grants}
    assert grants == {taker.id, gone.id}
    assert (await policy_of(conn, taker.id)).own.terms.most_open is None
    await pass_on_due(conn, midnight(NEW_YEAR))
    terms = (await policy_of(conn, taker.id)).own.terms
    assert (terms.horizon_days, terms.most_open) == (30, 5)
    assert (await preview_import(conn, rows, on=DAY)).is_empty


async def test_unit_that_goes_on_is_taken_in_by_none(conn, two):
    rows, _ = parse_units(HEADER + "03158,Sín Thầu,xã,11,,,03160\n")

    with pytest.raises(BadRows) as caught:
        await import_units(conn, rows, on=DAY)

    assert [(one.line, one.column, one.code) for one in caught.value.problems] == [
        (2, "old_codes", "goes-on")
    ]


async def test_many_mergers_of_a_file_take_no_more_statements_than_one(conn, dien_bien):
    known = await conn.fetch(
        "SELECT code, name FROM units WHERE kind = 'commune' AND upper_inf(valid) ORDER BY code"
    )
    counted = []
    for pairs in (1, 1, 9):
        old = known[: 2 * pairs]
        text = "".join(f"{code},{name},xã,11,,2027-01-01,\n" for code, name in old)
        text += "".join(
            f"9900{n},Mới {n},xã,11,2027-01-01,,{old[2 * n][0]};{old[2 * n + 1][0]}\n"
            for n in range(pairs)
        )
        trial = conn.transaction()
        await trial.start()
        heard: list[str] = []
        with conn.query_logger(lambda record, heard=heard: heard.append(record.query)):
            await import_units(conn, parse_units(HEADER + text)[0], on=DAY)
        counted.append(len(heard))
        await trial.rollback()

    assert counted[1] == counted[2]
