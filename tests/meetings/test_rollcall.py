"""Sheets: present, late, gone early, absent only when we looked."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.attendance.presence import seconds_within, union, within
from meetings.attendance.rollcall import sheet, sheet_of
from meetings.model import (
    Attendance,
    BlindSpot,
    Conference,
    ConferenceId,
    Interval,
    Kind,
    Period,
    SheetRow,
    SiteId,
    State,
    UnitId,
)
from meetings.store.presences import (
    list_blind_spots,
    list_presences,
    replace_presences,
)
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, some_sites

START = datetime(2026, 11, 30, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HALL, OTHER = SiteId(1), SiteId(2)


def at(minutes):
    return START + timedelta(minutes=minutes)


def stay(start, end, evidence="events"):
    return Interval(start=at(start), end=None if end is None else at(end), evidence=evidence)


def held(state=State.ENDED, ended=120, sites=(HALL,)):
    """Return a conference of two hours."""
    return Conference(
        id=ConferenceId(1),
        title="Giao ban",
        kind=Kind.BRIEFING,
        state=state,
        host=UnitId(1),
        chair="",
        main_site=sites[0],
        sites=sites,
        period=Period(START, at(120)),
        note="",
        version=1,
        cancel_reason="",
        ended_at=at(ended) if state is State.ENDED else None,
        created_by="program:test",
        demo=False,
    )


def row_of(*intervals, conference=None, blind=(), now=200):
    [row] = sheet(conference or held(), {HALL: intervals}, blind, {}, at(now))
    return row


def test_a_hall_that_stayed_is_present():
    row = row_of(stay(-20, 121))

    assert row == SheetRow(
        site=HALL,
        state=Attendance.PRESENT,
        intervals=(stay(-20, 121),),
        present_seconds=7200,
        first_in=at(-20),
        last_out=at(121),
    )


@pytest.mark.parametrize(
    ("minutes", "state", "late"),
    [(5, Attendance.PRESENT, 0), (5.02, Attendance.LATE, 5), (18, Attendance.LATE, 18)],
)
def test_later_than_five_minutes_is_late(minutes, state, late):
    row = row_of(stay(minutes, 120))

    assert (row.state, row.late_minutes) == (state, late)


@pytest.mark.parametrize(("minutes", "early"), [(115, 0), (114.9, 5), (60, 60)])
def test_gone_more_than_five_minutes_before_the_end_is_early(minutes, early):
    assert row_of(stay(0, minutes)).left_early_minutes == early


def test_a_conference_that_ended_early_sends_nobody_home_early():
    row = row_of(stay(0, 59), conference=held(ended=60))

    assert (row.left_early_minutes, row.present_seconds) == (0, 59 * 60)


def test_coming_back_is_not_leaving_early():
    row = row_of(stay(0, 90), stay(91, 120))

    assert (row.left_early_minutes, row.present_seconds) == (0, 119 * 60)
    assert row.intervals == (stay(0, 90), stay(91, 120))


def test_a_hall_seen_only_before_the_start_did_not_come():
    row = row_of(stay(-60, -30))

    assert (row.state, row.present_seconds) == (Attendance.ABSENT, 0)
    assert row.intervals == (stay(-60, -30),)


def test_a_hall_that_came_after_the_planned_end_is_late_with_no_time():
    row = row_of(stay(125, 130), conference=held(ended=140))

    assert (row.state, row.late_minutes, row.present_seconds) == (Attendance.LATE, 125, 0)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.CONFIRMED, Attendance.EXPECTED),
        (State.LIVE, Attendance.EXPECTED),
        (State.ENDED, Attendance.ABSENT),
    ],
)
def test_a_hall_is_absent_only_after_the_end(state, said):
    assert row_of(conference=held(state)).state is said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        ((10, 40), Attendance.UNKNOWN),
        ((10, 12), Attendance.ABSENT),
        ((-60, -10), Attendance.ABSENT),
        ((130, 160), Attendance.ABSENT),
    ],
)
def test_a_hall_we_could_not_see_is_unknown(minutes, said):
    spot = BlindSpot(period=Period(*map(at, minutes)), reason="bridge-restarted")

    assert row_of(blind=[spot]).state is said


def test_a_hall_seen_is_present_also_where_we_were_blind():
    spot = BlindSpot(period=Period(at(10), at(40)), reason="bridge-restarted")

    assert row_of(stay(0, 120), blind=[spot]).state is Attendance.PRESENT


def test_a_hall_still_in_counts_until_now():
    row = row_of(stay(0, None), conference=held(State.LIVE), now=30)

    assert (row.present_seconds, row.last_out, row.state) == (1800, None, Attendance.PRESENT)


def test_headcounts_stand_on_the_sheet():
    rows = sheet(held(sites=(HALL, OTHER)), {}, (), {OTHER: 43}, at(200))

    assert [(row.site, row.headcount) for row in rows] == [(HALL, None), (OTHER, 43)]


INTERVALS = st.lists(
    st.tuples(st.integers(-60, 180), st.integers(0, 90)).map(
        lambda drawn: stay(drawn[0], drawn[0] + drawn[1])
    ),
    max_size=12,
)


@given(INTERVALS, st.randoms())
def test_union_does_not_depend_on_order_or_doubling(intervals, rng):
    shuffled = intervals * 2
    rng.shuffle(shuffled)

    assert union(shuffled) == union(intervals)
    assert union(union(intervals)) == union(intervals)


@given(INTERVALS)
def test_union_never_touches_itself(intervals):
    found = union(intervals)

    assert all(one.end and one.end < other.start for one, other in pairwise(found))


@given(INTERVALS)
def test_present_seconds_are_those_counted_one_by_one(intervals):
    minutes = {
        minute
        for minute in range(120)
        if any(one.start <= at(minute) < one.end for one in intervals)
    }

    assert row_of(*union(intervals)).present_seconds == len(minutes) * 60
    assert seconds_within(intervals, START, at(120)) == len(minutes) * 60


@given(INTERVALS)
def test_within_keeps_whole_what_shares_an_instant(intervals):
    assert set(within(intervals, START, at(120))) == {
        one for one in intervals if one.start < at(120) and one.end > START
    }


def test_a_merged_interval_names_all_its_evidence():
    found = union([stay(0, 10, "events"), stay(5, None, "census"), stay(7, 8, "events")])

    assert found == (stay(0, None, "census+events"),)


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (("events", "heartbeat"), "events"),
        (("events", "estimated"), "estimated"),
        (("census", "events"), "census"),
        (("heartbeat", "failover"), "failover"),
    ],
)
def test_of_two_ends_at_once_the_less_sure_one_is_told(ends, told):
    both = [
        Interval(start=at(n), end=at(9), evidence=one, start_evidence="events", end_evidence=one)
        for n, one in enumerate(ends)
    ]

    [found] = union(both)

    assert found.end_evidence == told


async def test_the_sheet_is_in_vietnamese_order(conn):
    await a_directory(conn)
    booked = await a_conference(conn, sites=45, state=State.ENDED)

    rows = await sheet_of(conn, booked.id, MONDAY_EIGHT + timedelta(hours=3))

    assert [row.site for row in rows] == await some_sites(conn, 45)


async def test_presences_are_kept_and_replaced_whole(conn):
    await a_directory(conn)
    booked = await a_conference(conn, state=State.ENDED)
    first, second, _ = await some_sites(conn, 3)
    spot = BlindSpot(period=Period(at(0), at(1)), reason="bridge-restarted")
    await replace_presences(conn, booked.id, {second: [stay(0, 10)]}, [])

    await replace_presences(
        conn, booked.id, {first: [stay(0, 10), stay(20, 120)], SiteId(999): [stay(0, 1)]}, [spot]
    )

    assert await list_presences(conn, booked.id) == {first: (stay(0, 10), stay(20, 120))}
    assert await list_blind_spots(conn, booked.id) == [spot]
    rows = await sheet_of(conn, booked.id, at(200))
    assert [(row.state, row.present_seconds) for row in rows] == [
        (Attendance.PRESENT, 110 * 60),
        (Attendance.ABSENT, 0),
        (Attendance.ABSENT, 0),
    ]
