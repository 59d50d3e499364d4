"""When an upstream was lost, as the record of the relaying hall shows it; pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetings.content.upstreams import (
    SHORTEST_LOSS,
    Loss,
    Source,
    Upstream,
    absences,
    cut_off,
)
from meetings.model import BlindSpot, Interval, Period, SiteId

START = datetime(2026, 11, 30, 1, tzinfo=UTC)
PART = Period(START, START + timedelta(hours=2))
LATER = START + timedelta(days=1)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def seen(start: float, end: float | None) -> Interval:
    return Interval(start=at(start), end=None if end is None else at(end), evidence="events")


def lost(part: Period, intervals: list[Interval], now: datetime, blind=()) -> list[object]:
    found = absences(part, intervals, blind, now)
    assert {one.source for one in found} <= {Source.RELAY}
    return [
        (
            (one.start - START) / timedelta(minutes=1),
            None if one.end is None else (one.end - START) / timedelta(minutes=1),
        )
        for one in found
    ]


def test_what_the_hall_was_not_in_for_is_lost_and_a_blink_is_not():
    assert lost(PART, [seen(-5, 30), seen(31, 60), seen(70, 130)], LATER) == [(60, 70)]
    assert lost(PART, [seen(10, 110)], LATER) == [(0, 10), (110, 120)]
    assert lost(PART, [], LATER) == [(0, 120)]
    assert lost(PART, [seen(-10, None)], at(40)) == []


def test_a_loss_that_lasts_has_no_end_and_nothing_is_lost_ahead():
    assert lost(PART, [seen(0, 20)], at(40)) == [(20, None)]
    assert lost(PART, [], at(-1)) == []
    assert lost(PART, [], at(1)) == []


def test_what_nobody_could_see_is_no_loss():
    blind = [BlindSpot(period=Period(at(20), at(50)), reason="bridge-silent")]

    assert lost(PART, [seen(0, 20), seen(55, 120)], LATER, blind) == [(50, 55)]


def test_a_loss_that_nobody_took_back_lasts_until_nothing_is_relayed():
    whole = Upstream(name="Cầu Chính phủ", address="x", relay=SiteId(1))
    part = replace(whole, from_minute=0, to_minute=60)
    told = [
        Loss(start=at(start), end=None if end is None else at(end), source=Source.PERSON)
        for start, end in ((10, 20), (40, None), (50, 500), (130, None))
    ]

    ends = [
        [one.end for one in cut_off(told, upstream.over_at(PART, at(125)))]
        for upstream in (whole, part)
    ]

    assert ends == [[at(20), at(125), at(125), None], [at(20), at(60), at(60), None]]


@given(st.lists(st.tuples(st.integers(-60, 180), st.integers(1, 90))), st.integers(-30, 200))
def test_losses_and_presence_never_overlap_and_leave_no_gap_worth_telling(stays, minute):
    intervals = [seen(start, start + length) for start, length in stays]
    now = at(minute)

    found = absences(PART, intervals, [], now)

    until = min(PART.end, now)
    inside = [(at(start), at(start + length)) for start, length in stays]
    for loss in found:
        end = loss.end or until
        assert PART.start <= loss.start < end <= until
        assert end - loss.start >= SHORTEST_LOSS
        assert not any(came < end and went > loss.start for came, went in inside)
    for mark in {PART.start, *(went for _, went in inside)}:
        fits = PART.start <= mark and mark + SHORTEST_LOSS <= until
        free = not any(came < mark + SHORTEST_LOSS and went > mark for came, went in inside)
        if fits and free:
            assert any(loss.start <= mark < (loss.end or until) for loss in found)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(-600, 600))
def test_its_part_moves_along_with_the_conference(begin, length, moved):
    upstream = Upstream(
        name="Chính phủ",
        address="1",
        relay=SiteId(1),
        from_minute=begin,
        to_minute=begin + length,
    )
    shift = timedelta(minutes=moved)
    before, after = (
        upstream.within(PART),
        upstream.within(Period(PART.start + shift, PART.end + shift)),
    )

    assert (after.start - before.start, after.end - before.end) == (shift, shift)
    assert before.start == at(begin)
