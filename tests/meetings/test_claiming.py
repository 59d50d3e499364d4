"""Claiming with the store: refusals with their reasons, ways out that book, warnings on record."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.attempts import attempt
from meetings.directory.officials import add_line
from meetings.errors import SiteBusy
from meetings.model import Changes, Kind, Period
from meetings.office.workdays import local_day
from meetings.scheduling.black_outs import add_black_out
from meetings.scheduling.booking import amend, book
from meetings.scheduling.claiming import judge_wish
from meetings.scheduling.reasons import HolderKind
from meetings.scheduling.resources import Subject, SubjectKind
from meetings.scheduling.ways import WayKind
from tests.makers import (
    MONDAY_EIGHT,
    a_conference,
    a_directory,
    a_unit,
    a_wish,
    an_official,
    some_sites,
)

HOUR = timedelta(hours=1)
NOW = MONDAY_EIGHT - timedelta(days=10)
SAVE_POLICY = """
    INSERT INTO booking_policies (unit_id, horizon_days, most_open)
    SELECT id, $2, $3 FROM units WHERE code = $1 AND upper_inf(valid)
"""
ADD_HALL = """
    INSERT INTO sites (unit_id, name, name_key, folded, valid)
    SELECT id, 'Hội trường B', 'b', 'b', valid FROM units WHERE id = $1 RETURNING id
"""
CLOSE_HALLS = """
    UPDATE sites SET valid = daterange(lower(valid), '2026-11-01')
     WHERE id NOT IN (SELECT unnest($1::bigint[]))
"""
UNIT_OF = "SELECT unit_id FROM sites WHERE id = $1"
LIST_WARNINGS = """
    SELECT version, rule, subjects, holder FROM conference_warnings
     WHERE conference_id = $1 ORDER BY version, place
"""


async def refused(conn, wish):
    with pytest.raises(SiteBusy) as caught:
        await book(conn, wish, by="person:1", now=NOW)
    return caught.value


async def bookable(conn, wish, ways):
    """Tell how many of the ways book, each in a transaction that is undone."""
    for way in ways:
        transaction = conn.transaction()
        await transaction.start()
        again = replace(wish, main_site=way.main_site, sites=way.sites, period=way.period)
        await book(conn, again, by="person:1", now=NOW)
        await transaction.rollback()
    return len(ways)


async def test_a_chair_cannot_be_in_two_conferences(conn):
    await a_directory(conn)
    chair = await an_official(conn)
    first = await a_conference(conn, sites=1, chair_id=chair)
    wish = await a_wish(conn, sites=(await some_sites(conn, 3))[1:], delegates=[chair])

    refusal = await refused(conn, wish)

    [reason] = refusal.reasons
    assert (refusal.code, refusal.rivals) == ("official-busy", ())
    assert (reason.subjects, reason.period) == (
        (Subject(SubjectKind.OFFICIAL, chair),),
        first.period,
    )
    assert (reason.holder.id, reason.holder.host) == (first.id, first.host)
    assert await bookable(conn, wish, refusal.alternatives) == 3


async def test_halls_of_one_line_cannot_be_in_two_conferences(conn):
    await a_directory(conn)
    sites = await some_sites(conn, 2)
    await add_line(conn, (await a_unit(conn)).id, "Kênh", sites=sites, by="person:1")
    await a_conference(conn, sites=sites[:1])
    wish = await a_wish(conn, sites=sites[1:])

    refusal = await refused(conn, wish)

    assert refusal.code == "line-busy"
    assert await bookable(conn, wish, refusal.alternatives) == 3


async def test_a_black_out_refuses_with_its_reason(conn):
    await a_directory(conn)
    wish = await a_wish(conn)
    subject = Subject(SubjectKind.SITE, wish.main_site)
    whole = Period(MONDAY_EIGHT - 4 * HOUR, MONDAY_EIGHT + HOUR)
    await add_black_out(conn, subject, whole, reason="Mất điện", unit=wish.host, by="person:1")

    refusal = await refused(conn, wish)

    assert refusal.code == "blacked-out"
    assert [(one.holder.kind, one.holder.words) for one in refusal.reasons] == [
        (HolderKind.BLACK_OUT, "Mất điện")
    ]
    assert len(refusal.alternatives) == 3
    assert await bookable(conn, wish, refusal.alternatives) == 3


async def test_buffers_keep_two_conferences_apart_and_the_ways_out_keep_them(conn, owner):
    await a_directory(conn)
    await owner.execute("UPDATE sites SET set_up_minutes = 30, tear_down_minutes = 30")
    first = await a_conference(conn)
    wish = await a_wish(conn, start=first.period.end + HOUR * 0.9)

    refusal = await refused(conn, wish)
    ways = await bookable(conn, wish, refusal.alternatives)
    length = wish.period.end - wish.period.start
    later = Period(first.period.end + HOUR, first.period.end + HOUR + length)
    apart = await book(conn, replace(wish, period=later), by="person:1", now=NOW)

    assert (refusal.code, ways) == ("site-busy", 3)
    half = 0.5 * HOUR
    [reason] = refusal.reasons
    kept = Period(first.period.start - half, first.period.end + half)
    assert (reason.period, reason.kept, reason.limit) == (first.period, kept, 60)
    assert {(one.period, one.kept) for one in refusal.rivals} == {(first.period, kept)}
    assert "tight-turn-round" in [one.rule.value for one in apart.warnings]


async def test_another_hall_of_the_unit_stands_in(conn, owner):
    await a_directory(conn)
    main, site, other = await some_sites(conn, 3)
    spare = await owner.fetchval(ADD_HALL, (await conn.fetchval(UNIT_OF, site)))
    await a_conference(conn, sites=[site])
    wish = await a_wish(conn, sites=[main, site, other])

    refusal = await refused(conn, wish)

    assert [(one.kind, one.left_out, one.added) for one in refusal.alternatives] == [
        (WayKind.OTHER_TIME, frozenset(), frozenset()),
        (WayKind.OTHER_HALLS, {site}, {spare}),
        (WayKind.FEWER_SITES, {site}, frozenset()),
    ]
    assert await bookable(conn, wish, refusal.alternatives) == 3


@pytest.mark.parametrize(("host", "hall_of"), [("11.vpubnd", "11.vpubnd"), ("11.syt", "11")])
async def test_a_hall_of_the_host_or_above_it_stands_in_for_the_main_one(
    conn, owner, host, hall_of
):
    await a_directory(conn)
    main, other = await some_sites(conn, 2)
    await a_conference(conn, sites=[main])
    wish = await a_wish(conn, sites=[main, other], host=host)
    await owner.execute(CLOSE_HALLS, [main, other])
    spare = await owner.fetchval(ADD_HALL, (await a_unit(conn, hall_of)).id)

    refusal = await refused(conn, wish)

    [way] = [one for one in refusal.alternatives if one.period == wish.period]
    assert (way.kind, way.main_site, way.sites) == (WayKind.OTHER_HALLS, spare, {spare, other})
    assert await bookable(conn, wish, refusal.alternatives) == 3


async def test_an_office_at_the_seat_of_the_province_lends_its_hall_to_the_chair_alone(conn, owner):
    await a_directory(conn)
    main, other = await some_sites(conn, 2)
    await a_conference(conn, sites=[main, other])
    wish = await a_wish(conn, sites=[main, other, (await some_sites(conn, 3))[2]])
    await owner.execute(CLOSE_HALLS, list(wish.sites))

    refusal = await refused(conn, wish)

    assert all(one.period != wish.period for one in refusal.alternatives)
    office = await owner.fetchval(ADD_HALL, (await a_unit(conn, "11.syt")).id)
    refusal = await refused(conn, wish)
    [way] = [one for one in refusal.alternatives if one.period == wish.period]
    assert (way.kind, way.main_site, way.added) == (WayKind.FEWER_SITES, office, {office})
    assert way.left_out == {main, other}


async def test_an_offer_says_what_speaks_against_it(conn):
    await a_directory(conn)
    whole = timedelta(hours=3, minutes=30)
    await a_conference(conn, sites=1, start=MONDAY_EIGHT - HOUR, length=whole)
    for day in range(5):
        for start, length in ((-1, whole), (6, 4 * HOUR)):
            begin = MONDAY_EIGHT + timedelta(days=day, hours=start)
            if (day, start) != (0, -1):
                await a_conference(conn, sites=1, start=begin, length=length)
    wish = await a_wish(conn, sites=1)

    refusal = await refused(conn, wish)

    first = refusal.alternatives[0]
    assert first.period.start == MONDAY_EIGHT + 2.5 * HOUR
    assert {one.rule.value for one in first.warnings} == {"crosses-lunch", "tight-turn-round"}
    assert await bookable(conn, wish, refusal.alternatives) == 3


@pytest.mark.parametrize("limit", [1, 3])
async def test_a_host_books_up_to_its_quota_and_no_further(conn, owner, limit):
    """T-A12: exact at n - 1, n and n + 1, and counted for each host on its own."""
    await a_directory(conn)
    await owner.execute(SAVE_POLICY, "11", None, limit)
    for number in range(limit):
        await a_conference(conn, sites=1, start=MONDAY_EIGHT + number * 24 * HOUR, now=NOW)
    wish = await a_wish(conn, sites=1, start=MONDAY_EIGHT + 240 * HOUR)

    refusal = await refused(conn, wish)

    assert (refusal.code, refusal.alternatives) == ("quota-reached", ())
    assert [(one.limit, one.given) for one in refusal.reasons] == [(limit, limit)]
    other = await a_wish(conn, sites=1, start=MONDAY_EIGHT + 240 * HOUR, host="11.syt")
    assert (await book(conn, other, by="person:1", now=NOW)).host == other.host


async def test_a_quota_holds_against_a_rush(pool, owner):
    async with pool.acquire() as conn:
        await a_directory(conn)
        await owner.execute(SAVE_POLICY, "11", None, 3)
        wishes = [
            await a_wish(conn, sites=1, start=MONDAY_EIGHT + number * 24 * HOUR)
            for number in range(8)
        ]

    async def booked(wish):
        async def once():
            async with pool.acquire() as conn, conn.transaction():
                return await book(conn, wish, by="person:1", now=NOW)

        try:
            return await attempt(once)
        except SiteBusy as refusal:
            return refusal.code

    outcomes = await asyncio.gather(*map(booked, wishes))

    assert outcomes.count("quota-reached") == 5


async def test_the_nearest_unit_decides_how_far_ahead_one_books(conn, owner):
    await a_directory(conn)
    await owner.execute(SAVE_POLICY, "11", 5, None)
    await owner.execute(SAVE_POLICY, "11.syt", 60, None)
    wish = await a_wish(conn)

    refusal = await refused(conn, wish)
    other = await book(conn, await a_wish(conn, host="11.syt"), by="person:1", now=NOW)

    assert refusal.code == "beyond-horizon"
    assert [(one.limit, one.given) for one in refusal.reasons] == [(5, 10)]
    days = [local_day(way.period.start).isoformat() for way in refusal.alternatives]
    assert days == ["2026-11-25", "2026-11-24", "2026-11-23"]
    assert await bookable(conn, wish, refusal.alternatives) == 3
    assert other.warnings == ()


async def test_changing_at_the_quota_is_no_new_booking(conn, owner):
    await a_directory(conn)
    booked = await a_conference(conn, sites=1, now=NOW)
    await owner.execute(SAVE_POLICY, "11", None, 0)
    later = Period(MONDAY_EIGHT + HOUR, MONDAY_EIGHT + 2 * HOUR)

    moved = await amend(conn, booked.id, Changes(period=later), version=1, by="person:1", now=NOW)

    assert moved.period == later


async def test_seats_are_judged_before_anybody_asks(conn, owner):
    await a_directory(conn)
    await owner.execute("INSERT INTO seat_pools (name, seats) VALUES ('tỉnh', 2)")
    wish = await a_wish(conn, sites=3)

    verdict = await judge_wish(conn, wish, NOW)

    assert [(one.rule.value, one.limit, one.given) for one in verdict.hard] == [("no-seats", 2, 3)]


async def test_what_was_overridden_is_on_record(conn):
    await a_directory(conn)
    wish = await a_wish(conn, start=MONDAY_EIGHT + 2.5 * HOUR, kind=Kind.URGENT)
    wish = replace(wish, note="Ứng phó mưa lũ")
    before = await a_conference(conn, sites=1, start=MONDAY_EIGHT + HOUR / 2, now=NOW)

    booked = await book(conn, wish, by="person:1", now=NOW)

    main = f"site:{wish.main_site}"
    assert [tuple(row) for row in await conn.fetch(LIST_WARNINGS, booked.id)] == [
        (1, "crosses-lunch", [], ""),
        (1, "tight-turn-round", [main], f"conference:{before.id}"),
    ]


async def test_a_preview_agrees_with_the_booking(conn):
    await a_directory(conn)
    await a_conference(conn, sites=2, now=NOW)
    wish = await a_wish(conn, sites=4, start=MONDAY_EIGHT + HOUR)

    verdict, refusal = await judge_wish(conn, wish, NOW), await refused(conn, wish)

    assert verdict.hard == refusal.reasons
