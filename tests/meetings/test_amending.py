"""Dates that change places: those whose place another one takes let go first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetings.conflicts import Obstacle
from meetings.model import ConferenceId, Period, SiteId
from meetings.scheduling.amending import Amendment, crossing
from meetings.scheduling.judging import Judged, nearest
from meetings.scheduling.reasons import Holder, HolderKind
from meetings.scheduling.resources import Hall
from tests.meetings.test_seriesedits import on_week

HOUR = timedelta(hours=1)
SET_UP = timedelta(minutes=30)
HALLS = {SiteId(1): Hall(site=SiteId(1), set_up=SET_UP)}
PLACES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)
BASE = on_week(0)
HOLDER = Holder(kind=HolderKind.CONFERENCE, id=7)
OBSTACLE = Obstacle(holder=HOLDER, period=BASE.period, subjects=())


def at(hour: int) -> Period:
    return Period(BASE.period.start + hour * HOUR, BASE.period.start + (hour + 1) * HOUR)


def moved(number: int, old: int, new: int) -> Amendment:
    before = replace(BASE, id=ConferenceId(number), period=at(old))
    return Amendment(
        before=before, after=replace(before, period=at(new)), judged=Judged(halls=HALLS)
    )


@given(PLACES)
def test_who_lets_go_first_is_whoever_another_one_comes_near(places: list[tuple[int, int]]):
    found = [moved(number, old, new) for number, (old, new) in enumerate(places)]

    crossed = crossing(found)

    assert crossed == {
        there.before.id
        for there in found
        for comes in found
        if there is not comes
        and there.moves
        and comes.moves
        and there.before.period.start < comes.after.period.end + SET_UP
        and comes.after.period.start < there.before.period.end + SET_UP
    }


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(0, 3))
def test_nothing_near_a_date_is_overlooked(hours: list[int], margin: int):
    periods = [at(hour) for hour in hours]
    stretches = [at(hour) for hour in range(0, 33, 3)]
    obstacles = [replace(OBSTACLE, period=one) for one in stretches]

    found = nearest(periods, obstacles, margin=margin * HOUR)

    for period, around in zip(periods, found, strict=True):
        wide = Period(period.start - margin * HOUR, period.end + margin * HOUR)
        wanted = [one for one in obstacles if one.period.overlaps(wide)]
        assert [one for one in around if one in wanted] == wanted
