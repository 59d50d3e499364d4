"""Half-open periods: Python, the constraint and the alternatives agree (T-A6)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.conflicts import Busy, Unexplored, alternatives, merged, to_explore
from meetings.model import Kind, Period, SiteId, UnitId, Wish
from meetings.office.workdays import USUAL, is_working_day, local_day, next_working_day
from meetings.scheduling.ways import WayKind
from meetings.store.claims import lock_keys
from tests.makers import MONDAY_EIGHT, a_directory, a_unit, some_sites

# Around a leap day, a year's end and midnight, to the minute.
EDGES = (
    datetime(2028, 2, 29, 17, tzinfo=UTC),
    datetime(2026, 12, 31, 17, tzinfo=UTC),
    datetime(2026, 11, 30, 1, tzinfo=UTC),
)
MINUTES = st.integers(-180, 180).map(lambda minutes: timedelta(minutes=minutes))
PERIODS = st.builds(
    lambda edge, begin, length: Period(edge + begin, edge + begin + timedelta(minutes=length)),
    st.sampled_from(EDGES),
    MINUTES,
    st.integers(1, 240),
)
SITES = frozenset({SiteId(1), SiteId(2), SiteId(3)})
NOW = MONDAY_EIGHT - timedelta(days=3)


def a_wish_for(period):
    return Wish(
        title="x",
        kind=Kind.BRIEFING,
        host=UnitId(1),
        chair="",
        main_site=SiteId(1),
        sites=SITES,
        period=period,
    )


@given(PERIODS, PERIODS)
def test_overlap_is_symmetric_and_means_a_shared_minute(one, other):
    shared = max(one.start, other.start) < min(one.end, other.end)

    assert one.overlaps(other) == other.overlaps(one) == shared
    assert (one.seconds_within(other.start, other.end) > 0) == shared


@pytest.mark.parametrize("end", [EDGES[0], EDGES[0] - timedelta(seconds=1)])
def test_an_empty_or_backward_period_is_refused(end):
    with pytest.raises(ValueError, match="must end after"):
        Period(EDGES[0], end)


def test_a_period_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        Period(EDGES[0].replace(tzinfo=None), EDGES[0])


@given(st.lists(PERIODS, max_size=8), PERIODS)
def test_busy_meets_what_any_of_its_periods_overlaps(periods, asked):
    assert Busy(periods).meets(asked) == any(one.overlaps(asked) for one in periods)


@given(st.lists(PERIODS, max_size=8))
def test_merged_periods_hold_the_same_minutes(periods):
    probes = [edge + timedelta(minutes=minutes) for edge in EDGES for minutes in range(-200, 450)]

    def covered(among):
        return {probe for probe in probes if any(p.start <= probe < p.end for p in among)}

    assert covered(merged(periods)) == covered(periods)


async def test_python_and_the_constraint_agree(conn):
    await a_directory(conn)
    [site] = await some_sites(conn, 1)
    host = (await a_unit(conn)).id
    ids = [
        await conn.fetchval(
            "INSERT INTO conferences (title, folded, kind, state, host_unit_id, main_site_id,"
            " period, created_by, changed_at) VALUES ('x', 'x', 'other', 'confirmed', $1, $2,"
            " '[2026-01-01, 2026-01-02)', 'program:test', now()) RETURNING id",
            host,
            site,
        )
        for _ in range(2)
    ]

    async def fits(*periods):
        """Tell whether the database takes firm holds of one site for all the periods."""
        transaction = conn.transaction()
        await transaction.start()
        try:
            for conference, period in zip(ids, periods, strict=True):
                await conn.execute(
                    "INSERT INTO holds VALUES ($1, $2, tstzrange($3, $4), TRUE)",
                    conference,
                    site,
                    period.start,
                    period.end,
                )
        except asyncpg.ExclusionViolationError:
            return False
        else:
            return True
        finally:
            await transaction.rollback()

    examples = [(one, other) for one in _grid() for other in _grid()]
    disagreements = [
        (one, other) for one, other in examples if await fits(one, other) == one.overlaps(other)
    ]

    assert disagreements == []


def _grid():
    """Return periods that touch, nest, cross and miss each other, around the end of a year."""
    edge = EDGES[1]
    return [
        Period(edge + timedelta(minutes=start), edge + timedelta(minutes=start + length))
        for start in (-60, -30, 0, 30)
        for length in (1, 30, 60, 90)
    ]


@settings(max_examples=300)
@given(st.lists(PERIODS, max_size=6), PERIODS, st.sets(st.sampled_from(sorted(SITES)), max_size=3))
def test_three_alternatives_always_and_all_of_them_free(periods, wished, taken):
    wish = a_wish_for(wished)
    busy = [*periods, wished] if taken else periods
    now = min([wished.start, *(period.start for period in busy)])

    found = alternatives(wish, Busy(busy), taken=frozenset(taken), now=now)

    assert len(found) == len(set(found)) == 3
    for one in found:
        assert one.main_site in one.sites <= SITES
        if one.period == wished:
            assert one.sites == SITES - taken
        else:
            assert not any(period.overlaps(one.period) for period in busy)
            assert one.sites == SITES
            assert one.period.start >= now
            assert one.period.end - one.period.start == wished.end - wished.start


# Up to a week and a half of whole days on which nothing is free, so that some must look further.
FULL_DAYS = st.lists(
    st.integers(0, 10).map(
        lambda day: Period(
            EDGES[0] + timedelta(days=day), EDGES[0] + timedelta(days=day, hours=23, minutes=59)
        )
    ),
    max_size=11,
)


@settings(max_examples=300)
@given(st.lists(PERIODS, max_size=6), FULL_DAYS, PERIODS, st.booleans())
def test_looking_at_the_days_ahead_first_finds_the_same(periods, full, wished, taken):
    wish, now = a_wish_for(wished), wished.start - timedelta(days=1)
    near, far = to_explore(wish, now, USUAL)
    busy = [*periods, *full, wished]

    def found(within, explored=None):
        held = Busy([one for one in busy if one.overlaps(within)], explored=explored)
        return alternatives(wish, held, taken=SITES if taken else frozenset(), now=now)

    whole = found(Period(now, far.end))
    try:
        ahead = found(near, near.end)
    except Unexplored:
        ahead = found(far)

    assert ahead == whole


def test_what_nobody_looked_at_is_not_taken_for_free():
    eight = Period(MONDAY_EIGHT, MONDAY_EIGHT + timedelta(hours=2))
    week = Period(eight.start - timedelta(hours=8), eight.start + timedelta(days=7))
    explored = eight.start + timedelta(days=5)

    with pytest.raises(Unexplored):
        alternatives(a_wish_for(eight), Busy([week], explored=explored), taken=SITES, now=NOW)


def at(hours: float, *, day: int = 0) -> datetime:
    """Return so many hours after Monday, midnight."""
    return MONDAY_EIGHT + timedelta(days=day, hours=hours - 8)


def test_the_first_alternative_is_soon_on_the_same_day():
    """Two hours wished at eight; the hall is taken until ten past nine, lunch begins at 11:30."""
    rival = Period(at(7.5), at(9) + timedelta(minutes=10))

    same_day, next_day, fewer = alternatives(
        a_wish_for(Period(at(8), at(10))), Busy([rival]), taken=frozenset({SiteId(3)}), now=NOW
    )

    assert same_day.period.start == at(9.5)
    assert next_day.period.start == at(8, day=1)
    assert (fewer.kind, fewer.sites, fewer.left_out) == (
        WayKind.FEWER_SITES,
        SITES - {SiteId(3)},
        frozenset({SiteId(3)}),
    )


def test_times_that_nothing_speaks_against_come_first():
    """Not through lunch at 10:30, not tight at 10:15, nor 07:30 beside 08:00 of the same day."""
    eight = Period(at(8), at(10))

    found = alternatives(a_wish_for(eight), Busy([Period(at(8), at(10.25))]), taken=SITES, now=NOW)

    assert [one.period.start for one in found] == [at(13), at(8, day=1), at(13, day=1)]
    assert [one.kind for one in found] == [WayKind.OTHER_TIME] * 3


def test_who_asks_for_an_evening_is_offered_an_evening():
    evening = Period(at(18.5), at(20))

    found = alternatives(a_wish_for(evening), Busy([evening]), taken=SITES, now=NOW)

    assert at(18.5, day=1) in [one.period.start for one in found]


def test_the_main_hall_never_falls_away():
    eight = Period(at(8), at(10))
    main, second, third = SiteId(1), SiteId(2), SiteId(3)

    def kinds(taken, spares):
        found = alternatives(
            a_wish_for(eight), Busy([eight]), taken=frozenset(taken), now=NOW, spares=spares
        )
        return {one.kind: (one.main_site, one.sites) for one in found if one.period == eight}

    assert kinds({main}, {}) == {}
    assert kinds({main, second}, {second: 9}) == {}
    assert kinds({main}, {main: 8}) == {WayKind.OTHER_HALLS: (8, {8, second, third})}
    assert kinds({main, second}, {main: 8}) == {WayKind.FEWER_SITES: (8, {8, third})}
    assert kinds({main, second}, {main: 8, second: 9}) == {
        WayKind.OTHER_HALLS: (8, {8, 9, third}),
        WayKind.FEWER_SITES: (8, {8, third}),
    }


def test_nobody_is_offered_one_hall_in_place_of_several():
    eight = Period(at(8), at(10))

    found = alternatives(a_wish_for(eight), Busy([eight]), taken=SITES - {SiteId(1)}, now=NOW)

    assert [len(one.sites) for one in found] == [3, 3, 3]


def test_no_alternative_reaches_past_the_end_of_a_unit():
    eight = Period(MONDAY_EIGHT, MONDAY_EIGHT + timedelta(hours=2))
    until = MONDAY_EIGHT + timedelta(days=1)

    found = alternatives(a_wish_for(eight), Busy([eight]), taken=SITES, now=NOW, until=until)

    assert all(one.period.end <= until for one in found)


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2026-11-27", "2026-11-30"),
        ("2026-04-24", "2026-04-28"),
        ("2026-01-09", "2026-01-10"),
        ("2027-02-03", "2027-02-11"),
    ],
)
def test_the_next_working_day_skips_weekends_and_holidays(day, following):
    day, following = (datetime.fromisoformat(text).date() for text in (day, following))

    assert next_working_day(day) == following
    assert is_working_day(following)


def test_the_local_day_begins_at_seventeen_utc():
    assert local_day(EDGES[1]).isoformat() == "2027-01-01"
    assert local_day(EDGES[1].astimezone(ZoneInfo("America/New_York"))).isoformat() == "2027-01-01"


@given(PERIODS, PERIODS, st.sets(st.integers(1, 200), min_size=1), st.sets(st.integers(1, 200)))
def test_bookings_that_could_clash_share_a_lock(one, other, sites, others):
    keys = set(lock_keys([*map(SiteId, sites)], one))
    other_keys = set(lock_keys([*map(SiteId, others)], other))

    if one.overlaps(other) and sites & others:
        assert keys & other_keys
    assert lock_keys([*map(SiteId, sites)], one) == sorted(keys)


def test_a_morning_and_an_afternoon_share_no_lock():
    morning = Period(MONDAY_EIGHT, MONDAY_EIGHT + timedelta(hours=3))
    afternoon = Period(MONDAY_EIGHT + timedelta(hours=7), MONDAY_EIGHT + timedelta(hours=9))

    assert not set(lock_keys(sorted(SITES), morning)) & set(lock_keys(sorted(SITES), afternoon))
    assert len(lock_keys([SiteId(1)], morning)) == 1
