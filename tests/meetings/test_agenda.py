"""The plan inside a conference: times follow from lengths, segments leave no gap."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.content.agenda import (
    AgendaItem,
    Plan,
    Segment,
    SegmentMode,
    check_segments,
    timed,
    warnings,
)
from meetings.content.agenda_errors import BadSegments
from meetings.model import Period
from tests.makers import MONDAY_EIGHT

TWO_HOURS = Period(MONDAY_EIGHT, MONDAY_EIGHT + timedelta(hours=2))

items = st.lists(
    st.builds(
        AgendaItem,
        title=st.just("Báo cáo"),
        minutes=st.integers(1, 90),
        at_minute=st.none() | st.integers(-10, 200),
    ),
    max_size=12,
)


def relay(start: int, end: int) -> Segment:
    return Segment(mode=SegmentMode.RELAY, from_minute=start, to_minute=end, upstream="Trung ương")


def test_points_follow_each_other_from_the_start():
    found = timed(
        [
            AgendaItem(title="Khai mạc", minutes=10),
            AgendaItem(title="Giải lao", minutes=15, at_minute=60),
            AgendaItem(title="Kết luận", minutes=20),
        ],
        MONDAY_EIGHT,
    )

    begins = [int((one.period.start - MONDAY_EIGHT).total_seconds() // 60) for one in found]
    assert begins == [0, 60, 75]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(60, None), (60, None)], []),
        ([(60, None), (61, None)], ["overruns"]),
        ([(60, None), (10, 30)], ["overlaps"]),
        ([(10, -5)], ["before-start", "overlaps"]),
    ],
)
def test_odd_agenda_is_told(points, expected):
    agenda = tuple(AgendaItem(title="x", minutes=long, at_minute=at) for long, at in points)

    assert warnings(Plan(items=agenda), TWO_HOURS) == expected


@given(items)
def test_every_point_has_its_length_and_its_place(agenda):
    found = timed(agenda, MONDAY_EIGHT)

    assert [one.item for one in found] == agenda
    for one in found:
        assert one.period.end - one.period.start == timedelta(minutes=one.item.minutes)
    for before, after in itertools.pairwise(found):
        if after.item.at_minute is None:
            assert after.period.start == before.period.end


@given(st.lists(st.integers(0, 120), min_size=2, max_size=8, unique=True).map(sorted))
def test_segments_cut_at_these_minutes_are_taken_and_cover_each_minute_once(cuts):
    segments = [relay(start, end) for start, end in itertools.pairwise(cuts)]

    check_segments(segments, TWO_HOURS)
    covered = [minute for one in segments for minute in range(one.from_minute, one.to_minute)]
    assert covered == list(range(cuts[0], cuts[-1]))


@pytest.mark.parametrize(
    ("segments", "reason"),
    [
        ([relay(0, 60), relay(70, 120)], "gap"),
        ([relay(0, 60), relay(50, 120)], "gap"),
        ([relay(0, 121)], "outside"),
        ([relay(-1, 20)], "outside"),
        ([relay(20, 20)], "empty"),
    ],
)
def test_segments_with_gaps_or_outside_are_refused(segments, reason):
    with pytest.raises(BadSegments) as caught:
        check_segments(segments, TWO_HOURS)

    assert caught.value.reason == reason
