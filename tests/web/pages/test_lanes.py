"""Places on grids of time: nothing is lost, nothing drawn outside, lanes never overlap."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

import web
from meetings.office.workdays import ZONE, day_period
from meetings.period import Period
from web.pages.views.lanes import (
    FIRST_HOUR,
    HOURS_A_DAY,
    LAST_HOUR,
    Grid,
    grid_for,
    now_slot,
    place,
    side_by_side,
    week_of,
    weeks_of_month,
)

MONDAY = date(2026, 11, 30)
BEGIN = datetime(2026, 11, 29, 12, tzinfo=UTC)
MOST_SLOTS = 672
"""Seven whole days in quarters of an hour; web/static/slots.css has a class for each."""

periods = some.builds(
    lambda minute, length: Period(
        BEGIN + timedelta(minutes=minute), BEGIN + timedelta(minutes=minute + length)
    ),
    some.integers(0, 9 * 24 * 60),
    some.integers(1, 30 * 60),
)
many = some.lists(periods, max_size=25)
widths = some.sampled_from([5, 15, 30, 60])
spans = some.sampled_from([(MONDAY,), week_of(MONDAY)])


def at(day: int, hour: float, hours: float) -> Period:
    start = datetime(2026, 11, 30, tzinfo=ZONE) + timedelta(days=day, hours=hour)
    return Period(start, start + timedelta(hours=hours))


@given(many, spans, widths)
def test_place_loses_nothing_and_draws_nothing_outside(found, days, minutes):
    grid = grid_for(days, found, minutes=minutes)
    places = place(found, grid, period_of=lambda one: one)
    shown = day_period(days[0], days[-1])

    touching = [one for one in found if one.overlaps(shown)]
    assert sorted(map(repr, (one.item for one in places))) == sorted(map(repr, touching))
    assert all(
        0 <= one.start < one.end <= grid.slots <= MOST_SLOTS * 15 // minutes for one in places
    )


@given(many, spans, widths)
def test_place_never_lets_two_overlap_in_a_lane(found, days, minutes):
    places = place(found, grid_for(days, found, minutes=minutes), period_of=lambda one: one)

    for one, other in combinations(places, 2):
        if one.lane == other.lane:
            assert one.end <= other.start or other.end <= one.start


@given(many, widths)
def test_place_uses_as_few_lanes_as_the_busiest_slot_needs(found, minutes):
    grid = grid_for((MONDAY,), found, minutes=minutes)
    places = place(found, grid, period_of=lambda one: one)

    busiest = max(
        (sum(one.start <= slot < one.end for one in places) for slot in range(grid.slots)),
        default=0,
    )
    assert max((one.lane + 1 for one in places), default=0) == busiest


@given(many, widths)
def test_place_never_shows_less_than_the_period(found, minutes):
    grid = grid_for((MONDAY,), found, minutes=minutes)
    opens = day_period(MONDAY).start + timedelta(hours=grid.first)
    shown = day_period(MONDAY)

    for one in place(found, grid, period_of=lambda one: one):
        start = opens + timedelta(minutes=minutes * one.start)
        end = opens + timedelta(minutes=minutes * one.end)
        assert start <= max(one.item.start, shown.start)
        assert end >= min(one.item.end, shown.end)
        assert (one.before, one.after) == (
            one.item.start < shown.start,
            one.item.end > shown.end,
        )


@given(many, widths)
def test_groups_side_by_side_do_not_touch_each_other(found, minutes):
    places = place(found, grid_for((MONDAY,), found, minutes=minutes), period_of=lambda one: one)
    groups = side_by_side(places)

    assert sum(map(len, groups)) == len(places)
    for group, following in pairwise(groups):
        assert max(one.end for one in group) <= min(one.start for one in following)
    for group in groups:
        assert {one.lane for one in group} == set(range(max(one.lane for one in group) + 1))


def test_place_of_one_morning_on_a_quarter_grid():
    grid = Grid(days=(MONDAY,), first=7, last=18, minutes=15)

    (found,) = place([at(0, 8, 2.5)], grid, period_of=lambda one: one)

    assert (found.start, found.end, found.span, found.lane) == (4, 14, 10, 0)


def test_place_of_a_night_goes_over_the_edge_of_its_day():
    night = at(0, 22, 4)
    days = week_of(MONDAY)
    grid = grid_for(days, [night], minutes=15)

    (found,) = place([night], grid, period_of=lambda one: one)

    assert (grid.first, grid.last, found.start, found.end) == (0, 24, 88, 104)


def test_neighbours_that_only_meet_share_a_lane():
    found = [at(0, 8, 2), at(0, 10, 1)]

    places = place(found, grid_for((MONDAY,), found, minutes=5), period_of=lambda one: one)

    assert [one.lane for one in places] == [0, 0]


def test_grid_of_a_quiet_day_has_the_working_hours():
    grid = grid_for((MONDAY,), [], minutes=15)

    assert (grid.first, grid.last, grid.a_day, grid.slots) == (7, 18, 44, 44)


def test_now_is_shown_only_inside_the_hours():
    grid = grid_for((MONDAY,), [], minutes=15)

    shown = [now_slot(at(0, hour, 1).start, grid) for hour in (6.9, 7, 12.26, 18, 32)]

    assert shown == [None, 0, 21, None, None]


def test_weeks_of_a_month_are_whole():
    weeks = weeks_of_month(date(2027, 2, 10))

    assert [(week[0], week[-1]) for week in weeks] == [
        (date(2027, 2, 1), date(2027, 2, 7)),
        (date(2027, 2, 8), date(2027, 2, 14)),
        (date(2027, 2, 15), date(2027, 2, 21)),
        (date(2027, 2, 22), date(2027, 2, 28)),
    ]


def test_every_slot_has_its_class():
    text = (Path(web.__file__).parent / "static" / "slots.css").read_text("utf-8")

    starts = {
        int(n): int(line) for n, line in re.findall(r"\.s(\d+)\{grid-column-start:(\d+)\}", text)
    }
    lengths = {
        int(n): int(span) for n, span in re.findall(r"\.n(\d+)\{grid-column-end:span (\d+)\}", text)
    }

    assert starts == {n: n + 1 for n in range(MOST_SLOTS)}
    assert lengths == {n: n for n in range(1, MOST_SLOTS + 1)}


def test_every_length_of_a_grid_has_its_classes():
    text = (Path(web.__file__).parent / "static" / "slots.css").read_text("utf-8")

    columns = {int(n): int(m) for n, m in re.findall(r"\.q(\d+)\{[^}]*repeat\((\d+),", text)}
    hours = {int(n): int(m) for n, m in re.findall(r"\.o(\d+)\{[^}]*calc\(100%/(\d+)\)", text)}

    shown = range(LAST_HOUR - FIRST_HOUR, 2 * HOURS_A_DAY + 1)
    assert ({n: columns.get(n * 12) for n in shown}, {n: hours.get(n) for n in shown}) == (
        {n: n * 12 for n in shown},
        {n: n for n in shown},
    )
