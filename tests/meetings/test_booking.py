"""From wish to end: what is promised, refused, changed and freed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.audit import list_audit
from meetings.errors import (
    ConferenceNotFound,
    IllegalMove,
    NoSeats,
    SiteBusy,
    SitesNotFound,
    StaleVersion,
    TooLate,
)
from meetings.model import Changes, ConferenceId, Period, Rival, SiteId, State
from meetings.scheduling.booking import amend, begin, begin_due, book, cancel, close, end
from meetings.scheduling.conferences import conference_by_id, count_by_state, list_conferences
from meetings.scheduling.seats import hold_seats
from meetings.store import holds
from tests.makers import (
    MONDAY_EIGHT,
    a_conference,
    a_directory,
    a_unit,
    a_wish,
    all_communes,
    some_sites,
)

HOUR = timedelta(hours=1)
NOW = MONDAY_EIGHT - 24 * HOUR


async def holds_of(conn, conference):
    rows = await conn.fetch(
        "SELECT site_id, lower(during), upper(during) FROM holds WHERE conference_id = $1",
        conference,
    )
    return {tuple(row) for row in rows}


async def a_pool(conn, seats):
    return await conn.fetchval(
        "INSERT INTO seat_pools (name, seats) VALUES ('tỉnh', $1) RETURNING id", seats
    )


async def test_a_booking_holds_all_its_sites(conn):
    await a_directory(conn)
    wish = await a_wish(conn, sites=45)

    booked = await book(conn, wish, by="person:1", now=NOW)

    assert await conference_by_id(conn, booked.id) == booked
    assert (booked.state, booked.version, booked.created_by) == (State.CONFIRMED, 1, "person:1")
    assert await holds_of(conn, booked.id) == {
        (site, wish.period.start, wish.period.end) for site in await all_communes(conn)
    }


async def test_a_booking_has_one_audit_row(conn):
    await a_directory(conn)
    booked = await a_conference(conn, by="token:robot")

    [entry] = await list_audit(conn, subject=f"conference:{booked.id}")

    assert (entry.actor, entry.action, entry.unit, entry.detail) == (
        "token:robot",
        "conference.book",
        booked.host,
        {"sites": 3, "overridden": ["short-notice"]},
    )


async def test_a_refusal_names_the_rival_and_three_ways_out(conn):
    await a_directory(conn)
    first = await a_conference(conn, sites=2, title="Tổng kết")
    wish = await a_wish(conn, sites=4, start=MONDAY_EIGHT + HOUR)

    with pytest.raises(SiteBusy) as caught:
        await book(conn, wish, by="person:1", now=NOW)

    assert caught.value.rivals == tuple(
        Rival(
            site=site,
            conference=first.id,
            host=first.host,
            period=first.period,
            title="Tổng kết",
        )
        for site in await some_sites(conn, 2)
    )
    assert len(caught.value.alternatives) == 3


async def test_every_alternative_can_be_booked(conn):
    await a_directory(conn)
    await a_conference(conn, sites=2)
    wish = await a_wish(conn, sites=4, start=MONDAY_EIGHT + HOUR)
    with pytest.raises(SiteBusy) as caught:
        await book(conn, wish, by="person:1", now=NOW)

    for other in caught.value.alternatives:
        transaction = conn.transaction()
        await transaction.start()
        again = replace(wish, main_site=other.main_site, sites=other.sites, period=other.period)
        assert (await book(conn, again, by="person:1", now=NOW)).period == other.period
        await transaction.rollback()


async def test_a_conference_may_begin_when_another_ends(conn):
    await a_directory(conn)
    first = await a_conference(conn)

    second = await a_conference(conn, start=first.period.end)

    assert second.period.start == first.period.end


@pytest.mark.parametrize(
    ("minutes", "hours"), [(-16, 2), (-120, 1), (-15 * 60, 24)], ids=["late", "over", "long-ago"]
)
async def test_the_past_cannot_be_booked(conn, minutes, hours):
    await a_directory(conn)
    wish = await a_wish(
        conn, start=MONDAY_EIGHT + timedelta(minutes=minutes), length=timedelta(hours=hours)
    )

    with pytest.raises(TooLate):
        await book(conn, wish, by="person:1", now=MONDAY_EIGHT)


async def test_an_urgent_call_may_have_begun(conn):
    await a_directory(conn)
    wish = await a_wish(conn, start=MONDAY_EIGHT - timedelta(minutes=15))

    assert (await book(conn, wish, by="person:1", now=MONDAY_EIGHT)).period == wish.period


async def test_unknown_and_retired_sites_are_named(conn, owner):
    await a_directory(conn)
    unknown, retired, fine = SiteId(999_999), *(await some_sites(conn, 2))
    await owner.execute(
        "UPDATE sites SET valid = daterange('2025-07-01', '2026-11-30') WHERE id = $1", retired
    )
    wish = await a_wish(conn, sites=[fine, unknown, retired])

    with pytest.raises(SitesNotFound) as caught:
        await book(conn, wish, by="person:1", now=NOW)

    assert caught.value.sites == {unknown, retired}
    assert await conn.fetchval("SELECT count(*) FROM conferences") == 0


async def test_halls_of_a_retired_unit_cannot_be_booked(conn, owner):
    await a_directory(conn)
    [site] = await some_sites(conn, 1)
    await owner.execute(
        "UPDATE units SET valid = daterange('2025-07-01', '2026-01-01')"
        " WHERE id = (SELECT unit_id FROM sites WHERE id = $1)",
        site,
    )

    with pytest.raises(SitesNotFound):
        await book(conn, await a_wish(conn, sites=[site]), by="person:1", now=NOW)


async def test_changing_the_period_moves_every_hold(conn):
    await a_directory(conn)
    booked = await a_conference(conn)
    later = Period(MONDAY_EIGHT + HOUR, MONDAY_EIGHT + 3 * HOUR)

    changed = await amend(conn, booked.id, Changes(period=later), version=1, by="person:1", now=NOW)

    assert changed == replace(booked, period=later, version=2, changed_at=NOW)
    assert await conference_by_id(conn, booked.id) == changed
    assert await holds_of(conn, booked.id) == {
        (site, later.start, later.end) for site in booked.sites
    }


async def test_changing_the_sites_frees_those_left_out(conn):
    await a_directory(conn)
    first, second, third, fourth = await some_sites(conn, 4)
    booked = await a_conference(conn, sites=[first, second, third])

    changed = await amend(
        conn,
        booked.id,
        Changes(sites=frozenset({first, fourth}), main_site=fourth),
        version=1,
        by="person:1",
        now=NOW,
    )

    assert (changed.sites, changed.main_site) == (tuple(sorted([first, fourth])), fourth)
    assert {site for site, *_ in await holds_of(conn, booked.id)} == {first, fourth}
    assert (await a_conference(conn, sites=[second, third])).state is State.CONFIRMED


async def test_a_change_that_clashes_leaves_all_as_it_was(conn):
    await a_directory(conn)
    booked = await a_conference(conn)
    rival = await a_conference(conn, start=MONDAY_EIGHT + 2 * HOUR)
    longer = Period(MONDAY_EIGHT, MONDAY_EIGHT + 3 * HOUR)

    with pytest.raises(SiteBusy) as caught:
        async with conn.transaction():
            await amend(conn, booked.id, Changes(period=longer), version=1, by="person:1", now=NOW)

    assert {one.conference for one in caught.value.rivals} == {rival.id}
    assert await conference_by_id(conn, booked.id) == booked


async def test_a_change_that_changes_nothing_is_no_change(conn):
    await a_directory(conn)
    booked = await a_conference(conn)

    same = await amend(
        conn, booked.id, Changes(title=booked.title), version=1, by="person:1", now=NOW
    )

    assert same == booked
    assert len(await list_audit(conn, subject=f"conference:{booked.id}")) == 1


async def test_the_second_of_two_editors_is_told(conn):
    await a_directory(conn)
    booked = await a_conference(conn)
    await amend(conn, booked.id, Changes(title="Mới"), version=1, by="person:1", now=NOW)

    with pytest.raises(StaleVersion) as caught:
        await amend(conn, booked.id, Changes(title="Cũ"), version=1, by="person:2", now=NOW)

    assert caught.value.version == 2
    assert (await conference_by_id(conn, booked.id)).title == "Mới"


async def test_a_live_conference_may_grow_but_not_move(conn):
    await a_directory(conn)
    live = await a_conference(conn, state=State.LIVE)
    now = MONDAY_EIGHT + HOUR
    longer = Period(MONDAY_EIGHT, MONDAY_EIGHT + 3 * HOUR)

    grown = await amend(conn, live.id, Changes(period=longer), version=None, by="person:1", now=now)
    with pytest.raises(IllegalMove):
        await amend(
            conn,
            live.id,
            Changes(sites=frozenset(live.sites[:1])),
            version=None,
            by="person:1",
            now=now,
        )

    assert grown.period == longer


async def test_cancelling_frees_the_sites_and_keeps_the_record(conn):
    await a_directory(conn)
    booked = await a_conference(conn)

    gone = await cancel(conn, booked.id, reason="mưa lũ", version=1, by="person:1", now=NOW)

    assert await conference_by_id(conn, booked.id) == gone
    assert (gone.state, gone.cancel_reason, gone.sites) == (
        State.CANCELLED,
        "mưa lũ",
        booked.sites,
    )
    assert await holds_of(conn, booked.id) == set()
    assert (await a_conference(conn)).state is State.CONFIRMED


async def test_a_cancelled_conference_stays_cancelled(conn):
    await a_directory(conn)
    gone = await a_conference(conn, state=State.CANCELLED)

    with pytest.raises(IllegalMove):
        await cancel(conn, gone.id, reason="", version=None, by="person:1", now=NOW)
    with pytest.raises(IllegalMove):
        await end(conn, gone.id, by="person:1", now=NOW)
    assert await begin(conn, gone.id, NOW) == gone


async def test_ending_early_frees_the_rest_of_the_period(conn):
    await a_directory(conn)
    live = await a_conference(conn, state=State.LIVE)
    at = MONDAY_EIGHT + HOUR

    ended = await end(conn, live.id, by="person:1", now=at)

    assert (ended.state, ended.ended_at) == (State.ENDED, at)
    assert await holds_of(conn, live.id) == {(site, MONDAY_EIGHT, at) for site in live.sites}
    assert await end(conn, live.id, by="person:1", now=at + HOUR) == ended
    assert (await a_conference(conn, start=at)).period.start == at


async def test_conferences_begin_when_their_time_has_come(conn):
    await a_directory(conn)
    due = await a_conference(conn)
    await a_conference(conn, start=MONDAY_EIGHT + 4 * HOUR)

    assert await begin_due(conn, MONDAY_EIGHT) == [due.id]
    assert await begin_due(conn, MONDAY_EIGHT) == []
    assert (await conference_by_id(conn, due.id)).state is State.LIVE


async def test_a_closed_conference_is_the_end_of_its_life(conn):
    await a_directory(conn)
    ended = await a_conference(conn, state=State.ENDED)

    closed = await close(conn, ended.id, version=ended.version, by="person:1", now=NOW)

    assert closed.state is State.CLOSED
    assert await end(conn, ended.id, by="person:1", now=NOW) == closed


async def test_an_unknown_conference_is_named(conn):
    with pytest.raises(ConferenceNotFound) as caught:
        await conference_by_id(conn, ConferenceId(404))

    assert caught.value.conference == 404


async def test_seats_are_counted_at_each_instant(conn):
    await a_directory(conn)
    pool = await a_pool(conn, 100)
    morning = await a_conference(conn, sites=5)
    await hold_seats(conn, morning, pool, seats=60)
    after = await a_conference(conn, sites=5, start=morning.period.end)
    await hold_seats(conn, after, pool, seats=60)
    across = await a_conference(
        conn, sites=(await some_sites(conn, 8))[5:], start=MONDAY_EIGHT + HOUR
    )

    with pytest.raises(NoSeats) as caught:
        await hold_seats(conn, across, pool, seats=41)
    await hold_seats(conn, across, pool, seats=40)

    assert (caught.value.wanted, caught.value.free) == (41, 40)


async def test_amending_holds_seats_for_the_new_sites(conn):
    await a_directory(conn)
    pool = await a_pool(conn, 4)
    booked = await a_conference(conn, sites=3)
    await hold_seats(conn, booked, pool, seats=3)

    with pytest.raises(SiteBusy) as caught:
        await amend(
            conn,
            booked.id,
            Changes(sites=frozenset(await some_sites(conn, 5))),
            version=1,
            by="person:1",
            now=NOW,
        )

    assert [(one.rule.value, one.limit, one.given) for one in caught.value.reasons] == [
        ("no-seats", 4, 5)
    ]


async def test_rivals_are_told_without_booking(conn):
    await a_directory(conn)
    booked = await a_conference(conn, sites=2)

    found = await holds.list_rivals(conn, await some_sites(conn, 5), booked.period)

    assert [rival.site for rival in found] == await some_sites(conn, 2)
    assert await holds.list_busy(conn, await some_sites(conn, 5), booked.period) == [booked.period]


async def test_lists_are_filtered_by_time_subtree_and_words(conn):
    await a_directory(conn)
    [first, second] = await some_sites(conn, 2)
    one = await a_conference(conn, sites=[first], title="Tổng kết năm học", host="11.sgddt")
    two = await a_conference(conn, sites=[second], start=MONDAY_EIGHT + 24 * HOUR, host="11.syt")
    health = (await a_unit(conn, "11.syt")).id
    commune = await conn.fetchval("SELECT unit_id FROM sites WHERE id = $1", first)

    assert await list_conferences(conn) == [one, two]
    assert await list_conferences(conn, newest_first=True, limit=1) == [two]
    assert await list_conferences(conn, newest_first=True, after=two.id) == [one]
    assert await list_conferences(conn, after=one.id) == [two]
    assert await list_conferences(conn, before_moment=one.period.end) == [one]
    assert await list_conferences(conn, after_moment=one.period.end) == [two]
    assert await list_conferences(conn, units=[health]) == [two]
    assert await list_conferences(conn, units=[commune]) == [one]
    assert await list_conferences(conn, q="tong ket") == [one]
    assert await list_conferences(conn, site=second) == [two]
    assert await list_conferences(conn, states=[State.LIVE]) == []
    assert (await count_by_state(conn))[State.CONFIRMED] == 2
