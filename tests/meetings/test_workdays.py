"""Working days as offices keep them: swaps of 2026, Tết, and the hours of two seasons."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.office.workdays import SUMMER, USUAL, WINTER, is_working_day, next_working_day


@pytest.mark.parametrize(
    ("off", "worked"),
    [(date(2026, 1, 2), date(2026, 1, 10)), (date(2026, 8, 31), date(2026, 8, 22))],
)
def test_days_swapped_in_2026_are_off_and_their_saturdays_are_worked(off, worked):
    assert (off.weekday() < 5, worked.weekday()) == (True, 5)
    assert (is_working_day(off), is_working_day(worked)) == (False, True)


def test_next_working_day_after_the_eve_of_tet_is_after_the_holidays():
    assert next_working_day(date(2026, 2, 13)) == date(2026, 2, 23)


def test_three_working_days_before_a_conference_skip_holidays_and_weekends():
    assert USUAL.add_working_days(date(2026, 5, 5), -3) == date(2026, 4, 28)
    assert USUAL.add_working_days(date(2026, 8, 24), -1) == date(2026, 8, 22)


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2026, 1, 5), WINTER),
        (date(2026, 4, 15), WINTER),
        (date(2026, 4, 16), SUMMER),
        (date(2026, 10, 15), SUMMER),
        (date(2026, 10, 16), WINTER),
    ],
)
def test_hours_change_with_the_season(day, season):
    assert USUAL.hours_on(day) == season
    assert season.lunch_begins == time(11, 30)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(-30, 30))
def test_adding_working_days_counts_exactly_the_working_days_passed(day, count):
    reached = USUAL.add_working_days(day, count)

    first, last = sorted([day, reached])
    passed = [date.fromordinal(one) for one in range(first.toordinal(), last.toordinal() + 1)]
    passed.remove(day)
    assert sum(map(is_working_day, passed)) == abs(count)
    assert count == 0 or is_working_day(reached)
