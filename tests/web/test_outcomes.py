"""A series under another rule: whoever cannot go stays, and nobody is put where they are."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from meetings.series.edits import SeriesChanges, changed
from meetings.series.plan import Skipped, SkipReason
from meetings.series.recurrence import expand
from meetings.series.reshaping import reshaped, without
from tests.meetings.test_reshaping import TOUCHED, plan_of, touched
from tests.meetings.test_seriesedits import FIRST, SERIES, on_week
from web.series.outcomes import Asked, Turn, settled, stayed_of, why_stayed

WEEKS = 8
DAILY = f"FREQ=DAILY;COUNT={7 * WEEKS}"
"""At night, until after the others have begun in the morning."""


@given(
    st.lists(TOUCHED, min_size=WEEKS, max_size=WEEKS),
    st.sets(st.one_of(st.sampled_from(range(0, 7 * WEEKS, 7)), st.integers(0, 7 * WEEKS))),
)
def test_no_two_dates_of_a_series_are_held_at_once_whoever_stays(
    hands: list[str], clashing: set[int]
):
    held = {
        FIRST + timedelta(weeks=week): touched(on_week(week), how) for week, how in enumerate(hands)
    }
    by_id = {one.id: one for one in held.values()}
    days = {one.id: day for day, one in held.items()}
    after = changed(SERIES, SeriesChanges(rrule=DAILY, starts_at=time(20), minutes=900))
    found = reshaped(SERIES, after, held, plan_of(after, set()))
    asked = Asked(found=found, changed={}, own=(), judged={}, new={})
    turn = Turn(before=SERIES, after=after, held=by_id, days=days, repeats=True)
    dates: list[date] = expand(after.schedule.rule, FIRST)
    taken = [
        Skipped(date=day, reason=SkipReason.CLASH)
        for number, day in enumerate(dates)
        if number in clashing
    ]

    end, left_out = settled(turn, asked, without(found, taken, SERIES, by_id), taken)

    stayed = stayed_of(asked, end)
    periods = [one.period for one in (*end.new, *end.moving.values())]
    periods += [by_id[number].period for number in stayed]
    assert not any(one.overlaps(other) for one, other in combinations(periods, 2))
    assert set(why_stayed(asked, stayed, left_out)) == stayed
    assert sorted([*end.dates, *end.gone]) == sorted(by_id)
